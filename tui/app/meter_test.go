package app

import (
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
)

// registering is the register page of a person called minari, at the password.
func registering(t *testing.T, o Options) *driver {
	t.Helper()
	d := driveWith(t, newFake(1), plain, o)
	d.press("tab", "tab", "tab", "enter", "minari", "tab", "minari@example.com", "tab")
	return d
}

func TestNewPasswordIsMeasuredAsItIsTyped(t *testing.T) {
	d := registering(t, Options{})
	d.lacks("weak", "█")
	d.press("passwor")
	d.shows("███░░░░░░░░░ very weak: at least 8 characters")
	d.press("d")
	d.shows("███░░░░░░░░░ very weak: very many people have it")
	d.lacks("tried first") // said when the field is left
	d.press("tab")
	d.shows("very weak", "! This is among the most common passwords, which are tried")
	d.press("shift+tab", " kettle orbit")
	d.shows("████████████ strong")
	d.lacks("weak", "tried first")
	d.press("ctrl+u")
	d.lacks("strong", "weak", "█")
}

// What one is called counts, also when that changes afterwards.
func TestNewPasswordOfOnesOwnWords(t *testing.T) {
	d := registering(t, Options{})
	d.press("hyunwoo park", "tab")
	d.lacks("made of your own")
	d.press("shift+tab", "shift+tab", "shift+tab", "ctrl+u", "hyunwoo.park")
	d.shows("weak", "! This password is made of your own name")
}

// The server's least length counts, and a password of that length is not
// called good before it has been judged.
func TestNewPasswordIsBoundAsTheServerHasIt(t *testing.T) {
	d := registering(t, Options{Passwords: marquee.PasswordRules{Min: 15}})
	d.press("x7#kQ9!zLw2&pT")
	d.shows("weak: at least 15 characters")
	d.press("y")
	d.shows("strong")
}

// Judging makes no key wait: one at a time, and a password that was typed on
// is never shown with the strength of its beginning.
func TestOnlyWhatIsTypedNowHasAStrength(t *testing.T) {
	var judged []string
	d := registering(t, Options{Passwords: marquee.PasswordRules{Judge: func(password string, own ...string) marquee.Strength {
		judged = append(judged, password)
		return strength.Judge(password, own...)
	}}})
	d.hold = true
	for _, r := range "password kettle" {
		d.press(string(r))
	}
	if len(d.held) != 1 || len(judged) != 0 {
		t.Fatalf("%d are being judged, %q were while a key waited", len(d.held), judged)
	}
	d.release()
	d.shows("█████████░░░ good")
	d.lacks("weak")
	if got := strings.Join(judged, ","); got != "p,password kettle" || len(d.held) != 0 {
		t.Errorf("judged %s, %d more to come", got, len(d.held))
	}
	// Left before it was judged, it is refused when it is.
	d.press("ctrl+u", "oldhorse", "tab")
	d.lacks("! ")
	d.release()
	d.shows("! These words are soon guessed.")
}

func TestChangedPasswordIsMeasured(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("a", "j", "j", "enter", "right password", "tab", "mina1234")
	d.shows("weak: your name or address")
	d.press("tab", "mina1234", "enter")
	d.shows("! This password is made of your own name")
	if f.count("update") != 0 {
		t.Error("a refused password went to the server")
	}
	d.press("kettle orbit violin")
	d.shows("████████████ strong")
}
