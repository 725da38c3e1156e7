package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// Bugs that others have had with pages, by their number.
func TestAttack_Misuse(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"C12 ways out of what is served", waysOut},
		{"C15 a form that is too large", tooLargeAForm},
		{"C28 markup in what people and films say", markupInTexts},
		{"C29 a second cookie of the name", secondCookieOfTheName},
	} {
		t.Run(row.name, row.test)
	}
}

// Only what is meant to be served is, however a path is written.
func waysOut(t *testing.T) {
	s := openSite(t)
	page := s.visitor(t).get("/").body
	_, rest, ok := strings.Cut(page, `rel="stylesheet" href="`)
	asset, _, _ := strings.Cut(rest, `"`)
	if !ok {
		t.Fatal("the page has no stylesheet")
	}
	dir := asset[:strings.LastIndexByte(asset, '/')+1]
	status := func(path string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		must(t, err)
		r.URL.Opaque = path // sent as it is written
		answer, err := http.DefaultTransport.RoundTrip(r)
		must(t, err)
		answer.Body.Close()
		return answer.StatusCode
	}
	for _, path := range []string{
		dir + "..%2f..%2fweb.go", dir + "..%5c..%5cweb.go", dir + "../../web.go", dir + "..;/web.go",
		dir + "%2e%2e/%2e%2e/web.go", dir + "x%00.css", "/web.go", "/templates/layout.html", "/static/style.css", "/.git/HEAD", "/%2e%67it/HEAD", "/.env", "//etc/passwd", dir + "%252e%252e%252fweb.go",
	} {
		if got := status(path); got < 300 || got >= 500 {
			t.Errorf("%s: %d", path, got)
		}
	}
	if got := status(asset); got != http.StatusOK { // the twin
		t.Errorf("%s: %d", asset, got)
	}
}
