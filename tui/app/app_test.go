package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

var plain = setup{width: 80, height: 24, language: "en"}

func home(t testing.TB, f *fakeService) *driver {
	t.Helper()
	s := plain
	s.signedIn = true
	return drive(t, f, s)
}

func TestSignInLeadsToTheFilms(t *testing.T) {
	d := drive(t, newFake(120), plain)
	d.shows("Sign in", "User name or e-mail", "test server")
	d.press("mina", "tab", "right password", "enter")
	d.shows("Films", "mina", "Film 00000", "1 / 120")
	d.lacks("right password")
}

func TestWrongPasswordKeepsWhatWasTyped(t *testing.T) {
	d := drive(t, newFake(1), plain)
	d.press("mina", "tab", "wrong", "enter")
	d.shows("User name or password is wrong.", "mina", "*****")
	d.press("q")
	if d.quit {
		t.Fatal("q in a text field quit")
	}
	d.press("ctrl+c")
	if !d.quit {
		t.Fatal("ctrl+c did not quit")
	}
}

// An esc that comes in one read with another, or with enter, counts.
func TestEscAndTheNextKeyInOneRead(t *testing.T) {
	d := home(t, newFake(3))
	d.press("S", "K")
	d.send(tea.KeyMsg{Type: tea.KeyEsc, Alt: true})
	d.shows("› Films")
	d.press("/", "00")
	d.send(tea.KeyMsg{Type: tea.KeyEnter, Alt: true}) // the search is left, a film opened
	d.shows("› Film ")

	d = driveWith(t, newFake(3), setup{width: 80, height: 24, language: "en", signedIn: true}, Options{Keys: map[string][]string{"go_sessions": {"alt+enter"}, "go_activity": {"alt+v"}}})
	d.send(tea.KeyMsg{Type: tea.KeyEnter, Alt: true})
	d.shows("› Sessions")
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("v"), Alt: true})
	d.shows("› Activity")
}

// Keys that come in one read after an esc are read as alt and the key.
func TestCtrlCQuitsRightAfterEsc(t *testing.T) {
	d := drive(t, newFake(1), plain)
	d.send(tea.KeyMsg{Type: tea.KeyCtrlC, Alt: true})
	if !d.quit {
		t.Fatal("esc and ctrl+c at once did not quit")
	}
}

func TestRegisterChecksFieldsAsTheyAreLeft(t *testing.T) {
	d := drive(t, newFake(3), plain)
	d.press("tab", "tab", "tab", "enter")
	d.shows("Create an account", "Password again")
	d.press("ab", "tab")
	d.shows("At least 4 characters.")
	d.press("not an address", "tab")
	d.shows("This does not look right.")
	d.press("long enough one", "tab", "another", "tab")
	d.shows("The two entries differ.")
	d.press("enter") // refused: the focus is at the first problem
	d.press("cdef")
	d.lacks("At least 4 characters.")
	d.press("tab", "backspace", "@example.com")
}

func TestServersFieldErrorsStandAtTheFields(t *testing.T) {
	f := newFake(3)
	f.before = func(_ context.Context, call string) error {
		if call == "register" {
			return &marquee.Error{Code: marquee.CodeUsernameTaken}
		}
		return nil
	}
	d := drive(t, f, plain)
	d.press("tab", "tab", "tab", "enter")
	d.press("minari", "tab", "m@example.com", "tab", "long enough one", "tab", "long enough one", "enter")
	d.shows("! Already in use.", "minari", "m@example.com")
	f.before = nil
	d.press("x", "tab", "tab", "tab", "enter")
	d.shows("Films", "minarix", "Film 00001")
}

func TestKeysOfOneReadAreTakenApart(t *testing.T) {
	d := home(t, newFake(120))
	d.press("jjjj")
	d.shows("5 / 120")
	d.press("/00110")
	d.pass(time.Second)
	d.shows("/ 00110", "1 / 1", "Film 00110")
	d.lacks("Film 00000")
	d.press("esc")
	d.shows("5 / 120")
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("q"), Paste: true})
	if d.quit {
		t.Fatal("a pasted q quit")
	}
}

func TestListGoesToItsEndsAndBack(t *testing.T) {
	f := newFake(9250)
	d := home(t, f)
	d.press("G")
	d.shows("9,250 / 9,250", "Film 09249")
	for range 120 {
		d.press("k")
	}
	d.shows("9,130 / 9,250", "Film 09129")
	d.press("g")
	d.shows("1 / 9,250", "Film 00000")
	for range 400 {
		d.press("j")
	}
	d.shows("401 / 9,250", "Film 00400")
	for range 400 {
		d.press("k")
	}
	d.shows("1 / 9,250", "Film 00000")
	if held := d.m.(Model).top().page.(filmsPage).list.items.Len(); held > 300 {
		t.Errorf("%d films are held", held)
	}
}

