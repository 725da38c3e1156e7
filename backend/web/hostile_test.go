package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

// Two cookies of one name: one of them was planted, and which cannot be told.
func secondCookieOfTheName(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	session := v.cookie("marquee_session")
	ask := func(header string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/account", nil)
		must(t, err)
		r.Header.Set("Cookie", header)
		answer, err := http.DefaultTransport.RoundTrip(r)
		must(t, err)
		answer.Body.Close()
		return answer.StatusCode
	}
	one := "marquee_session=" + session
	if got := ask(one + "; marquee_session=planted"); got != http.StatusBadRequest {
		t.Errorf("planted after: %d", got)
	}
	if got := ask("marquee_session=planted; " + one); got != http.StatusBadRequest {
		t.Errorf("planted before: %d", got)
	}
	if got := ask(one + "; other=planted"); got != 200 { // the twin
		t.Errorf("one cookie: %d", got)
	}
}

// hostile puts the same text wherever a film has text.
type hostile struct {
	marquee.MovieService
	text string
}

func (h hostile) film(m marquee.Movie) marquee.Movie {
	many := []string{h.text}
	m.Title, m.OriginalTitle, m.Overview = h.text, "o"+h.text, h.text
	m.Genres, m.Directors, m.Cast, m.Countries, m.Languages = many, many, many, many, many
	return m
}

func (h hostile) Genres(context.Context) ([]string, error) { return []string{h.text}, nil }

func (h hostile) FindMovie(ctx context.Context, id, language string) (marquee.Movie, error) {
	m, err := h.MovieService.FindMovie(ctx, id, language)
	return h.film(m), err
}

func (h hostile) FindMovies(ctx context.Context, f marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	page, err := h.MovieService.FindMovies(ctx, f)
	for i := range page.Items {
		page.Items[i] = h.film(page.Items[i])
	}
	return page, err
}

func markupInFilms(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	film := filmLink.FindString(v.get("/films").body)
	shapes := map[string]string{}
	for _, text := range []string{
		"harmless", // the twin, and the shape that every other must have
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`,
		`</title></select><svg/onload=alert(1)>`, `{{.Form}}`, `<!--`, `]]>`, "a\x00b", "</style><style>*{display:none}",
	} {
		s.wire(t, func(d *web.Deps) { d.Movies = hostile{d.Movies, text} })
		for _, path := range []string{"/films", film} {
			p := v.get(path)
			p.mustShow(t, 200)
			if got := shape(t, p.body); shapes[path] == "" {
				shapes[path] = got
			} else if got != shapes[path] {
				t.Errorf("%q changes what %s is made of:\n%s", text, path, p.body)
			}
		}
	}
}

// shape is a page's elements with the names of their attributes, and the
// schemes of its links.
func shape(t *testing.T, source string) string {
	t.Helper()
	page, err := html.Parse(strings.NewReader(source))
	must(t, err)
	var b strings.Builder
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		b.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			b.WriteString(" " + a.Key)
			if (a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
				b.WriteString("=" + a.Val)
			}
		}
		b.WriteString(">")
	}
	return b.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
