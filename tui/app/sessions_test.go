package app

import (
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

func TestSessionsAreShownAndEnded(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("S")
	d.shows("Sessions", "● Terminal · studio", "this one, now", "Firefox · Linux", "12 min ago", "SSH")
	d.press("j")
	d.shows("Mozilla/5.0", "2026-11-21 07:00")
	d.press("x")
	d.shows("That session has ended.", "Terminal · studio", "SSH")
	d.lacks("Firefox")
	if f.count("end s2") != 1 {
		t.Errorf("asked for %v", f.calls)
	}
	d.press("o")
	d.shows("Signed out everywhere else.")
	d.lacks("SSH")
	d.press("o")
	d.shows("You are signed in nowhere else.")
	d.press("esc")
	d.shows("Film 00000")
}

// Ending this session, or all, asks first; cancel has the focus.
func TestEndingThisSessionAsksFirst(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	for key, question := range map[string]string{"x": "Sign out here?", "e": "Sign out everywhere, here as well?"} {
		d.press("S", key)
		d.shows(question, "▌ [ Cancel ]")
		d.press("enter")
		d.lacks(question)
		d.press(key, "esc")
		d.lacks(question)
		d.shows("Sessions")
	}
	if f.count("logout") != 0 {
		t.Fatalf("signed out by %v", f.calls)
	}
	d.press("e", "tab", "enter")
	d.shows("Signed out.", "User name or e-mail")
	if f.count("logout global") != 1 {
		t.Errorf("asked for %v", f.calls)
	}
}

func TestPlacesDoNotPileUp(t *testing.T) {
	d := home(t, newFake(3))
	d.press("a", "S", "a", "S", "a")
	if n := len(d.m.(Model).stack); n != 2 {
		t.Errorf("%d pages on the stack", n)
	}
	d.shows("mina@example.com")
	d.press("esc")
	d.shows("Film 00000")
}

func TestSessionEndedElsewhereLocksWithTheReason(t *testing.T) {
	f := newFake(120)
	d := home(t, f)
	d.press("jjj", "enter")
	f.before = ended("me")
	d.tell(marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: "s1", At: today9.Add(-time.Minute), Reason: "revoked"})
	d.shows("08:59: This session was ended from another one of yours.", "mina", "Film 00003")
	f.before = nil
	d.press("right password", "enter")
	d.lacks("was ended")
	d.shows("Film 00003")
	d.press("esc", "esc")
	d.shows("4 / 120")
	if d.ear == nil {
		t.Error("after signing in again nobody listens")
	}
}

// Where the stream of events was broken the end of the session is met when it
// is opened again, and no key need be pressed.
func TestSessionEndedWhileNobodyListenedLocks(t *testing.T) {
	f := newFake(120)
	d := home(t, f)
	d.press("jjj", "enter")
	f.before = ended("me")
	close(d.told)
	ear := d.ear
	d.ear = nil
	d.send(ear())
	d.shows("This session has ended.", "mina", "Film 00003")
}

// A notice of an end that the server does not confirm ends nothing.
func TestAttack_FalseNoticeOfAnEnd(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.tell(marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: "s1", Reason: "revoked"})
	d.shows("Film 00000")
	d.lacks("was ended")
	f.before = ended("me") // the twin
	d.tell(marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: "s1", At: today9, Reason: "revoked"})
	d.shows("was ended from another one")
}

func TestNewSignInIsToldAndEndedWithOneKey(t *testing.T) {
	f := newFake(120)
	d := home(t, f)
	d.press("/", "0")
	d.tell(marquee.LiveEvent{Kind: marquee.LiveSignedIn, SessionID: "s2", At: today9})
	d.shows("New sign-in: Firefox · Linux, 192.0.2.7.", "ctrl+x end that session")
	d.press("0", "1") // it stays while one types
	d.shows("New sign-in", "001")
	d.press("ctrl+x")
	d.shows("The new session has ended.")
	d.lacks("New sign-in")
	if f.count("end s2") != 1 {
		t.Errorf("asked for %v", f.calls)
	}
}

func TestNoticeOfANewSignInPasses(t *testing.T) {
	d := home(t, newFake(3))
	d.tell(marquee.LiveEvent{Kind: marquee.LiveSignedIn, SessionID: "s2", At: today9})
	d.shows("New sign-in")
	d.pass(alertFor + time.Second)
	d.lacks("New sign-in")
	d.tell(marquee.LiveEvent{Kind: marquee.LiveCredentialChanged})
	d.shows("What you sign in with has changed.")
}

func TestSessionsPageHearsOfNewOnes(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("S", "j")
	f.sessions = append([]marquee.Session{{ID: "s9", Client: "cli", Address: "198.51.100.4", CreatedAt: today9, LastUsedAt: &today9}}, f.sessions...)
	d.tell(marquee.LiveEvent{Kind: marquee.LiveSignedIn, SessionID: "s9", At: today9})
	d.shows("Command line", "just now")
	for _, row := range d.screen() {
		if strings.Contains(row, "Firefox ·") && !strings.Contains(row, "▌") {
			t.Errorf("the cursor left its session: %q", row)
		}
	}
}

func TestCopyGoesThroughTheTerminal(t *testing.T) {
	d := home(t, newFake(3))
	d.press("j", "y")
	d.shows("Sent to your terminal's clipboard: Film 00001 (1951)")
	if drawn := d.m.View(); !strings.Contains(drawn, "\x1b]52;c;RmlsbSAwMDAwMSAoMTk1MSk=\a") {
		t.Errorf("no OSC 52: %q", drawn)
	}
	d.pass(2 * time.Second)
	if strings.Contains(d.m.View(), "]52;") {
		t.Error("it is sent for ever")
	}
}

func TestFilterLeavesSomeFilms(t *testing.T) {
	f := newFake(140)
	d := home(t, f)
	d.press("f")
	d.shows("Which films?", "all")
	d.press("tab", "19x", "tab", "enter")
	d.shows("This does not look right.")
	d.press("backspace", "60", "tab", "1961", "tab", "right", "enter")
	d.shows("1960–1961", "newest first", "1 / 4", "1961")
	d.press("esc")
	d.shows("1 / 140")
	d.press("f", "right", "enter")
	d.shows("Comedy", "1 / 70")
}

func TestLettersLeadToTitles(t *testing.T) {
	f := newFake(9250)
	d := home(t, f)
	d.press("J", "F", "i", "l", "m", " ", "0", "5")
	d.pass(time.Second)
	d.shows("jump to:", "Film 05000", "– / 9,250")
	d.press("enter")
	for range 30 {
		d.press("k")
	}
	d.shows("Film 04970")
	d.press("g")
	d.shows("1 / 9,250")
}
