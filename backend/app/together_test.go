package app_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.com/marquee/backend/app"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

func TestTwoBackendsAreOneService(t *testing.T) {
	for _, scheme := range []string{"postgres", "postgresql", "postgresql+asyncpg"} {
		t.Run(scheme, func(t *testing.T) {
			environ := []string{
				"DATABASE_URL=" + strings.Replace(testrig.PostgresFrom(t, "app", prepare), "postgres", scheme, 1),
				"REDIS_URL=" + testrig.Redis(t), "SECRET_KEY=" + newSecret(),
			}
			a, b := serve(t, environ), serve(t, environ)
			v := visit(t, a.URL()).login(newPerson(t, a.URL()))
			first := v.held()
			wantStatus(t, b.URL(), first.AccessToken, http.StatusOK)
			elsewhere := visit(t, b.URL(), first)
			check(t, elsewhere.Refresh(t.Context()))
			check(t, visit(t, a.URL(), elsewhere.held()).Refresh(t.Context()))

			wantStatus(t, b.URL(), elsewhere.held().AccessToken, http.StatusOK) // b has seen it alive
			check(t, visit(t, a.URL(), elsewhere.held()).Logout(t.Context(), marquee.LogoutLocal))
			wantStatus(t, b.URL(), elsewhere.held().AccessToken, http.StatusUnauthorized)
			wantRefused(t, b.URL(), elsewhere.held())
		})
	}
}

func TestSecondServerOfADirectoryIsRefused(t *testing.T) {
	environ := embeddedPair(t)
	first := serve(t, environ)
	if _, err := app.New(t.Context(), load(t, environ), app.Options{}); !errors.Is(err, app.ErrInUse) {
		t.Fatal(err)
	}
	p := launch(t, environ)
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(p.logs.String(), "another process serves") {
		t.Errorf("exit %d: %s", code, p.logs)
	}
	// The first one is unharmed, its socket too.
	newPerson(t, "unix://"+first.Socket())
}

// Of many that start at once on one directory exactly one serves.
func TestOneOfManyTakesTheDirectory(t *testing.T) {
	cfg := load(t, embeddedPair(t))
	var wins sync.Map
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			a, err := app.New(t.Context(), cfg, app.Options{})
			switch {
			case err == nil:
				wins.Store(i, a)
			case !errors.Is(err, app.ErrInUse):
				t.Error(err)
			}
		})
	}
	all.Wait()
	n := 0
	wins.Range(func(_, a any) bool { n++; check(t, a.(*app.App).Close()); return true })
	if n != 1 {
		t.Errorf("%d servers", n)
	}
}
