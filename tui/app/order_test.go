package app

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// race is two requests whose answers come in the wrong order: the last one first.
type race struct {
	name    string
	answers string // the kinds of messages that race
	world   func(*fakeService)
	at      []string // keys that lead to the page
	first   []string // keys that ask; "pause" waits for a timer
	between func(*driver, *fakeService)
	second  []string
	shows   []string
	lacks   []string
}

var races = []race{
	{name: "order", answers: "pageFound", first: []string{"s"}, second: []string{"s"}, shows: []string{"oldest first", "1 / 120", "Film 00000"}, lacks: []string{"Film 00069"}},
	{name: "filter", answers: "pageFound", at: []string{"f", "esc"}, first: []string{"f", "right", "enter"}, second: []string{"f", "right", "enter"},
		shows: []string{"Drama", "1 / 60", "Film 00000"}, lacks: []string{"Film 00001"}},
	{name: "end of the list and another order", answers: "pageFound", first: []string{"G"}, second: []string{"s"}, shows: []string{"1 / 120", "Film 00069"}, lacks: []string{"Film 00119"}},
	{name: "next page and another order", answers: "pageFound", first: []string{"ctrl+d", "ctrl+d", "ctrl+d"}, second: []string{"s"}, shows: []string{"1 / 120", "Film 00069"}},
	{name: "letters", answers: "pageFound", first: []string{"J", "Film 0005", "pause"}, second: []string{"9", "pause"}, shows: []string{"Film 00059"}, lacks: []string{"Film 00050"}},
	{name: "search", answers: "pageFound", first: []string{"/", "001", "pause"}, second: []string{"1", "pause"}, shows: []string{"/ 0011", "1 / 11", "Film 00110"}, lacks: []string{"Film 00100"}},
	{name: "search that is given up", answers: "pageFound", at: []string{"j"}, first: []string{"/", "001", "pause"}, second: []string{"esc", "s"}, shows: []string{"1 / 120", "Film 00069"}},
	{name: "list and watchlist key", answers: "pageFound filmSaved", first: []string{"ctrl+r"}, second: []string{"w"}, shows: []string{"7.5      +"}},
	{name: "list and rating of a film", answers: "pageFound filmSaved", at: []string{"enter"}, first: []string{"esc", "ctrl+r", "enter"}, second: []string{"8"}, shows: []string{"★8"}},
	{name: "film and its rating", answers: "filmFound filmSaved", first: []string{"enter"}, second: []string{"8"}, shows: []string{"★8"}},
	{name: "film and its watchlist", answers: "filmFound filmSaved", first: []string{"enter"}, second: []string{"w"}, shows: []string{"+ on your watchlist"}},
	{name: "film and its viewing", answers: "filmFound filmSaved viewingsFound", at: []string{"enter", "t"}, first: []string{"ctrl+r"}, second: []string{"d", "down", "enter"}, shows: []string{"(2 times)", "2026-11-23, 2026-11-22"}},
	{name: "film twice", answers: "filmFound", at: []string{"enter"}, first: []string{"ctrl+r"},
		between: func(_ *driver, f *fakeService) { f.films[0].Overview = "It ends well." }, second: []string{"ctrl+r"}, shows: []string{"It ends well."}},
	{name: "film in another language", answers: "filmFound filmSaved", at: []string{"enter"}, first: []string{"8"}, second: []string{"ctrl+k", "한국어", "enter"}, shows: []string{"★8", "내 평점"}},
	{name: "one film and another", answers: "filmFound", first: []string{"enter", "esc"}, second: []string{"j", "enter"}, shows: []string{"Film 00001"}, lacks: []string{"Film 00000"}},
	{name: "list key and film page", answers: "filmSaved filmFound", first: []string{"w"}, second: []string{"enter"}, shows: []string{"+ on your watchlist"}},
	{name: "watchlist", answers: "pageFound filmSaved", at: []string{"w", "W"}, first: []string{"ctrl+r"}, second: []string{"w", "pause", "enter"}, shows: []string{"not on your watchlist"}},
	{name: "month", answers: "pageFound", world: diaryOf3, at: []string{"D"}, first: []string{"left"}, second: []string{"right"}, shows: []string{"‹ 2026-11", "Film 00000"}, lacks: []string{"Film 00002"}},
	{name: "months", answers: "monthsFound", world: diaryOf3, at: []string{"D"}, first: []string{"ctrl+r"},
		between: func(_ *driver, f *fakeService) { f.setViewings(&f.films[3], []marquee.Date{"2026-12-01"}) }, second: []string{"ctrl+r"}, shows: []string{"‹ 2026-11 ›"}},
	{name: "diary and rating", answers: "pageFound filmSaved", world: diaryOf3, at: []string{"D", "enter"}, first: []string{"esc", "ctrl+r", "enter"}, second: []string{"8", "esc"}, shows: []string{"★8"}},
	{name: "sessions", answers: "sessionsFound sessionEnd", at: []string{"S"}, first: []string{"ctrl+r"}, second: []string{"j", "x"}, shows: []string{"this one, now"}, lacks: []string{"Firefox"}},
	{name: "others signed out", answers: "sessionsFound signedOut", at: []string{"S"}, first: []string{"ctrl+r"}, second: []string{"o"}, shows: []string{"this one, now"}, lacks: []string{"Firefox"}},
	{name: "SSH keys", answers: "keysFound keyRemoved", at: []string{"K"}, first: []string{"ctrl+r"}, second: []string{"x", "tab", "enter"}, shows: []string{"blue token"}, lacks: []string{"작업실"}},
	{name: "renamed key", answers: "keysFound keySaved", at: []string{"K"}, first: []string{"ctrl+r"}, second: []string{"e", " 2", "tab", "tab", "enter"}, shows: []string{"작업실 노트북 2"}},
	{name: "activity", answers: "pageFound", at: []string{"V"}, first: []string{"ctrl+r"},
		between: func(_ *driver, f *fakeService) { f.activity[0].Address = "203.0.113.9" }, second: []string{"ctrl+r"}, shows: []string{"203.0.113.9"}},
	{name: "account", answers: "accountFound", at: []string{"a"}, first: []string{"ctrl+r"},
		between: func(_ *driver, f *fakeService) { f.user.Email = "new@example.com" }, second: []string{"ctrl+r"}, shows: []string{"new@example.com"}, lacks: []string{"mina@"}},
	{name: "name in the header", answers: "whoFound userUpdated", at: []string{"a", "j", "enter"},
		between: func(d *driver, _ *fakeService) {
			d.tell(marquee.LiveEvent{Kind: marquee.LiveSessionEnded, At: today9}) // asks who that is
		}, second: []string{"ri", "tab", "tab", "tab", "enter"}, shows: []string{"minari\n"}, lacks: []string{"mina\n"}},
	{name: "new sign-ins", answers: "sessionsFound", at: []string{"a"},
		between: func(d *driver, f *fakeService) {
			all := f.sessions
			f.sessions = all[:2]
			d.tell(marquee.LiveEvent{Kind: marquee.LiveSignedIn, SessionID: "s2", At: today9})
			f.sessions = all
			d.tell(marquee.LiveEvent{Kind: marquee.LiveSignedIn, SessionID: "s3", At: today9})
			d.coming[1], d.coming[len(d.coming)-1] = d.coming[len(d.coming)-1], d.coming[1] // here the first one comes first
		}, shows: []string{"2001:db8:"}},
	{name: "token", answers: "tokenFound", at: []string{"T"}, between: func(d *driver, f *fakeService) {
		d.pass(time.Second)
		f.token.Counter = 9
		d.pass(time.Second)
	}, shows: []string{"refreshed 8 times"}},
	{name: "verdict", answers: "verdictFound", at: []string{"T"}, between: func(d *driver, f *fakeService) {
		f.before = away("me")
		d.press("ctrl+r")
		f.before = nil
	}, second: []string{"ctrl+r"}, shows: []string{"✓ accepted"}, lacks: []string{"offline", "does not answer"}},
	{name: "users and their search", answers: "pageFound", at: []string{"U"}, first: []string{"/", "01", "pause"}, second: []string{"2", "pause"}, shows: []string{"/ 012", "1 / 1", "person012"}, lacks: []string{"person010"}},
	{name: "disabled user", answers: "pageFound userSaved", world: func(f *fakeService) { f.people[1].IsActive = true }, at: []string{"U"},
		first: []string{"ctrl+r"}, second: []string{"x", "tab", "enter"}, shows: []string{"disabled"}},
	{name: "secret of a second factor", answers: "factorStarted", at: []string{"a", "enter"}, first: []string{"enter", "esc"}, second: []string{"enter", "enter"}, shows: []string{"3PPP"}},
	{name: "device that was let in", answers: "deviceFound deviceAnswered", at: []string{"P", "bcdfghjk", "enter"}, first: []string{"42", "enter", "esc"}, second: []string{"BBBBBBBB", "enter"},
		shows: []string{"It is in", "Code on the device"}},
	{name: "challenges for a key", answers: "challengeMade", at: []string{"K", "n", "G", "enter", elsewhere, "enter", "tab", "tab", "enter"}, first: []string{"tab", "tab", "tab", "enter", "esc"},
		second: []string{"enter", elsewhere, "enter", "tab", "tab", "enter"}, shows: []string{"xk5"}, lacks: []string{"xk4"}},
}

