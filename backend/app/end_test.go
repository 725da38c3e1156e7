package app_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/marquee/backend/app"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// kill -9 within a millisecond after an answer: what was answered is so.
func TestKilledAfterTheAnswer(t *testing.T) {
	rounds := 100
	if testing.Short() || testrig.Race { // the process that is killed shares no memory
		rounds = 9
	}
	environ := embeddedPair(t)
	socket, err := app.SocketPath(load(t, environ).DataDir)
	check(t, err)
	base := "unix://" + socket

	p := startProcess(t, environ)
	name := newPerson(t, base)
	lives := visit(t, base).login(name)
	for round := range rounds {
		var verify func()
		switch round % 3 {
		case 0:
			lives = visit(t, base).login(name)
			verify = func() { check(t, second(lives.Me(t.Context()))) }
		case 1:
			check(t, lives.Refresh(t.Context()))
			verify = func() {
				check(t, second(visit(t, base, lives.held()).Me(t.Context())))
				check(t, lives.Refresh(t.Context()))
			}
		case 2:
			ended := lives.held()
			check(t, lives.Logout(t.Context(), marquee.LogoutLocal))
			verify = func() { wantRefused(t, base, ended) }
		}
		p.kill()
		p = startProcess(t, environ)
		verify()
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
}

// An end under load: readiness goes red first, as long as new connections are
// still taken; who heeds that, as a load balancer does, loses no request.
func TestEndUnderLoad(t *testing.T) {
	onPairs(t, func(t *testing.T, environ []string) {
		a, err := app.New(t.Context(), load(t, environ), app.Options{DrainPause: 5 * time.Second, DrainLimit: patience})
		check(t, err)
		ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
		ended := make(chan error, 1)
		go func() { ended <- a.Run(ctx) }()
		name := newPerson(t, a.URL())
		token := visit(t, a.URL()).login(name).held().AccessToken

		var good, red atomic.Int64
		var load sync.WaitGroup
		for range 8 {
			load.Go(func() {
				for {
					switch status, err := ask(a.URL()+"/readyz", ""); {
					case err == nil && status == http.StatusServiceUnavailable:
						red.Add(1)
						return
					case err != nil || status != http.StatusOK:
						t.Errorf("/readyz: %d %v", status, err)
						return
					}
					switch status, err := ask(a.URL()+"/api/v1/users/me", token); {
					case err == nil && status == http.StatusServiceUnavailable: // a machine that is too busy; asked again
						continue
					case err != nil || status != http.StatusOK:
						t.Errorf("a request was lost: %d %v", status, err)
						return
					}
					good.Add(1)
				}
			})
		}
		await(t, "load", func() bool { return good.Load() > 50 })
		end()
		check(t, <-ended)
		load.Wait()
		if red.Load() != 8 {
			t.Errorf("%d of 8 saw readiness go red", red.Load())
		}
		if _, err := ask(a.URL()+"/livez", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func ask(url, token string) (int, error) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

// SIGTERM ends the program in order; the session lives on in the next one.
func TestSignalEndsTheProcess(t *testing.T) {
	environ := embeddedPair(t)
	p := startProcess(t, environ)
	v := visit(t, p.url()).login(newPerson(t, p.url()))
	check(t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatal("it has not ended")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d: %s", code, p.logs)
	}
	p = startProcess(t, environ)
	check(t, visit(t, p.url(), v.held()).Refresh(t.Context()))
}
