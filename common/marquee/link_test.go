package marquee

import (
	"strings"
	"testing"
)

func TestAddressesOfFilms(t *testing.T) {
	for page, want := range map[string]string{
		"":                           "",
		"A_Flower_in_Hell":           "https://en.wikipedia.org/wiki/A_Flower_in_Hell",
		"The_Housemaid_(1960_film)":  "https://en.wikipedia.org/wiki/The_Housemaid_(1960_film)",
		"Where's Poppa?":             "https://en.wikipedia.org/wiki/Where%27s_Poppa%3F",
		"50%_#1;2":                   "https://en.wikipedia.org/wiki/50%25_%231%3B2",
		"Amélie":                     "https://en.wikipedia.org/wiki/Am%C3%A9lie",
		"a\x1b]8;;http://evil\x1b\\": "https://en.wikipedia.org/wiki/a%1B%5D8%3B%3Bhttp://evil%1B%5C",
	} {
		got := WikipediaURL(page)
		if strings.ReplaceAll(got, "'", "%27") != want {
			t.Errorf("%q: %s, want %s", page, got, want)
		}
		if page != "" && !KnownLink(got) {
			t.Errorf("%s is no known link", got)
		}
	}
	if got := IMDbURL("tt0389052"); got != "https://www.imdb.com/title/tt0389052/" || !KnownLink(got) {
		t.Error(got)
	}
}

func TestAttack_AFilmLeadsElsewhere(t *testing.T) {
	for _, address := range []string{
		"", "http://www.imdb.com/title/tt1/", "https://evil.example/", "https://www.imdb.com.evil.example/", "https://evil.example/www.imdb.com",
		"https://www.imdb.com@evil.example/", "https://me:pass@www.imdb.com/", "https://www.imdb.com:8443/", "//www.imdb.com/", "javascript:alert(1)",
		"https://en.wikipedia.org\\@evil.example/", "https:www.imdb.com/", "file:///etc/passwd", "HTTPS://evil/",
		"https://www.imdb.com/\x1b\\\x1b]52;c;ZXZpbA==\a", "https://www.imdb.com/\a", "https://www.imdb.com/\u009c", "https://www.imdb.com/\x9c",
		"https://www.imdb.com/a b", "https://www.imdb.com/\n", "https://www.imdb.com/\u202e", "https://www.imdb.com/\x7f", "https://wwẃ.imdb.com/",
		"https://www.imdb.com/" + strings.Repeat("a", linkMax),
	} {
		if KnownLink(address) {
			t.Errorf("%q is taken for a known link", address)
		}
		if links := (Movie{IMDbURL: address, WikipediaURL: address}).Links(); len(links) > 0 {
			t.Errorf("%q is among the links", address)
		}
	}
	// The twin.
	m := Movie{IMDbURL: IMDbURL("tt0389052"), WikipediaURL: WikipediaURL("A_Flower_in_Hell")}
	if links := m.Links(); len(links) != 2 || links[0].Site != SiteIMDb || links[1].Site != SiteWikipedia {
		t.Errorf("%v", links)
	}
}