func TestAnswersOvertakenAreNeverShown(t *testing.T) {
	d := home(t, newFake(120))
	d.hold = true
	d.press("/", "0", "0", "1")
	d.pass(300 * time.Millisecond) // search "001"
	d.press("1")
	d.pass(300 * time.Millisecond) // search "0011"
	if len(d.held) != 2 {
		t.Fatalf("%d searches, want 2", len(d.held))
	}
	d.release(1, 0)
	d.shows("/ 0011", "1 / 11", "Film 00110")
	d.lacks("Film 00100", "Film 00012")
}

func TestSearchWaitsForAPause(t *testing.T) {
	f := newFake(120)
	d := home(t, f)
	before := f.count("find")
	d.press("/", "0", "0", "1")
	d.pass(150 * time.Millisecond)
	if n := f.count("find"); n != before {
		t.Fatalf("%d searches within the pause", n-before)
	}
	d.pass(100 * time.Millisecond)
	if n := f.count("find"); n != before+1 {
		t.Fatalf("%d searches, want 1", n-before)
	}
}

// Films of another query than the one that was typed are not passed off as its.
func TestWhatWasMeantIsSaid(t *testing.T) {
	f := newFake(120)
	f.meant = map[string]string{"0o7": "007"}
	d := home(t, f)
	d.press("/", "0", "o", "7")
	d.pass(time.Second)
	d.shows("“007” is shown as well", "Film 00007")
	d.press("backspace", "backspace", "0", "7")
	d.pass(time.Second)
	d.shows("Film 00007", "Title")
	d.lacks("shown as well")
	d.press("backspace", "backspace", "o", "7", "enter")
	d.pass(time.Second)
	d.shows("shown as well")
	d.press("esc")
	d.lacks("shown as well")
}

// A server that takes five seconds makes no key wait, and the rows that were
// there stay until the new ones come.
func TestSlowServerDelaysNoKey(t *testing.T) {
	d := home(t, newFake(120))
	d.hold = true
	d.press("s")
	d.lacks("Loading")
	d.pass(200 * time.Millisecond)
	d.shows("Loading", "Film 00000")
	for range 20 {
		d.press("j")
	}
	if got := d.m.(Model).top().page.(filmsPage).list.items.Cursor(); got != 20 {
		t.Errorf("the cursor is at %d, want 20", got)
	}
	d.pass(5 * time.Second)
	d.release()
	d.shows("1 / 120", "newest first")
	d.lacks("Loading")
}

// Keys that come faster than the server answers are done one after the other.
func TestFilmTakesKeysWhileItIsSaving(t *testing.T) {
	d := home(t, newFake(3))
	d.press("enter")
	d.hold = true
	d.press("8", "w", "t", "w")
	d.hold = false
	d.release()
	d.shows("★8", "not on your watchlist", "✓ on 2026-11-23")
}

// Nor are they lost when the page is left before they were done.
func TestFilmThatIsLeftTakesItsKeysAlong(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("enter")
	d.hold = true
	d.press("8", "w", "t", "esc")
	d.hold = false
	d.release()
	d.shows("1 / 3", "★8 +✓")
	if !f.films[0].OnWatchlist || f.films[0].WatchedOn == nil {
		t.Errorf("the server has %+v", f.films[0])
	}
}

// The key that puts a film on the watchlist takes it off when it is pressed
// again at once, and so on; of a key that is held down the last word counts.
func TestWatchlistKeyCountsEachTime(t *testing.T) {
	for _, at := range []string{"", "W"} {
		for presses, on := range map[int]bool{2: false, 3: true, 31: true, 32: false} {
			f := newFake(3)
			if at != "" {
				f.films[0].OnWatchlist, on = true, !on
			}
			d := home(t, f)
			d.ask(strings.Fields(at))
			d.hold = true
			d.press(strings.Repeat("w", presses))
			d.hold = false
			d.release()
			if f.films[0].OnWatchlist != on {
				t.Errorf("on the watchlist: %v after %d times at %q", !on, presses, at)
			}
			if n := f.count("watchlist+") + f.count("watchlist-"); n > 2 {
				t.Errorf("%d calls for %d times at %q", n, presses, at)
			}
			d.press("ctrl+r")
			if at == "" && strings.Contains(d.screen()[4], " +") != on {
				t.Errorf("the list after %d times:\n%s", presses, d.text())
			}
		}
	}
}

