package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func readersDiffer(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		good := `{"username":"mina","password":"` + goodPassword + `"}`
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/login", json: good}), 200, "") // the twin
		for name, text := range map[string]string{
			"repeated member":            `{"username":"mina","username":"other","password":"x"}`,
			"repeated through an escape": `{"username":"mina","\u0075sername":"other","password":"x"}`,
			"repeated inside":            `{"username":"mina","password":"x","more":{"a":1,"a":2}}`,
			"two values":                 good + good,
			"text after":                 good + "x",
			"byte order mark":            "\ufeff" + good,
			"broken UTF-8":               "{\"username\":\"mi\xffna\",\"password\":\"x\"}",
			"lone surrogate":             `{"username":"mi\ud800na","password":"x"}`,
			"UTF-16":                     "\xfe\xff\x00{\x00}",
			"nothing":                    ``,
			"space":                      "  ",
			"cut off":                    good[:len(good)-1],
			"null":                       `null`,
			"list":                       `[]`,
			"text":                       `"mina"`,
			"comment":                    `{/**/}`,
			"single quotes":              `{'username':'mina'}`,
			"NaN":                        `{"username":NaN}`,
		} {
			got := r.send(request{method: "POST", path: "/api/v1/auth/login", json: text})
			if got.status != 400 || got.str("code") != "malformed_request" {
				t.Errorf("%s: %d %s", name, got.status, got.text)
			}
		}
		for name, form := range map[string]string{
			"repeated field": "username=mina&username=other&password=x",
			"broken escape":  "username=%zz&password=x",
			"broken UTF-8":   "username=%ff&password=x",
			"semicolon":      "username=mina;password=x",
		} {
			got := r.send(request{method: "POST", path: "/api/v1/auth/login", json: form, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
			if got.status != 400 {
				t.Errorf("%s: %d %s", name, got.status, got.text)
			}
		}
		// Another case is another member, which nobody reads.
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/login", off: true,
			json: `{"username":"mina","USERNAME":"other","Password":"x","password":"` + goodPassword + `"}`}), 200, "")
	})
}

func bombsInBodies(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		deep := strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000)
		many := "{" + strings.Repeat(`"":0,`, 12_000) + `"x":0}`
		for name, c := range map[string]struct {
			text   string
			status int
		}{
			"twin":         {`{"username":"nobody","password":"x","more":[[[[]]]]}`, 401},
			"nesting":      {`{"username":` + deep + `}`, 400},
			"open nesting": {strings.Repeat(`{"a":`, 13_000), 400},
			"many members": {many, 400},
			"long":         {`{"username":"` + strings.Repeat("a", 70<<10) + `"}`, 413},
			"long number":  {`{"username":` + strings.Repeat("9", 60<<10) + `}`, 422},
		} {
			got := r.send(request{method: "POST", path: "/api/v1/auth/login", json: c.text})
			if got.status != c.status {
				t.Errorf("%s: %d %.200s", name, got.status, got.text)
			}
		}
		// Without a length, and without an end.
		req, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/api/v1/auth/login", struct{ *strings.Reader }{strings.NewReader(strings.Repeat("a", 70<<10))})
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		r.want(r.sendRaw(req), 413, "body_too_large")
	})
}

func TestAttack_MediaTypesThatFormsCanSend(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		body := `{"username":"mina","password":"` + goodPassword + `"}`
		for media, status := range map[string]int{
			"application/json": 200, "application/json; charset=utf-8": 200, "Application/JSON;charset=UTF-8": 200, // twins
			"text/plain": 415, "multipart/form-data; boundary=x": 415, "application/json; charset=utf-16": 415, "": 415,
			"application/xml": 415, "text/json": 415, "application/json, text/plain": 415,
		} {
			got := r.send(request{method: "POST", path: "/api/v1/auth/login", json: body, header: map[string]string{"Content-Type": media}})
			if got.status != status {
				t.Errorf("%q: %d", media, got.status)
			}
		}
		// A compressed body could unpack to anything.
		got := r.send(request{method: "POST", path: "/api/v1/auth/login", json: body, header: map[string]string{"Content-Encoding": "gzip"}})
		r.want(got, 415, "unsupported_media_type")
		// Forms are for signing in only: no other operation may be reached by one.
		form := url.Values{"email": {"a@example.com"}, "username": {"abcd"}, "password": {goodPassword}, "refresh_token": {"x"}}
		for _, path := range []string{"/users", "/auth/refresh", "/auth/logout"} {
			r.want(r.send(request{method: "POST", path: "/api/v1" + path, form: form}), 415, "unsupported_media_type")
		}
		// Nor does the query count as a form.
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/login?username=mina&password=" + goodPassword, form: url.Values{}}), 422, "invalid_input")
	})
}