// oneAtATime are answers that no other of the page can overtake: it takes no
// second request until they come, or leaves and hears no more. Tests that are
// named show so.
var oneAtATime = map[string]string{
	"signedIn": "TestSignInThatWasLeft", "registered": "TestServersFieldErrorsStandAtTheFields", "keyTried": "TestKeyWhileTheServerIsSlowOrAway",
	"letIn": "TestSignInElsewhereAfterGoingBack", "deviceAsked": "TestSignInElsewhereIsOver", "exported": "TestExportFromTheAccountPage",
	"accountDeleted": "TestAccountIsDeleted", "steppedUp": "TestAccountIsDeleted", "factorEnded": "TestSecondFactor", "codesMade": "TestSecondFactor",
	"measured": "TestOnlyWhatIsTypedNowHasAStrength", "genresFound": "the same answer whoever asks", "heldFound": "no server is asked", "keyLinked": "TestKeyOfNobodyIsOffered",
}

func diaryOf3(f *fakeService) {
	for i, days := range [][]marquee.Date{{"2026-11-02"}, {"2026-11-17"}, {"2026-09-01"}} {
		f.setViewings(&f.films[i], days)
	}
}

func (d *driver) ask(keys []string) {
	d.t.Helper()
	for _, k := range keys {
		if k == "pause" {
			d.pass(300 * time.Millisecond)
		} else {
			d.press(k)
		}
	}
}