// The program that is quit at once saves first; what fails then is read before.
func TestQuitWaitsForWhatIsBeingSaved(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.hold = true
	d.press("wjwq")
	d.shows("saving…")
	if d.quit {
		t.Fatal("it quit before anything was saved")
	}
	d.hold = false
	d.release()
	if !d.quit || !f.films[0].OnWatchlist || !f.films[1].OnWatchlist {
		t.Errorf("it quit: %v, with %+v", d.quit, f.films[:2])
	}

	f.before = away("watchlist-")
	d = home(t, f)
	d.hold = true
	d.press("wq")
	d.hold = false
	d.release()
	d.shows("The server does not answer.")
	if d.quit {
		t.Fatal("it quit without a word of what was not saved")
	}
	d = home(t, f)
	d.hold = true
	d.press("wqj") // goes on
	d.hold, f.before = false, nil
	d.release()
	if d.quit {
		t.Error("it quit under somebody who went on")
	}

	f.before = func(context.Context, string) error { return context.DeadlineExceeded }
	d = home(t, f)
	d.press("w")
	d.shows("The server does not answer.")
	for _, again := range []string{"q", "ctrl+c"} {
		d = home(t, f)
		d.hold = true
		d.press("wq", again)
		if !d.quit {
			t.Errorf("it does not quit at once when %s is pressed", again)
		}
	}
}

// A server that refuses one question and answers the other is not asked both
// again and again.
func TestServerThatAnswersInPartIsTriedWithPauses(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	f.before = func(_ context.Context, call string) error {
		if n := f.count("film"); n > 100 {
			t.Fatalf("%d questions at once", n)
		}
		return away("film")(nil, call)
	}
	d.press("enter")
	d.shows("offline 1 s")
	d.pass(10 * time.Second)
	if n := f.count("film"); n < 5 || n > 12 {
		t.Errorf("%d questions in ten seconds", n)
	}
	f.before = nil
	d.pass(time.Second)
	d.lacks("offline")
}

// What a key did not do is said until the server is back, and then once more.
func TestKeyInVainIsSaid(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	f.before = away("")
	d.press("enter", "8")
	d.shows("offline", "Press the key again.")
	d.pass(time.Second) // it tries, and the page does not load
	d.shows("offline", "Press the key again.")
	f.before = nil
	d.pass(10 * time.Second)
	d.lacks("offline")
	d.shows("Your last change", "not rated")
	d.press("8")
	d.lacks("Your last change")
	d.shows("★8")
}

// A change that failed is said, whatever was done after it.
func TestChangeThatFailedStaysSaid(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("enter")
	d.hold = true
	d.press("8", "w")
	d.hold = false
	f.before = func(_ context.Context, call string) error {
		if strings.HasPrefix(call, "rate") {
			return marquee.E(marquee.CodeInternal)
		}
		return nil
	}
	d.release()
	d.shows("+ on your watchlist", "not rated", "Something went wrong on our side.")
}

func TestFilmIsRatedListedAndWatched(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("j", "enter")
	d.shows("Film 00001", "Ann Director", "A story that is told slowly.", "7.5", "not on your watchlist")
	d.press("0")
	d.shows("★10")
	d.press("8", "w", "t")
	d.shows("★8", "+ on your watchlist", "✓ on 2026-11-23")
	d.press("esc")
	d.shows("2 / 3")
	if row := d.screen()[5]; !strings.Contains(row, "Film 00001") || !strings.Contains(row, "★8 +✓") {
		t.Errorf("the list does not show it: %q", row)
	}
	d.press("enter", "x", "w", "t")
	d.shows("not rated", "not on your watchlist", "not yet")
}

// The key adds today's viewing and takes only that one back.
func TestWatchedAgainOnAnotherDay(t *testing.T) {
	f := newFake(1)
	d := home(t, f)
	d.press("enter", "t")
	d.shows("✓ on 2026-11-23")
	d.lacks("times")
	d.pass(24 * time.Hour)
	d.press("t")
	d.shows("✓ on 2026-11-24 (2 times)")
	d.press("t")
	d.shows("✓ on 2026-11-23")
	d.lacks("times")
	if f.count("unwatched 2026-11-24") != 1 || f.count("unwatched") != 1 {
		t.Errorf("asked for %v", f.calls)
	}
}

func TestEscNeverQuitsAndQuitsFromTheTop(t *testing.T) {
	d := home(t, newFake(3))
	d.press("enter", "esc", "esc", "esc")
	if d.quit {
		t.Fatal("esc quit")
	}
	d.shows("1 / 3")
	d.press("enter", "q")
	if d.quit {
		t.Fatal("q quit from a page below")
	}
	d.press("q")
	if !d.quit {
		t.Fatal("q did not quit from the top")
	}
}

func TestHelpNamesEveryKey(t *testing.T) {
	d := home(t, newFake(3))
	d.press("?")
	d.shows("On this page", "Everywhere", "search", "every action", "half a page down")
	d.press("j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j")
	d.shows("messages", "ctrl+c", "sessions", "your rating")
	d.press("esc")
	d.shows("Film 00000")
	d.press("f1")
	d.shows("On this page")
}

