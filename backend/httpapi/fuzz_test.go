package httpapi_test

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/marquee/backend/httpapi"
	"example.com/marquee/backend/httpapi/contracttest"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// endpoint is one operation of the contract, as junk reaches it.
type endpoint struct {
	method, path string
	media        string   // the type of its body, "" if it takes none
	members      []string // of its body
	parameters   []string // of its query
}

// body gives every member the value, itself JSON.
func (e endpoint) body(value string) []byte {
	if e.media == "application/x-www-form-urlencoded" {
		form := url.Values{}
		for _, m := range e.members {
			form.Set(m, value)
		}
		return []byte(form.Encode())
	}
	var members []string
	for _, m := range e.members {
		members = append(members, `"`+m+`":`+value)
	}
	return []byte("{" + strings.Join(members, ",") + "}")
}

// endpoints walks the contract. Streams never end, and are left to their own
// tests.
func endpoints(tb testing.TB) []endpoint {
	tb.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(httpapi.Contract())
	must(tb, err)
	var all []endpoint
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			if o.Responses.Status(http.StatusOK) != nil && o.Responses.Status(http.StatusOK).Value.Content.Get("text/event-stream") != nil {
				continue
			}
			e := endpoint{method: method, path: path}
			if o.RequestBody != nil {
				e.media = "application/json"
				if o.RequestBody.Value.Content[e.media] == nil {
					e.media = "application/x-www-form-urlencoded"
				}
				for name := range o.RequestBody.Value.Content[e.media].Schema.Value.Properties {
					e.members = append(e.members, name)
				}
				slices.Sort(e.members)
			}
			for _, p := range slices.Concat(item.Parameters, o.Parameters) {
				if p.Value.In == "query" {
					e.parameters = append(e.parameters, p.Value.Name)
				}
			}
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b endpoint) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	return all
}

// junk are values that no member of any body has.
var junk = []string{
	`null`, `true`, `-0`, `1e999`, `123456789012345678901234567890`, `""`, `"\u0000"`, `"\ud800"`, `"\u202e\u001b[2J"`, `[]`, `{}`,
	`"eyJhbGciOiJub25lIn0.e30."`, `"' OR 1=1 --"`, `{"a":1,"a":2}`, `[[[[[[[[{"":[]}]]]]]]]]`, `"2026-02-30"`,
}

// wholes are bodies that are no object.
var wholes = []string{
	``, ` `, `{`, `{}`, `null`, `[]`, `"x"`, `{"":`, "\xef\xbb\xbf{}", "{\"a\":\"\xff\"}", `{}{}`, `{"a":1,"a":2}`, `{'a':1}`,
	strings.Repeat(`[`, 20_000), strings.Repeat(`{"a":`, 10_000), `{"a":` + strings.Repeat("9", 40_000) + `}`, strings.Repeat(" ", 65<<10),
}

var junkQueries = []string{"", "=", "limit=1e999", "cursor=%ff", "q=%00", "sort=%27", "scope=everybody&scope=local", "a;b", "%zz", "on=2026-02-30", "at=%EA%B4%B4"}

// FuzzEndpoints sends junk to every operation of the contract, signed in and
// not. Whatever comes, the answer is one that the contract lists, no failure
// of the server, and hands out no token.
func FuzzEndpoints(f *testing.F) {
	if testrig.Race {
		f.Skip("asks one thing after the other")
	}
	all := endpoints(f)
	for i, e := range all {
		n := uint(i)
		if e.media == "" {
			for k, q := range junkQueries {
				f.Add(n, []byte(nil), q, "x", k%2 == 0)
			}
			continue
		}
		for k, text := range wholes {
			f.Add(n, []byte(text), "", "x", k%2 == 0)
		}
		for k, value := range junk {
			f.Add(n, e.body(value), junkQueries[k%len(junkQueries)], "x", k%2 == 0)
		}
	}
	for _, id := range []string{"..", "%2e%2e", "a/b", "\x00", strings.Repeat("a", 5000), "영화", "' OR 1=1"} {
		for i, e := range all {
			if strings.Contains(e.path, "{") {
				f.Add(uint(i), []byte("{}"), "", id, true)
			}
		}
	}

	p := embeddedParts(f, nil)
	_, err := p.auth.Register(f.Context(), marquee.Registration{Email: "mina@example.com", Username: "mina", Password: goodPassword})
	must(f, err)
	seen, err := contracttest.New(httpapi.Contract())
	must(f, err)
	api := httpapi.New(httpapi.Deps{Auth: p.auth, Movies: p.movies, Log: p.log.logger()}, httpapi.Config{})
	pair := signInAgain(f, p)

	f.Fuzz(func(t *testing.T, n uint, body []byte, query, id string, signedIn bool) {
		e := all[n%uint(len(all))]
		if e.media == "" && len(body) > 64<<10 {
			t.Skip("too large a body is refused with 413 also where the contract knows of none")
		}
		path := strings.ReplaceAll(e.path, "{id}", url.PathEscape(id))
		r, err := http.NewRequestWithContext(contracttest.OffContract(t.Context()), e.method, "http://127.0.0.1"+path, bytes.NewReader(body))
		if err != nil {
			t.Skip("no request can be like that")
		}
		r.URL.RawQuery = query
		r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:1"
		if e.media != "" {
			r.Header.Set("Content-Type", e.media)
		}
		if signedIn {
			r.Header.Set("Authorization", "Bearer "+pair.AccessToken)
		}
		w := httptest.NewRecorder()
		seen.Handler(t, api).ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError && e.path != "/readyz" {
			t.Errorf("%s %s: %d %s", e.method, e.path, w.Code, w.Body)
		}
		for _, token := range []string{`"access_token":`, `"refresh_token":`, pair.AccessToken, pair.RefreshToken} {
			if e.path != "/api/v1/openapi.json" && e.path != "/docs" && bytes.Contains(w.Body.Bytes(), []byte(token)) {
				t.Errorf("%s %s answers junk with a token: %s", e.method, e.path, w.Body)
			}
		}
		if _, err := p.auth.Authenticate(t.Context(), pair.AccessToken); err != nil { // it has signed us out
			pair = signInAgain(t, p)
		}
	})
}

func signInAgain(tb testing.TB, p parts) marquee.Tokens {
	tb.Helper()
	pair, err := p.auth.Login(context.WithoutCancel(tb.Context()), marquee.Credentials{Login: "mina@example.com", Password: goodPassword,
		Origin: marquee.Origin{Address: "192.0.2.1", Client: "api"}})
	must(tb, err)
	return pair
}
