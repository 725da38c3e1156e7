package theme

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

func themes(p termenv.Profile) []Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(p)
	all := []Theme{}
	for _, n := range Names() {
		all = append(all, New(r, n, true), New(r, n, false), New(r, n, true).On(false))
	}
	return all
}

// Without colours weight and inversion remain; the text cursor needs one.
func TestWithoutColoursNothingIsColoured(t *testing.T) {
	colour := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[;m]`)
	for _, th := range themes(termenv.Ascii) {
		for _, s := range []lipgloss.Style{th.Brand, th.Faint, th.Accent, th.Selected, th.Good, th.Bad, th.Badge, th.Key, th.Cursor, th.Button} {
			if got := s.Render("x"); colour.MatchString(got) {
				t.Errorf("a colour: %q", got)
			}
		}
		for _, s := range []lipgloss.Style{th.Cursor, th.Selected, th.Button} {
			if got := s.Render("x"); !strings.Contains(got, "\x1b[7m") && !strings.Contains(got, ";7m") {
				t.Errorf("not inverted: %q", got)
			}
		}
	}
}

func TestSixteenColoursAreTheTerminalsOwn(t *testing.T) {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	for _, th := range append(themes(termenv.ANSI), New(r, Sixteen, true)) {
		for name, s := range styles(th) {
			if got := s.Render("x"); strings.Contains(got, "38;") || strings.Contains(got, "48;") {
				t.Errorf("%s %s: %q", th.Name, name, got)
			}
		}
	}
}

func TestBackgroundChoosesWhereItMay(t *testing.T) {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	for _, n := range Names() {
		dark, light := New(r, n, true), New(r, n, false)
		follows := n == Auto || n == HighContrast
		if differ := dark.Bad.Render("x") != light.Bad.Render("x"); differ != follows {
			t.Errorf("%s: dark and light differ %v", n, differ)
		}
		if dark.On(false).Bad.Render("x") != light.Bad.Render("x") {
			t.Errorf("%s: what the terminal says later counts otherwise", n)
		}
		// A theme with a background of its own does not forget the terminal's.
		if dark.Named(Light).On(true).Named(n).Bad.Render("x") != dark.Bad.Render("x") {
			t.Errorf("%s is another one after light", n)
		}
	}
	if New(r, "no such", true).Name != Auto {
		t.Error("an unknown name is not auto")
	}
}
