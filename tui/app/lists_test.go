package app

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

func TestWatchlistTakesOffAndPutsBack(t *testing.T) {
	f := newFake(20)
	d := home(t, f)
	d.press("W")
	d.shows("Nothing on your watchlist yet.")
	d.press("esc", "j", "w", "j", "w")
	d.shows("3 / 20")
	d.press("W")
	d.shows("Film 00001", "Film 00002", "1 / 2")
	d.press("w")
	if f.films[1].OnWatchlist {
		t.Error("it is still on the watchlist")
	}
	d.shows("Film 00001") // where it was, to be put back
	d.press("w", "enter")
	d.shows("+ on your watchlist")
	d.press("h", "h")
	d.shows("3 / 20")
}

func TestDiaryGoesMonthByMonth(t *testing.T) {
	f := newFake(4)
	for i, days := range [][]marquee.Date{{"2026-11-02"}, {"2026-09-30", "2026-11-17"}, {"2026-09-01"}} {
		f.setViewings(&f.films[i], days)
	}
	d := home(t, f)
	d.press("D")
	d.shows("‹ 2026-11", "entries: 2", "17   Film 00001", "↻", "02   Film 00000")
	d.press("left")
	d.shows("2026-09 ›", "30   Film 00001", "01   Film 00002")
	d.lacks("Film 00000", "↻")
	d.press("right", "enter", "8", "t")
	d.shows("★8", "(3 times)", "2026-11-23, 2026-11-17, 2026-09-30")
	d.press("esc")
	d.shows("23   Film 00001", "entries: 3", "★8")
	d.press("esc")
	d.shows("1 / 4")
}

func TestAnEmptyDiarySaysWhatFillsIt(t *testing.T) {
	d := home(t, newFake(1))
	d.press("D")
	d.shows("Nothing watched yet. On a film, t notes today and d another day.")
}

func TestWatchedOnADate(t *testing.T) {
	f := newFake(2)
	d := home(t, f)
	d.press("enter", "d")
	d.shows("When did you see it?", "2026-11-23")
	d.press("down", "up", "down", "down", "enter")
	d.shows("✓ on 2026-11-21")
	d.press("d", "backspace", "backspace", "x", "enter")
	d.shows("This does not look right.")
	d.press("backspace", "21")
	d.shows("Noted already; enter takes it back.")
	d.press("enter")
	d.shows("not yet")
	d.press("d", "esc")
	d.shows("not rated")
	if f.count("watched 2026-11-21") != 1 || f.count("unwatched 2026-11-21") != 1 {
		t.Errorf("asked for %v", f.calls)
	}
}

// Where the clock stands on the 23rd, the day before the last one that has begun
// on earth, the 24th has come nowhere.
func TestADayToComeIsNoneToHaveWatchedOn(t *testing.T) {
	f := newFake(2)
	f.setViewings(&f.films[1], []marquee.Date{"2026-12-24"})
	d := home(t, f)
	d.press("enter", "d", "up", "enter")
	d.shows("When did you see it?", "2026-11-24", "! This day has not come yet.")
	d.press("down")
	d.lacks("not come yet")
	d.press("enter")
	d.shows("✓ on 2026-11-23")
	if f.count("watched 2026-11-24") != 0 {
		t.Error("the server was asked")
	}

	// The server has the last word: its clock is another one.
	f.before = func(_ context.Context, call string) error {
		if strings.HasPrefix(call, "watched ") {
			return marquee.Invalid(marquee.FieldError{Field: "watched_on", Code: marquee.FieldFuture})
		}
		return nil
	}
	d.press("d", "down", "enter")
	d.shows("When did you see it?", "2026-11-22", "! This day has not come yet.")
	d.press("esc", "esc", "j", "enter", "t")
	d.shows("When did you see it?", "2026-11-23", "! This day has not come yet.")

	// What was noted before can be taken back.
	d.press("backspace", "backspace", "backspace", "backspace", "backspace", "12-24")
	d.shows("Noted already; enter takes it back.")
	d.press("enter")
	d.shows("not yet")
}

func TestActivityGoesFarAndBack(t *testing.T) {
	d := home(t, newFake(1))
	d.press("V")
	d.shows("Signed in", "Safari · macOS", "192.0.2.0")
	for range 119 {
		d.press("j")
	}
	d.shows("192.0.2.119")
	for range 119 {
		d.press("k")
	}
	d.shows("192.0.2.0", "(7 times)")
}

func TestTokenCountsDownAndSaysTheVerdict(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("T")
	d.shows("23 min 0 s of 30 min 0 s", "in 17 min 0 s, by itself", "this machine is 3 s ahead of the server",
		"✓ accepted", "password, one-time code, second factor", "refreshed 4 times", "marquee, for marquee", "EdDSA  kPrK")
	d.pass(61 * time.Second)
	d.shows("21 min 59 s of 30 min 0 s")
	f.before = away("me")
	d.press("ctrl+r")
	d.shows("! The server does not answer.")
}

func TestUsersAreFoundDisabledAndEnabled(t *testing.T) {
	f := newFake(1)
	f.user.IsSuperuser = true
	d := home(t, f)
	d.press("U")
	d.shows("Users", "1 / 130", "person000@", "disabled", "Superuser")
	d.press("/", "0", "1", "2")
	d.pass(time.Second)
	d.shows("/ 012", "1 / 1", "person012")
	d.press("enter", "x")
	d.shows("Disable this account?", "▌ [ Cancel ]")
	d.press("enter", "x", "tab", "enter")
	d.shows("person012 is disabled.")
	d.press("x")
	d.shows("person012 is enabled.")
	f.old = true
	d.press("x", "tab", "enter")
	d.shows("Your sign-in was a while ago")
	d.press("right password", "enter")
	d.shows("person012 is disabled.")
}

