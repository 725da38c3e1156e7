package app_test

import (
	"context"
	"testing"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// What happens at one process is heard at the other, and a client whose
// session is ended elsewhere is signed out without having asked for anything.
func TestEventsBetweenProcesses(t *testing.T) {
	environ := []string{"DATABASE_URL=" + testrig.PostgresFrom(t, "app", prepare), "REDIS_URL=" + testrig.Redis(t), "SECRET_KEY=" + newSecret(),
		"MAX_SESSIONS_PER_USER=1000"}
	a, b := serve(t, environ), serve(t, environ)
	name := newPerson(t, a.URL())
	out := make(chan error, 1)
	c, err := client.New(client.Options{BaseURL: b.URL(), OnSignedOut: func(reason error) { out <- reason }})
	check(t, err)
	t.Cleanup(c.Close)
	pair, err := c.Login(t.Context(), marquee.Credentials{Login: name, Password: password})
	check(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	events := make(chan marquee.LiveEvent, 1000)
	go func() {
		defer close(events)
		for e := range c.Events(ctx) {
			events <- e
		}
	}()
	other := visit(t, a.URL())
	// Nothing is promised before the stream stands: sign in until it is heard.
	await(t, "a sign-in at the other process", func() bool {
		other.login(name)
		select {
		case e := <-events:
			return e.Kind == marquee.LiveSignedIn && e.SessionID != ""
		default:
			return false
		}
	})
	patiently(t, func() error { return other.EndSession(t.Context(), pair.SessionID) })
	ended := false
	for e := range events { // until the sequence ends by itself
		ended = ended || e.Kind == marquee.LiveSessionEnded && e.SessionID == pair.SessionID
	}
	if !ended || ctx.Err() != nil || c.SignedIn() {
		t.Errorf("told %v, %v, signed in %v", ended, ctx.Err(), c.SignedIn())
	}
	if reason := <-out; !marquee.IsCode(reason, marquee.CodeInvalidToken) {
		t.Error(reason)
	}
}
