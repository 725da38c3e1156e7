package app

import "testing"

func TestAccountIsDeleted(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("a", "end", "up", "up", "enter")
	d.shows("Delete my account", "cannot be undone")
	d.press("minh", "enter")
	d.shows("The two entries differ.")
	d.press("wrong", "enter", "right", "enter") // past "Cancel"
	if f.count("delete") != 0 {
		t.Fatal("deleted without the name")
	}
	d.press("backspace", "backspace", "na", "tab", "tab", "right", "enter")
	d.shows("This is not your password.")
	for range len("wrong") {
		d.press("backspace")
	}
	f.old = true
	d.press("right password", "enter")
	d.shows("[ Cancel ]")
	d.press("right", "enter")
	d.shows("Your sign-in was a while ago")
	d.press("right password", "enter")
	d.shows("Sign in", "Your account is deleted, with all that was yours.")
	d.lacks("minari", "mina@example.com")
}

func TestDeletingIsCancelled(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("a", "end", "up", "up", "enter", "mina", "tab", "right password", "enter", "enter")
	d.shows("[ Delete my account ]")
	if f.count("delete") != 0 {
		t.Error("deleted by enter alone")
	}
}
