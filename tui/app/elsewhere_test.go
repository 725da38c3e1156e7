package app

import (
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

func TestSignInWhereOneIsSignedInAlready(t *testing.T) {
	f := newFake(40)
	d := drive(t, f, plain)
	d.press("mina", "ctrl+o")
	d.shows("BCDF-GHJK", "42", "https://films.example.com/device", "10 min 0 s")
	d.pass(4 * time.Second)
	if n := f.count("poll"); n != 2 {
		t.Errorf("asked %d times in four seconds", n)
	}
	f.devices.answer = marquee.E(marquee.CodeUnavailable)
	d.pass(2 * time.Second)
	d.shows("The server is away", "The code stays good", "BCDF-GHJK")
	f.devices.answer = marquee.E(marquee.CodeSlowDown)
	d.pass(2 * time.Second)
	d.lacks("away")
	f.devices.answer = nil
	d.pass(6 * time.Second) // slower from now on
	d.shows("BCDF-GHJK")
	d.pass(time.Second)
	d.shows("Films", "mina", "1 / 40")
}

func TestSignInElsewhereIsOver(t *testing.T) {
	f := newFake(3)
	d := drive(t, f, plain)
	d.press("ctrl+o")
	d.pass(10 * time.Minute)
	d.shows("Nobody answered in time", "enter asks for a new code")
	d.lacks("BCDF")
	polls := f.count("poll")
	d.pass(time.Minute)
	if f.count("poll") != polls {
		t.Error("a code that is over is asked for")
	}
	d.press("enter")
	d.shows("BCDF-GHJK", "10 min 0 s")
	f.devices.answer = marquee.E(marquee.CodeAccessDenied)
	d.pass(2 * time.Second)
	d.shows("The sign-in was refused.", "enter asks for a new code")
	d.press("esc")
	d.shows("Password", "Use another device")
}

// Who goes back has not signed in, although the answer was on its way.
func TestSignInElsewhereAfterGoingBack(t *testing.T) {
	f := newFake(3)
	d := drive(t, f, plain)
	d.press("ctrl+o")
	f.devices.answer = nil
	d.hold = true
	d.pass(2 * time.Second)
	d.press("esc")
	d.hold = false
	d.release()
	d.shows("Password")
	if f.count("logout") != 1 {
		t.Errorf("the session stays: %v", f.calls)
	}
}

func TestLetADeviceIn(t *testing.T) {
	f := newFake(3)
	f.old = true
	d := home(t, f)
	d.press("P", "BBBB-BBBB", "enter")
	d.shows("No device asks by this code")
	d.press("ctrl+u", "bcdf-ghjk", "enter")
	d.shows("studio", "192.0.2.7", "08:58 (2 min ago)", "Number on the device")
	d.lacks("42", "signs you out here")
	d.press("41", "enter")
	d.shows("shows another number")
	if f.count("answer") != 0 {
		t.Fatal("let in by a wrong number")
	}
	d.press("backspace", "2", "enter")
	d.shows("Your sign-in was a while ago")
	d.press("right password", "enter")
	d.shows("It is in", "Films")
	if f.devices.said != marquee.DeviceApproved {
		t.Errorf("answered %q", f.devices.said)
	}
}

func TestRefuseADevice(t *testing.T) {
	f := newFake(3)
	f.devices.ends = true
	d := home(t, f)
	d.press(":", "let a device", "enter", "BCDFGHJK", "enter")
	d.shows("signs you out here")
	d.press("esc")
	d.shows("Code on the device")
	d.press("BCDFGHJK", "enter", "tab", "tab", "enter")
	d.shows("It was refused.")
	if f.devices.said != marquee.DeviceRefused {
		t.Errorf("answered %q", f.devices.said)
	}
}