func TestLanguageChangesEverywhere(t *testing.T) {
	d := home(t, newFake(3))
	d.press("a")
	d.shows("mina@example.com", "Sign out everywhere else")
	d.press("j", "j", "j", "j", "j", "j", "j", "j", "enter")
	d.shows("계정", "로그아웃", "다른 곳에서 모두 로그아웃")
	d.press("esc")
	d.shows("영화", "제목")
}

func TestSigningOutLeadsToTheSignIn(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("a", "k", "enter")
	d.shows("Signed out.", "User name or e-mail")
	d.lacks("mina ", "Film 00000")
	if f.count("logout local") != 1 {
		t.Error("no logout was asked for")
	}
}

func away(call string) func(context.Context, string) error {
	return func(_ context.Context, c string) error {
		if strings.HasPrefix(c, call) {
			return marquee.E(marquee.CodeServerUnreachable)
		}
		return nil
	}
}

func TestServerAwayIsABadgeAndPassesByItself(t *testing.T) {
	f := newFake(120)
	f.before = away("")
	d := home(t, f)
	d.shows("offline 1 s", "The server does not answer.", "Next try in 1 s")
	d.pass(1100 * time.Millisecond)
	d.shows("Next try in 2 s")
	f.before = nil
	d.pass(3 * time.Second)
	d.lacks("offline", "does not answer")
	d.shows("Film 00000", "1 / 120", "mina")
}

func TestPausesGrowToABound(t *testing.T) {
	last := time.Duration(0)
	for i := range 20 {
		p := pause(i, 1)
		if p < last || p > mostPause || pause(i, 0) < p/2 {
			t.Errorf("pause %d is %v after %v", i, p, last)
		}
		last = p
	}
	if last != mostPause {
		t.Errorf("the pauses end at %v", last)
	}
}

func TestRetryByKeyAsksAtOnce(t *testing.T) {
	f := newFake(3)
	f.before = away("")
	d := home(t, f)
	f.before = nil
	d.press("ctrl+r")
	d.shows("Film 00000")
	d.lacks("offline")
}

func ended(call string) func(context.Context, string) error {
	return func(_ context.Context, c string) error {
		if strings.HasPrefix(c, call) {
			return marquee.E(marquee.CodeInvalidToken)
		}
		return nil
	}
}

func TestEndedSessionLocksAndLeadsBack(t *testing.T) {
	f := newFake(120)
	d := home(t, f)
	d.press("jjj", "enter")
	f.before = ended("rate")
	d.press("8")
	d.shows("This session has ended.", "mina", "Film 00003")
	f.before = nil
	d.press("right password", "enter")
	d.lacks("has ended")
	d.shows("Film 00003", "not rated")
	d.press("8", "esc")
	d.shows("4 / 120")
}

func TestAnotherPersonDoesNotGetTheSameSpot(t *testing.T) {
	f := newFake(120)
	d := home(t, f)
	d.press("jjj", "enter")
	f.before = ended("rate")
	d.press("8")
	f.before = nil
	f.user = marquee.User{ID: "u2", Username: "other"}
	d.press("right password", "enter")
	d.shows("1 / 120", "other")
	d.lacks("mina")
}

func TestTooManyTriesCountsDown(t *testing.T) {
	f := newFake(1)
	f.before = func(context.Context, string) error {
		return &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: 27 * time.Second}
	}
	d := drive(t, f, plain)
	d.press("mina", "tab", "right password", "enter")
	d.shows("Wait 27 s.")
	d.pass(5 * time.Second)
	d.shows("Wait 22 s.")
	d.pass(30 * time.Second)
	d.lacks("Wait")
	d.shows("Press enter to try again.")
}

func TestTooSmallLosesNothing(t *testing.T) {
	d := drive(t, newFake(1), plain)
	d.press("mina")
	d.send(tea.WindowSizeMsg{Width: 39, Height: 11})
	d.shows("39x11", "40x12")
	d.press("x", "enter")
	d.send(tea.WindowSizeMsg{Width: 0, Height: 0})
	d.shows("39x11")
	d.send(tea.WindowSizeMsg{Width: 40, Height: 12})
	d.shows("mina")
	d.lacks("minax")
	d.send(tea.WindowSizeMsg{Width: 10, Height: 2})
	d.press("ctrl+c")
	if !d.quit {
		t.Fatal("ctrl+c did not quit")
	}
}

func TestPreviewStandsBesideFromAHundredColumns(t *testing.T) {
	d := home(t, newFake(30))
	d.lacks("Ann Director")
	d.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	d.shows("Ann Director", "Film 00000", "A story that is told slowly.")
}
