package app

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// comer is somebody who comes over SSH with a key.
type comer struct {
	*fakeService
	err   error    // of signing in by the key
	names []string // under which the key was linked
}

func (c *comer) visit() *Visit {
	return &Visit{
		Fingerprint: "SHA256:7xC/sedMfYivfJQXU/xzMadbhLKzWvMQFqWA1TJPrK4", Type: "ssh-ed25519",
		Command: "ssh -i ~/.ssh/KEY -o IdentitiesOnly=yes films.example.com",
		SignIn: func(ctx context.Context) error {
			if err := c.call(ctx, "key"); err != nil {
				return err
			}
			return c.err
		},
		Link: func(ctx context.Context, name string) (marquee.SSHKey, error) {
			if err := c.sensitive(ctx, "link"); err != nil {
				return marquee.SSHKey{}, err
			}
			if strings.Contains(name, "!") {
				return marquee.SSHKey{}, marquee.Invalid(marquee.FieldError{Field: "name", Code: marquee.FieldFormat})
			}
			c.names = append(c.names, name)
			return marquee.SSHKey{ID: "k1"}, nil
		},
	}
}

func (c *comer) drive(t testing.TB, s setup) *driver {
	t.Helper()
	if s.width == 0 {
		s = setup{width: 80, height: 24, language: "en"}
	}
	s.visit = c.visit()
	return drive(t, c.fakeService, s)
}

func TestKeyOpensTheFilms(t *testing.T) {
	c := &comer{fakeService: newFake(40)}
	d := c.drive(t, setup{})
	d.shows("Films", "1 / 40", "mina")
	d.lacks("Link")
	d.press("a", "G", "enter")
	d.shows("Sign in") // and not straight back in
	if n := c.count("key"); n != 1 {
		t.Errorf("the key was tried %d times", n)
	}
}

func TestKeyOfNobodyIsOffered(t *testing.T) {
	c := &comer{fakeService: newFake(40), err: marquee.E(marquee.CodeInvalidGrant)}
	d := c.drive(t, setup{})
	d.shows("Sign in", "SHA256:7xC/", "sign in, and you can link it", "ssh -i ~/.ssh/KEY")
	d.lacks("did not open")
	in := func() { d.press("mina", "tab", "right password", "enter") }
	in()
	d.shows("ssh-ed25519", "SHA256:7xC/", "Not now")
	d.press("enter")
	d.shows("1 / 40")
	if len(c.names) != 0 {
		t.Error("linked without being asked")
	}
	d.press("a", "G", "enter")
	in()
	d.press("up", "!", "tab", "tab", "enter") // a name that the server refuses
	d.shows("Name for this key")
	c.old = true
	d.press("backspace", "tab", "tab", "enter")
	d.shows("Password") // the sign-in is old by now
	d.press("right password", "enter")
	d.shows("Linked", "1 / 40")
	if fmt.Sprint(c.names) != "[ssh-ed25519]" {
		t.Error(c.names)
	}
	d.press("a", "G", "enter")
	in()
	d.shows("1 / 40") // asked no more
}

func TestKeyThatNeedsACode(t *testing.T) {
	c := &comer{fakeService: newFake(40), err: &marquee.Error{Code: marquee.CodeMFARequired, MFAToken: "attempt"}}
	d := c.drive(t, setup{})
	d.shows("six digits")
	d.press("492039", "enter")
	d.shows("1 / 40")
	d.lacks("Link this key")
}

func TestKeyWhileTheServerIsSlowOrAway(t *testing.T) {
	c := &comer{fakeService: newFake(40), err: marquee.E(marquee.CodeUnavailable)}
	d := c.drive(t, setup{hold: true, width: 80, height: 24, language: "en"})
	d.lacks("Sign in [", "Looking") // no page that is gone in a moment
	d.pass(time.Second)
	d.shows("Looking whose key this is")
	d.press("haneul")
	d.hold = false
	d.release()
	d.shows("[ Sign in ]", "came with the SSH key", "unavailable")
	d.lacks("haneul")
	d.press("haneul")
	d.shows("haneul")
}