// An answer that a newer one has overtaken never shows.
func TestAnswersInTheWrongOrder(t *testing.T) {
	for _, r := range races {
		t.Run(r.name, func(t *testing.T) {
			f := newFake(120)
			f.user.IsSuperuser = true
			if r.world != nil {
				r.world(f)
			}
			d := home(t, f)
			d.ask(r.at)
			d.late = true
			d.ask(r.first)
			if r.between != nil {
				r.between(d, f)
			}
			d.ask(r.second)
			if len(d.coming) < 2 {
				t.Fatalf("%d answers are on their way", len(d.coming))
			}
			d.deliver()
			d.pass(200 * time.Millisecond)
			d.shows(r.shows...)
			d.lacks(r.lacks...)
		})
	}
}

// Every kind of answer is in the table above, or is said to need no place there.
func TestEveryAnswerIsKnownToRaceOrNotTo(t *testing.T) {
	kind := regexp.MustCompile(`type (\w+)(?:\[T any\])? struct \{\s+reply\b|type (\w+) struct\{ reply \}|\t(\w+) struct \{\n\t\treply\b`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range kind.FindAllStringSubmatch(string(text), -1) {
			kinds = append(kinds, m[1]+m[2]+m[3])
		}
	}
	if len(kinds) < 25 {
		t.Fatalf("only %v were found", kinds)
	}
	var racing []string
	for _, r := range races {
		racing = append(racing, strings.Fields(r.answers)...)
	}
	for _, k := range kinds {
		if !slices.Contains(racing, k) && oneAtATime[k] == "" {
			t.Errorf("nothing is said of what happens when %s is overtaken", k)
		}
	}
}

// What is done to a film is done in order, whichever page asks, and goes on when
// the page has left.
func TestChangesOfAFilmQueue(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("enter")
	d.late = true
	d.press("8", "9")
	if n := f.count("rate"); n != 1 {
		t.Fatalf("%d ratings are on their way at once", n)
	}
	d.deliver()
	d.shows("★9")
	d.late = true
	d.press("x", "esc", "w") // the page leaves; the list asks for something else
	if f.count("watchlist+") != 0 {
		t.Error("two changes of a film are on their way at once")
	}
	d.deliver()
	d.lacks("★9")
	d.shows("7.5      +")
	f.before = away("rate")
	d.press("enter")
	d.late = true
	d.press("7", "esc")
	d.deliver()
	d.shows("1 / 3", "The server does not answer.")
}