// Section 6 row 18, and ASVS 15.3.5: every member has one type.
func TestAttack_WrongTypes(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, value := range []string{`null`, `1`, `true`, `[]`, `{}`, `["mina"]`} {
			for _, c := range []struct{ method, path, member string }{
				{"POST", "/users", "username"}, {"POST", "/users", "email"}, {"POST", "/users", "password"},
				{"PUT", "/users/me", "username"}, {"PATCH", "/users/me", "email"}, {"PUT", "/users/me", "password"},
				{"PUT", "/users/me", "current_password"},
				{"POST", "/auth/login", "username"}, {"POST", "/auth/login", "password"},
				{"POST", "/auth/refresh", "refresh_token"}, {"POST", "/auth/logout", "refresh_token"},
				{"PUT", "/movies/" + r.film + "/watched", "watched_on"},
			} {
				got := r.send(request{method: c.method, path: "/api/v1" + c.path, token: token, json: `{"` + c.member + `":` + value + `}`})
				if got.status != 422 || !strings.Contains(got.fields(), c.member+"=format") {
					t.Errorf("%s %s %s=%s: %d %s", c.method, c.path, c.member, value, got.status, got.fields())
				}
			}
		}
		for value, want := range map[string]string{
			`0`: "rating=range", `11`: "rating=range", `-1`: "rating=range", `1e309`: "rating=range", `9223372036854775808`: "rating=range",
			`7.5`: "rating=format", `"7"`: "rating=format", `null`: "rating=format", `true`: "rating=format",
			`7`: "", `7.0`: "", `1e1`: "",
		} {
			got := r.send(request{method: "PUT", path: "/api/v1/movies/" + r.film + "/rating", token: token, json: `{"rating":` + value + `}`})
			if got.fields() != want || (want == "") != (got.status == 204) {
				t.Errorf("%s: %d %s", value, got.status, got.text)
			}
		}
		if me := r.want(r.me(token), 200, ""); me.str("username") != "mina" {
			t.Errorf("%s", me.text)
		}
	})
}

func TestAttack_NULInText(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, q := range []request{
			{method: "POST", path: "/api/v1/users", json: `{"username":"mi\u0000na2","email":"a@example.com","password":"` + goodPassword + `"}`},
			{method: "POST", path: "/api/v1/auth/login", json: `{"username":"mina\u0000","password":"x"}`},
			{method: "POST", path: "/api/v1/auth/login", form: url.Values{"username": {"mina\x00"}, "password": {"x"}}},
			{method: "PUT", path: "/api/v1/users/me", token: token, json: `{"username":"mina\u0000x"}`},
			{method: "GET", path: "/api/v1/movies?q=a%00b", token: token},
			{method: "GET", path: "/api/v1/movies?genre=%00", token: token},
			{method: "GET", path: "/api/v1/movies?cursor=%00", token: token},
		} {
			got := r.send(q)
			if got.status != 422 || !strings.Contains(got.fields(), "=characters") {
				t.Errorf("%s %s: %d %s", q.method, q.path, got.status, got.text)
			}
		}
		for _, id := range []string{"%00", "a%00", "a%2fb", "%2e%2e%2fadmin", "..", strings.Repeat("a", 65), "%EC%98%81"} {
			if got := r.send(request{method: "GET", path: "/api/v1/movies/" + id, token: token}); got.status != 404 {
				t.Errorf("%s: %d", id, got.status)
			}
		}
	})
}

func TestAttack_QueriesOutOfRange(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for q, want := range map[string]string{
			"limit=1": "", "limit=100": "", "limit=20&utm=1": "", "q=%EA%B4%B4%EB%AC%BC": "", "sort=-year": "", "year_from=1990&year_to=1999": "",
			"callback=x": "", "access_token=" + token: "",
			"limit=0": "limit=range", "limit=-1": "limit=range", "limit=101": "limit=range", "limit=2147483648": "limit=range",
			"limit=9223372036854775808": "limit=range", "limit=1e309": "limit=format", "limit=": "limit=format", "limit=a": "limit=format", "limit=1.0": "limit=format",
			"year_from=0": "year_from=range", "year_to=10000": "year_to=range", "sort=id": "sort=unknown_value", "sort=": "sort=unknown_value",
			"sort=title;drop": "", "limit=1&limit=2": "limit=format", "q=a&q=b": "q=format", "sort=title&sort=year": "sort=format",
			"q=" + strings.Repeat("a", 101): "q=too_long", "cursor=" + strings.Repeat("a", 2049): "cursor=too_long", "q=%ff": "q=characters",
		} {
			got := r.send(request{method: "GET", path: "/api/v1/movies?" + q, token: token})
			if q == "sort=title;drop" {
				r.want(got, 400, "malformed_request")
				continue
			}
			if got.fields() != want || (want == "") != (got.status == 200) {
				t.Errorf("%s: %d %s", q, got.status, got.text)
			}
		}
		got := r.send(request{method: "POST", path: "/api/v1/auth/logout?scope=local&scope=global", token: token})
		if got.status != 422 || got.fields() != "scope=format" {
			t.Errorf("%d %s", got.status, got.text)
		}
		r.want(r.me(token), 200, "")
	})
}
