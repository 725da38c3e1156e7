package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// Dates are those of staged_test.go, a Tuesday at noon in UTC; in Korean, where
// nobody chose a zone, they are of Seoul.
func TestDatesAreInTheReadersLanguage(t *testing.T) {
	pages := stage(t, "harmless", false, nil)
	for _, c := range []struct{ path, english, korean string }{
		{"/account", ">24 November 2026<", ">2026년 11월 24일<"},
		{"/account/sessions", "last used 24 November 2026, 12:00 UTC (23 h ago)", "최근 사용 2026년 11월 24일 21:00 UTC&#43;9 (23시간 전)"},
		{"/account/activity", ">24 November 2026, 12:00 UTC (23 h ago)<", ">2026년 11월 24일 21:00 UTC&#43;9 (23시간 전)<"},
		{"/account/keys", "linked 24 November 2026", "연결 2026년 11월 24일"},
		{"/diary", ">Tue 24<", ">24일 (화)<"},
		{"/films/1", ">24 November 2026<", ">2026년 11월 24일<"},
	} {
		l := look{method: http.MethodGet, path: c.path, cookie: liveCookie, want: http.StatusOK}
		for language, want := range map[string]string{lang.English: c.english, lang.Korean: c.korean} {
			if body := l.ask(t, pages, language).Body.String(); !strings.Contains(body, want) {
				t.Errorf("%s in %q does not show %q:\n%s", c.path, language, want, body)
			}
		}
	}
}

// How long ago something was is left out where its date says as much.
func TestWhatIsOlderThanADayHasItsDateAlone(t *testing.T) {
	public, err := url.Parse("http://127.0.0.1:8000")
	must(t, err)
	pages := web.New(web.Deps{
		Auth: stagedAuth{text: "harmless"}, Movies: stagedFilms{text: "harmless"}, FormKey: make([]byte, 32),
		Clock: func() time.Time { return staged().Add(time.Minute) },
	}, web.Config{PublicURL: public})
	l := look{method: http.MethodGet, path: "/account/activity", cookie: liveCookie, want: http.StatusOK}
	if body := l.ask(t, pages, lang.English).Body.String(); !strings.Contains(body, ">24 November 2026, 12:00 UTC<") {
		t.Errorf("the date is not alone:\n%s", body)
	}
}

// A date that has not begun anywhere is not offered: at the staged time, noon
// in UTC, the 26th has in the Pacific.
func TestADateThatHasNotBegunIsNotOffered(t *testing.T) {
	l := look{method: http.MethodGet, path: "/films/1", cookie: liveCookie, want: http.StatusOK}
	body := l.ask(t, stage(t, "harmless", false, nil), lang.English).Body.String()
	if !strings.Contains(body, `type="date" name="date" value="2026-11-25" max="2026-11-26"`) {
		t.Errorf("offers other dates:\n%s", body)
	}
}

// many is a catalogue with more films than anybody counts.
type many struct{ marquee.MovieService }

func (m many) FindMovies(ctx context.Context, f marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	p, err := m.MovieService.FindMovies(ctx, f)
	p.Total, p.TotalIs = 1234567, marquee.TotalAtLeast
	return p, err
}

func (m many) FindMovie(ctx context.Context, id, language string) (marquee.Movie, error) {
	f, err := m.MovieService.FindMovie(ctx, id, language)
	f.RatingCount = 2019
	return f, err
}

func TestNumbersAreInTheReadersLanguage(t *testing.T) {
	s := openSite(t)
	s.wire(t, func(d *web.Deps) { d.Movies = many{d.Movies} })
	v := s.visitor(t)
	v.register()
	films := v.get("/films")
	films.mustShow(t, 200, "More than 1,234,567 films")
	v.get(filmLink.FindString(films.body)).mustShow(t, 200, "(2,019 ratings)")
	v.language = "ko"
	v.get("/films").mustShow(t, 200, "영화 1,234,567편 이상")
}

