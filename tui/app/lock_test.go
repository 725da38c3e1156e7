package app

import (
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// locked is a driver on the page of the fourth film, whose session has ended.
func locked(t *testing.T, f *fakeService, s setup) *driver {
	t.Helper()
	d := drive(t, f, s)
	d.press("jjj", "enter")
	f.before = ended("rate")
	d.press("8")
	d.shows("This session has ended.")
	f.before = nil
	return d
}

// sameSpot fails unless the page is there as it was.
func (d *driver) sameSpot() {
	d.t.Helper()
	d.lacks("has ended")
	d.shows("Film 00003", "not rated")
	d.press("8")
	d.shows("★8")
	d.press("esc")
	d.shows("4 / 120")
}

func TestLockOpensByASessionElsewhere(t *testing.T) {
	for _, size := range goldenSizes {
		f := newFake(120)
		d := locked(t, f, setup{width: size.Width, height: size.Height, language: "en", signedIn: true})
		d.press("ctrl+o")
		d.shows("BCDF-GHJK", "42", "films.example.com")
		d.press("esc")
		d.shows("This session has ended.", "Password")
		d.press("ctrl+o")
		d.shows("BCDF-GHJK")
		f.devices.answer = nil
		d.pass(2 * time.Second)
		d.sameSpot()
	}
}

// The page behind a lock is shown to whom it belongs and to nobody else, also
// where the session says only later whose it is.
func TestAttack_LockOpenedByAnotherPersonsDevice(t *testing.T) {
	f := newFake(120)
	d := locked(t, f, setup{width: 80, height: 24, language: "en", signedIn: true})
	f.user = marquee.User{ID: "u2", Username: "other"}
	f.devices.answer = nil
	d.press("ctrl+o")
	f.before = away("me") // it is in, and whose it is cannot be told yet
	d.pass(2 * time.Second)
	d.press("8", "x", "w")
	d.shows("Signing in", "offline", "Film 00003")
	f.before = nil
	d.pass(5 * time.Second)
	d.shows("1 / 120", "other")
	d.lacks("mina", "Film 00003\n")
	if f.count("rate") != 1 {
		t.Errorf("asked for %v", f.calls)
	}
}

// An answer about the session that ended opens nothing.
func TestAttack_LockOpenedByAnOldAnswer(t *testing.T) {
	f := newFake(120)
	d := drive(t, f, setup{width: 80, height: 24, language: "en", signedIn: true})
	d.press("jjj", "enter")
	d.hold = true
	d.tell(marquee.LiveEvent{Kind: marquee.LiveSessionEnded, Reason: "revoked", At: today9})
	d.hold = false
	f.before = ended("rate")
	d.press("8")
	f.before = nil
	f.devices.answer = nil
	d.press("ctrl+o")
	f.before = away("me")
	d.pass(2 * time.Second)
	d.shows("Signing in", "offline")
	f.before = nil
	mina := f.user
	d.late = true
	d.release() // the question from before the lock, answered now
	f.user = marquee.User{ID: "u2", Username: "other"}
	d.late = false
	for _, msg := range d.coming {
		d.send(msg)
	}
	if mina.ID == "" || len(d.coming) == 0 {
		t.Fatal("nothing was asked before the lock")
	}
	d.lacks("Film 00003\n", "mina")
	d.shows("1 / 120", "other")
}

// lockedVisit is somebody over SSH whose session ended on a film's page.
func lockedVisit(t *testing.T) (*comer, *driver) {
	t.Helper()
	c := &comer{fakeService: newFake(120)}
	d := c.drive(t, setup{width: 80, height: 24, language: "en"})
	d.press("jjj", "enter")
	c.before = ended("rate")
	d.press("8")
	c.before = nil
	return c, d
}

// Whoever came over SSH with a linked key need not know his password.
func TestLockOpensByTheKeyOfTheVisit(t *testing.T) {
	c, d := lockedVisit(t)
	d.shows("This session has ended.")
	c.err = marquee.E(marquee.CodeInvalidGrant)
	d.press("ctrl+y")
	d.shows("This did not open anything.", "Password")
	c.err = nil
	d.press("ctrl+y")
	d.shows("Password") // it is nobody's: it is not asked again
	if n := c.count("key"); n != 2 {
		t.Errorf("the key was tried %d times", n)
	}
}

func TestLockOpensByTheKeyOfTheVisitToTheSameSpot(t *testing.T) {
	_, d := lockedVisit(t)
	d.press("ctrl+y")
	d.sameSpot()
}

// q leads back from what the lock asks, and quits from the lock itself.
func TestQuitInALock(t *testing.T) {
	d := locked(t, newFake(120), setup{width: 80, height: 24, language: "en", signedIn: true})
	d.press("ctrl+o", "q")
	d.shows("Password")
	d.press("ctrl+y", "q")
	d.shows("Password")
	if d.quit {
		t.Fatal("q quit from below the lock")
	}
	d.press("tab", "q")
	if !d.quit {
		t.Fatal("q on the lock's action did not quit")
	}
}

// Who goes back has not signed in, whatever he was signing in by.
func TestSignInThatWasLeft(t *testing.T) {
	f := newFake(3)
	f.user.MFAEnabled = true
	d := drive(t, f, plain)
	d.press("mina", "tab", "right password", "enter")
	d.shows("six digits")
	d.hold = true
	d.press("492039", "enter", "esc")
	d.hold = false
	d.release()
	d.shows("Password")
	if f.count("logout local") != 1 {
		t.Errorf("the session stays: %v", f.calls)
	}
	if strings.Contains(d.text(), "Film 0") {
		t.Error("it went on")
	}
}
