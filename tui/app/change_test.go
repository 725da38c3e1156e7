package app

import "testing"

func TestNameAndAddressAreChanged(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("a", "j", "enter")
	d.shows("Name and e-mail", "mina@example.com")
	d.press("ri", "tab", "x", "tab", "enter")
	d.shows("Please fill this in.")
	d.press("wrong", "enter")
	d.shows("This is not your password.")
	d.press("backspace", "backspace", "backspace", "backspace", "backspace", "right password")
	f.old = true
	d.press("enter")
	d.shows("Your sign-in was a while ago")
	d.press("right password", "enter")
	d.shows("Your account is changed.", "minari", "mina@example.comx")
}

// A session that no password opened is told so: giving one would not help.
func TestSessionByKeyIsNotAskedForThePassword(t *testing.T) {
	f := newFake(1)
	f.old, f.token.Methods = true, []string{"ssh", "otp"}
	for _, keys := range [][]string{{"a", "j", "enter", "ri", "tab", "tab", "right password", "enter"}, {"a", "enter", "enter"}} {
		d := home(t, f)
		d.press(keys...)
		d.shows("This session was opened without a password. Sign in with it to do this.")
		d.lacks("a while ago")
	}
}

func TestPasswordIsChanged(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("a", "j", "j", "enter")
	d.press("right password", "tab", "another good one", "tab", "another bad one", "enter")
	d.shows("The two entries differ.")
	d.press("esc", "enter", "right password", "tab", "another good one", "tab", "another good one", "enter")
	d.shows("The password is changed. Other sessions have ended.")
	if f.password != "another good one" {
		t.Errorf("the password is %q", f.password)
	}
}

// What is chosen before the account has come is done when it comes, unless
// something else was done meanwhile.
func TestEarlyChoiceIsKept(t *testing.T) {
	for _, c := range []struct{ meanwhile, want, not string }{
		{"", "Turn it on", "[ SSH keys ]"},
		{"j", "[ SSH keys ]", "Turn it on"},
		{"?", "On this page", "Turn it on"},
		{"S", "› Sessions", "Turn it on"},
	} {
		d := home(t, newFake(1))
		d.hold = true
		d.press("a", "enter")
		d.shows("[ Second factor ]")
		if c.meanwhile != "" {
			d.press(c.meanwhile)
		}
		d.release()
		d.shows(c.want)
		d.lacks(c.not)
	}
}