// A program that reads pages out must know where another language begins.
func TestTitlesNameTheirLanguage(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	found := v.get("/films?q=parasite")
	found.mustShow(t, 200, `<span class="title">Parasite</span> <span class="original" lang="ko">기생충</span>`)
	v.get(filmLink.FindString(found.body)).mustShow(t, 200, `<p class="original" lang="ko">기생충</p>`, `<p class="overview" lang="en">`)
	v.get("/films?q=spirited+away").mustShow(t, 200, `lang="ja">`)
	v.language = "ko"
	v.get(filmLink.FindString(found.body)).mustShow(t, 200, `<html lang="ko">`, `<p class="overview" lang="ko">`)
}

func TestASearchWithoutHitsLeadsOn(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	none := v.get("/films?q=qxqxqx&genre=Drama&year_from=1990")
	none.mustShow(t, 200, "No film matches", `href="/films?q=qxqxqx"`, "Search for “qxqxqx” in all genres and years", "Show all films")
	if p := v.get("/films?q=qxqxqx"); strings.Contains(p.body, "in all genres and years") {
		t.Error("what was searched everywhere is offered again")
	}
	v.get("/watchlist").mustShow(t, 200, "Nothing on your watchlist yet", `<a class="button" href="/films">`)
	v.get("/diary").mustShow(t, 200, "Nothing watched yet", `<a class="button" href="/films">`)
}

// What a search is about outlives a page more and another language.
func TestFiltersSurvive(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	chosen := []string{`name="q" type="search" value="the"`, `<option value="Drama" selected>`, `value="1950"`, `value="2010"`, `<option value="-year" selected>`}
	first := v.get("/films?" + url.Values{"q": {"the"}, "genre": {"Drama"}, "year_from": {"1950"}, "year_to": {"2010"}, "sort": {"-year"}}.Encode())
	first.mustShow(t, 200, chosen...)
	second := v.get(first.found(t, nextPage))
	second.mustShow(t, 200, chosen...)
	if filmLink.FindString(second.body) == filmLink.FindString(first.body) {
		t.Error("the second page is the first")
	}
	korean := v.send(second.Request.URL.RequestURI(), "/language", "language", "ko", "next", second.Request.URL.RequestURI())
	korean.mustShow(t, 200, append(chosen, `<html lang="ko">`)...)
	if filmLink.FindString(korean.body) != filmLink.FindString(second.body) {
		t.Error("in Korean it is another page")
	}
	korean.mustShow(t, 200, `rel="prev"`)
}

// Genres, countries and languages of films have names in Korean, those of
// every starter film.
func TestFilmsSpeakKorean(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	v.language = "ko"
	all := v.get("/films")
	all.mustShow(t, 200, `<option value="Drama">드라마</option>`)
	v.get("/films?genre=Science+Fiction&q=host").mustShow(t, 200, `<option value="Science Fiction" selected>SF</option>`, "드라마, 공포, SF", "괴물")
	v.get(filmLink.FindString(v.get("/films?q=기생충").body)).mustShow(t, 200, "코미디, 드라마, 스릴러&nbsp;· 대한민국", "<dd>한국어</dd>", "<dd>봉준호</dd>")

	korean := lang.In(lang.Korean)
	for f := (marquee.MovieFilter{Page: marquee.PageRequest{Limit: 100}}); ; {
		page, err := s.films().FindMovies(marquee.WithActor(t.Context(), marquee.Actor{UserID: name}), f)
		must(t, err)
		for _, m := range page.Items {
			for _, word := range slices.Concat(m.Genres, m.Countries, m.Languages) {
				if korean.Word(word) == word {
					t.Errorf("%s: %q has no name in Korean", m.Title, word)
				}
			}
		}
		if page.NextCursor == nil {
			break
		}
		f.Page.Cursor = *page.NextCursor
	}
}