// Who is no superuser has no such page, by key or palette.
func TestAttack_UsersPageOfOthers(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("U", ":", "users")
	d.shows("No action has such a name.")
	if f.count("users") != 0 {
		t.Error("it was asked for")
	}
	f.user.IsSuperuser = true // the twin
	d = home(t, f)
	d.press(":", "users", "enter")
	d.shows("person000")
}

func TestPaletteDoesWhatItsKeysDo(t *testing.T) {
	d := home(t, newFake(30))
	d.press("ctrl+k")
	d.shows("Every action", "search", "/ ctrl+f", "sessions")
	d.press("order", "enter")
	d.shows("newest first")
	d.press(":", "sessions", "enter")
	d.shows("this one, now")
	d.press(":", "end the others", "enter")
	d.shows("Signed out everywhere else.")
	d.press(":", "language", "enter")
	d.shows("세션", "지금 이 세션")
	d.press(":", "바로 종료", "enter")
	if !d.quit {
		t.Error("it did not quit")
	}
}

func TestMessagesStayReadable(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	for i := range 3 {
		d.press("y")
		d.pass(time.Duration(i) * time.Second)
	}
	f.before = away("find")
	d.press("s")
	f.before = nil
	d.pass(5 * time.Second)
	d.press("M")
	d.shows("Messages", "09:00:01  Sent to your terminal's clipboard: Film 00000 (1950)", "(3 times)", "! The server does not answer.", "The server answers again.")
	d.press("esc")
	d.shows("Film 00000")
}

func TestLogIsBounded(t *testing.T) {
	var l messageLog
	for i := range 3 * logMost {
		l = l.add(today9, fmt.Sprint(i), false)
	}
	if len(l) != logMost || l[logMost-1].text != fmt.Sprint(3*logMost-1) {
		t.Errorf("%d are kept, the last is %q", len(l), l[len(l)-1].text)
	}
}

// What is put on the watchlist while its page is open below, or is still being
// saved when it opens, is on it.
func TestWatchlistHasWhatWasPutThereFromElsewhere(t *testing.T) {
	f := newFake(20)
	f.setViewings(&f.films[3], []marquee.Date{"2026-11-02"})
	d := home(t, f)
	d.press("W")
	d.shows("Nothing on your watchlist yet.")
	d.press("D", "enter", "w", "esc", "esc")
	d.shows("Watchlist", "Film 00003", "1 / 1")
	d.press("esc", "enter")
	d.late = true
	d.press("w", "W")
	d.late = false
	d.coming[0], d.coming[1] = d.coming[1], d.coming[0] // the list is from before
	d.deliver()
	d.shows("Watchlist", "Film 00000", "1 / 2")
}

func TestLettersCountWhenEnterComesBeforeThePause(t *testing.T) {
	d := home(t, newFake(120))
	d.press("s", "J", "Film 0005", "enter")
	d.shows("Film 00050", "by title")
	d.lacks("jump to", "Film 00049")
	d.press("J", "enter")
	d.shows("Film 00050")
}

// The keys that move do so by as much as the help says, wherever it names them.
func TestScrolledPagesGoByHalvesAndToTheEnds(t *testing.T) {
	d := home(t, newFake(1))
	d.send(tea.WindowSizeMsg{Width: 80, Height: 12}) // 9 lines of a page
	d.press("?")
	d.shows("On this page")
	d.press("ctrl+d")
	d.lacks("On this page", "search", "filter")
	d.shows("watchlist")
	d.press("ctrl+u")
	d.shows("On this page")
	d.press("G")
	d.shows("✓", "watched")
	d.press("g")
	d.shows("On this page")
	d.press("h")
	d.shows("Films")

	d.press("a", "g", "ctrl+d")
	d.shows("▌ [ SSH keys ]")
	d.press("S", "ctrl+d", "ctrl+u")
	d.shows("▌ ●")
	d.press("V", "G")
	d.shows("192.0.2.49")
}

func TestHelpNamesThePaletteAndTheMessages(t *testing.T) {
	d := home(t, newFake(1))
	d.press("?", "G")
	d.send(tea.WindowSizeMsg{Width: 80, Height: 60})
	d.shows(": ctrl+k           every action", "M                  messages")
	d = drive(t, newFake(1), plain)
	d.press("f1")
	d.shows(": ctrl+k           every action")
}

// A paste into the search is cut to what the server takes, and what went wrong
// with a search goes with it.
func TestSearchTakesNoMoreThanTheServer(t *testing.T) {
	f := newFake(20)
	d := home(t, f)
	d.press("/")
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(strings.Repeat("영화", 300))})
	d.pass(time.Second)
	if f.count("find "+strings.Repeat("영화", marquee.QueryMax/2)+"||") != 1 {
		t.Errorf("asked for %q", f.calls)
	}
	f.before = func(_ context.Context, call string) error {
		if strings.HasPrefix(call, "find") {
			return &marquee.Error{Code: marquee.CodeInternal}
		}
		return nil
	}
	d.press("backspace")
	d.pass(time.Second)
	d.shows("ctrl+r loads again")
	d.press("esc")
	d.shows("1 / 20")
	d.lacks("ctrl+r loads again")
}
