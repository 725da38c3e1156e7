package cells

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

func TestFitIsExact(t *testing.T) {
	for _, s := range []string{"", "abc", "한글 제목", "🎬 film", "e\u0301e\u0301", "가나다라마바사", strings.Repeat("한", 50), "दिलवाले दुल्हनिया ले जायेंगे", "น้ำ ทำ คำ"} {
		for w := range 30 {
			for _, got := range []string{Fit(s, w), FitRight(s, w), Sides(s, s, w)} {
				if Width(got) != w {
					t.Errorf("%q in %d cells: %q takes %d", s, w, got, Width(got))
				}
			}
			for _, line := range Wrap(s, w) {
				if Width(line) > w {
					t.Errorf("%q wrapped at %d: %q", s, w, line)
				}
			}
		}
	}
}

func TestCleanKeepsScriptsAndDropsWhatShifts(t *testing.T) {
	for in, want := range map[string]string{
		"기생충":                                "기생충",
		"\u1100\u1161":                       "가", // composed
		"क\u094d\u200dष":                     "क\u094d\u200dष",
		"👨\u200d👩\u200d👧":                    "👨👩👧",
		"❤\ufe0f":                            "❤",
		"👍\U0001f3fd":                        "👍",
		"a\x1b[31mb":                         "a\ufffd[31mb",
		"x" + strings.Repeat("\u0323", 1000): "x" + strings.Repeat("\u0323", maxMarks),
	} {
		if got := Clean(in); got != want && Clean(got) != Clean(want) {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOverKeepsTheWidth(t *testing.T) {
	under := []string{"한글한글한글한글한글", "plain text", "", "🎬🎬🎬🎬🎬🎬🎬🎬"}
	for w := 1; w < 40; w++ {
		for _, line := range Over(under, []string{"┌──┐", "│가│", "└──┘"}, w, 6, func(s ...string) string { return s[0] }) {
			if Width(line) != w {
				t.Errorf("%d cells of %d: %q", Width(line), w, line)
			}
		}
	}
}

// tmux counts each character of a syllable, others what is drawn: a line must
// fit for both, and what follows stands in the same cells.
func TestDisputedWidthsCountInFull(t *testing.T) {
	for s, want := range map[string]struct {
		width  int
		pinned bool
	}{"3 इडियट्स": {8, true}, "น้ำ": {2, true}, "한글": {4, false}, "é": {1, false}, "Up": {2, false}, "🎬 日本": {7, false}} {
		line := "\x1b[1m" + s + "\x1b[0m|"
		if Width(s) != want.width || (Pin(line) != line) != want.pinned {
			t.Errorf("%q takes %d cells at most, pinned: %q", s, Width(s), Pin(line))
		}
		em := vt.NewEmulator(20, 1)
		_, _ = em.WriteString("xxxxxxxxxxxxxxxxxxxx\r" + Pin(line))
		if c := em.CellAt(want.width, 0); c == nil || c.Content != "|" {
			t.Errorf("%q: what follows stands elsewhere: %q", s, em.String())
		}
		if want.pinned && strings.Contains(em.String(), "x") {
			t.Errorf("%q: what was there before is left: %q", s, em.String())
		}
		em.Close()
	}
}

// What is said without the library's tables is what they say, and never less.
func TestSecondOpinionIsTheLibrarys(t *testing.T) {
	for r := rune(' '); r <= 0x1FFFF; r++ {
		if r >= 0xD800 && r < 0xE000 {
			continue
		}
		for _, s := range []string{string(r), "가\x1b[1m" + string(r) + "क्\x1b[m"} {
			got, want := apart(s), ansi.StringWidthWc(s)
			if got < want || got > want && unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S, unicode.Z) {
				t.Fatalf("%q (%U): %d, but the library says %d", s, r, got, want)
			}
		}
	}
}

// Of characters that count as agreed there is no second opinion, alone or
// beside one another.
func TestNobodyDisputesWhatIsAgreed(t *testing.T) {
	for r := rune(' '); r <= 0xFFFF; r++ {
		if r == 0x7f || r >= 0x80 && r < 0xA0 || r >= 0xD800 && r < 0xE000 {
			continue
		}
		for _, s := range []string{string(r), "가" + string(r) + "a", "e" + string(r) + string(r)} {
			if one, two := ansi.StringWidth(s), ansi.StringWidthWc(s); one != two && Width(s) < max(one, two) {
				t.Fatalf("%q (%U): %d, but some say %d and some %d", s, r, Width(s), one, two)
			}
		}
	}
}
