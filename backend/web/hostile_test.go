package web_test

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
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
