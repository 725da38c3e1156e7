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
	return []Theme{New(r, true), New(r, false), New(r, true).On(false)}
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
	for _, th := range themes(termenv.ANSI) {
		if got := th.Bad.Render("x"); strings.Contains(got, "38;") {
			t.Errorf("%q", got)
		}
	}
}

func TestDarkAndLightDiffer(t *testing.T) {
	all := themes(termenv.TrueColor)
	dark, light, switched := all[0].Bad.Render("x"), all[1].Bad.Render("x"), all[2].Bad.Render("x")
	if dark == light || light != switched {
		t.Errorf("%q %q %q", dark, light, switched)
	}
}
