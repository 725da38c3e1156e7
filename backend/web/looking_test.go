package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

// lookingAuth has what pages may ask to be shown. Whatever else they ask of it
// panics: there is nothing inside.
type lookingAuth struct {
	web.Auth
	staged stagedAuth
}

func (l lookingAuth) AuthenticateBrowser(ctx context.Context, cookie string) (marquee.Actor, error) {
	return l.staged.AuthenticateBrowser(ctx, cookie)
}

func (l lookingAuth) EndOfBrowser(ctx context.Context, cookie string) (string, error) {
	return l.staged.EndOfBrowser(ctx, cookie)
}
func (l lookingAuth) Me(ctx context.Context) (marquee.User, error) { return l.staged.Me(ctx) }
func (l lookingAuth) Sessions(ctx context.Context) ([]marquee.Session, error) {
	return l.staged.Sessions(ctx)
}

func (l lookingAuth) Activity(ctx context.Context, p marquee.PageRequest) (marquee.ActivityPage, error) {
	return l.staged.Activity(ctx, p)
}

func (l lookingAuth) Keys(ctx context.Context) ([]marquee.SSHKey, error) { return l.staged.Keys(ctx) }
func (l lookingAuth) PasswordLinkOwner(ctx context.Context, token string) (marquee.User, error) {
	return l.staged.PasswordLinkOwner(ctx, token)
}

func (l lookingAuth) DeviceRequest(ctx context.Context, code string, o marquee.Origin) (marquee.DeviceRequest, error) {
	return l.staged.DeviceRequest(ctx, code, o)
}

func (l lookingAuth) DeviceAnswered(ctx context.Context, code string) error {
	return l.staged.DeviceAnswered(ctx, code)
}

// lookingFilms is the same for films.
type lookingFilms struct {
	marquee.MovieService
	staged stagedFilms
}

func (l lookingFilms) Genres(ctx context.Context) ([]string, error) { return l.staged.Genres(ctx) }
func (l lookingFilms) FindMovie(ctx context.Context, id, language string) (marquee.Movie, error) {
	return l.staged.FindMovie(ctx, id, language)
}

func (l lookingFilms) FindMovies(ctx context.Context, f marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	return l.staged.FindMovies(ctx, f)
}

func (l lookingFilms) Watchlist(ctx context.Context, p marquee.PageRequest, language string) (marquee.Page[marquee.Movie], error) {
	return l.staged.Watchlist(ctx, p, language)
}

func (l lookingFilms) Diary(ctx context.Context, f marquee.DiaryFilter) (marquee.Page[marquee.Movie], error) {
	return l.staged.Diary(ctx, f)
}

func (l lookingFilms) DiaryMonths(ctx context.Context) ([]marquee.MonthCount, error) {
	return l.staged.DiaryMonths(ctx)
}

func (l lookingFilms) Viewings(ctx context.Context, id string) ([]marquee.Viewing, error) {
	return l.staged.Viewings(ctx, id)
}

// No page asks the rules for anything but to be shown, by GET or by HEAD.
func TestAttack_ChangeByLooking(t *testing.T) {
	public, err := url.Parse("http://127.0.0.1:8000")
	must(t, err)
	pages := web.New(web.Deps{
		Auth: lookingAuth{staged: stagedAuth{text: "harmless"}}, Movies: lookingFilms{staged: stagedFilms{text: "harmless"}}, FormKey: make([]byte, 32),
	}, web.Config{PublicURL: public})
	looked := 0
	for _, l := range everyPage("harmless", false) {
		switch l.method {
		case http.MethodGet:
			looked++
			l.ask(t, pages, "en")
			l.method = http.MethodHead
			l.ask(t, pages, "en")
		case http.MethodPost: // what a form sends, in the address instead
			l.method, l.path, l.form = http.MethodGet, l.path+"?"+l.form.Encode(), nil
			w := httptest.NewRecorder()
			pages.ServeHTTP(w, l.request(t, "en"))
			if w.Code >= http.StatusInternalServerError || strings.Contains(w.Header().Get("Set-Cookie"), "session") {
				t.Errorf("%v: %d %v", l, w.Code, w.Header())
			}
		}
	}
	if looked < 25 {
		t.Errorf("%d pages", looked)
	}
}
