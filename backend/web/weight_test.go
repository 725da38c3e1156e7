package web_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

// The first view of the films is light: the page and what it names, which is
// a stylesheet and an icon.
func TestTheFirstViewIsLight(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	films := v.get("/films")
	films.mustShow(t, 200, "<h1>Films</h1>")
	bytes, requests := len(films.body), 1
	for _, m := range regexp.MustCompile(`<(?:link|script|img)[^>]* (?:href|src)="([^"]+)"`).FindAllStringSubmatch(films.body, -1) {
		part := v.get(m[1])
		part.mustShow(t, 200)
		bytes, requests = bytes+len(part.body), requests+1
	}
	if bytes > 30_000 || requests > 3 {
		t.Errorf("%d bytes in %d requests", bytes, requests)
	}
	if css := v.get(regexp.MustCompile(`/[^"]+\.css`).FindString(films.body)); len(css.body) > 12_000 {
		t.Errorf("the stylesheet has %d bytes", len(css.body))
	}
}

// sameFilms answers every search by what the first one found.
type sameFilms struct {
	marquee.MovieService
	once   sync.Once
	page   marquee.Page[marquee.Movie]
	genres []string
}

func (f *sameFilms) find(ctx context.Context, filter marquee.MovieFilter) (err error) {
	f.once.Do(func() {
		if f.page, err = f.MovieService.FindMovies(ctx, filter); err == nil {
			f.genres, err = f.MovieService.Genres(ctx)
		}
	})
	return err
}

func (f *sameFilms) FindMovies(ctx context.Context, filter marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	err := f.find(ctx, filter)
	return f.page, err
}

func (f *sameFilms) Genres(context.Context) ([]string, error) { return f.genres, nil }

// BenchmarkFilmsPage is the page of films as the server makes it, without the
// search: the session is looked up, the page rendered and sent.
func BenchmarkFilmsPage(b *testing.B) {
	s := openSite(b)
	v := s.visitor(b)
	v.register()
	s.wire(b, func(d *web.Deps) { d.Movies = &sameFilms{MovieService: d.Movies} })
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		p := v.get("/films")
		took = append(took, time.Since(start))
		if p.StatusCode != http.StatusOK || !strings.Contains(p.body, "<h1>Films</h1>") {
			b.Fatalf("%d:\n%s", p.StatusCode, p.body)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
