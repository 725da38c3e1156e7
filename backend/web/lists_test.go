package web_test

import (
	"regexp"
	"strings"
	"testing"
)

var (
	rowLink  = regexp.MustCompile(`<a href="(/films/[0-9a-f-]{36}[^"]*)"`)
	backLink = regexp.MustCompile(`<p class="back"><a href="([^"]*)">← `)
	someForm = regexp.MustCompile(`<form method="post" action="(/films/[^"]*/watchlist[^"]*)"`)
)

// A film leads back to the list as it was left, whatever was changed
// meanwhile.
func TestAFilmLeadsBackToTheListAsItWasLeft(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	for _, film := range filmLink.FindAllString(v.get("/films?sort=-year").body, -1) {
		v.send(film, film+"/watched", "date", "2024-02-29")
	}
	film := filmLink.FindString(v.get("/films?q=burning").body)
	for _, on := range []string{"2024-02-28", "2024-03-01"} {
		v.send(film, film+"/watched", "date", on)
	}
	v.send(film, film+"/watchlist")
	second := v.get("/diary?month=2024-02").found(t, nextPage)
	for from, want := range map[string]struct{ back, title string }{
		"/films": {"/films", "Films"},
		"/films?q=&genre=&sort=title&year_from=&year_to=":                 {"/films", "Films"},
		"/films?q=kim+%26+song&genre=&sort=-year&year_from=1990&year_to=": {"/films?q=kim+%26+song&sort=-year&year_from=1990", "Films"},
		v.get("/films?genre=Drama").found(t, nextPage):                    {"", "Films"},
		"/watchlist":           {"/watchlist", "Watchlist"},
		"/diary?month=2024-03": {"/diary?month=2024-03", "Diary"},
		second:                 {"", "Diary"},
	} {
		if want.back == "" {
			want.back = from
		}
		list := v.get(from)
		film := list.found(t, rowLink)
		shown := v.get(film)
		changed := v.send(film, shown.found(t, someForm), "remove", "1")
		wrong := v.send(film, strings.Replace(shown.found(t, someForm), "/watchlist", "/rating", 1), "rating", "11")
		v.send(film, shown.found(t, someForm))
		for what, p := range map[string]page{"opened": shown, "changed": changed, "a wrong rating": wrong} {
			if got := p.found(t, backLink); got != want.back || !strings.Contains(p.body, ">← "+want.title+"<") {
				t.Errorf("from %s, %s: back to %s, want %v", from, what, got, want)
			}
		}
		if again := v.get(shown.found(t, backLink)); again.found(t, rowLink) != film {
			t.Errorf("from %s: back at %s, which begins with another film", from, again.Request.URL)
		}
	}
}

// An address whose page is none any more, or was never one, leads to the first
// page of the same list.
func TestAnOldPageOfAListLeadsToTheFirst(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	for from, want := range map[string]string{
		"/films?cursor=old&q=bong&sort=-year":                     "/films?q=bong&sort=-year",
		"/films?cursor=" + strings.Repeat("x", 3000):              "/films",
		"/watchlist?cursor=old":                                   "/watchlist",
		"/diary?cursor=old&month=2024-02":                         "/diary?month=2024-02",
		"/account/activity?cursor=old":                            "/account/activity",
		v.get("/films?sort=-year").found(t, nextPage) + "&q=bong": "/films?q=bong&sort=-year",
	} {
		p := v.get(from)
		p.mustShow(t, 200)
		if got := p.Request.URL.RequestURI(); got != want {
			t.Errorf("%.80s leads to %s, want %s", from, got, want)
		}
	}
}

// What an address of a film holds besides is not followed.
func TestAttack_AFilmsWayBackLeadsElsewhere(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	film := filmLink.FindString(v.get("/films").body)
	for query, want := range map[string]string{
		"?list=//evil.example":                        "/films",
		"?list=https://evil.example/&next=/logout":    "/films",
		"?next=https://evil.example&back=javascript:": "/films",
		"?q=//evil.example":                           "/films?q=%2F%2Fevil.example",
		"?q=%22%3E%3Cscript%3E":                       "/films?q=%22%3E%3Cscript%3E",
		"?list=watchlist&q=1&month=2024-02":           "/watchlist",
		"?list=diary&q=1&month=2024-02&list=//evil":   "/diary?month=2024-02",
	} {
		p := v.get(film + query)
		if got := p.found(t, backLink); got != want {
			t.Errorf("%s: back to %s, want %s", query, got, want)
		}
		changed := v.send(film+query, film+"/watchlist"+query)
		if u := changed.Request.URL; u.Path != film || u.Query().Has("next") || u.Query().Has("back") || strings.Contains(u.Query().Get("list"), "evil") {
			t.Errorf("%s: a change leads to %s", query, u)
		}
		mustBeSound(t, query, p.body, "en")
	}
}
