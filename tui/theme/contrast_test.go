package theme

import (
	"io"
	"math"
	"reflect"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/lucasb-eyer/go-colorful"
	"github.com/muesli/termenv"
)

// What terminals usually have behind the text, and its own colour: plain, and
// those of the themes that are used most.
var (
	darkTerminals  = [][2]string{{"#000000", "#FFFFFF"}, {"#1E1E1E", "#D4D4D4"}, {"#282A36", "#F8F8F2"}, {"#002B36", "#93A1A1"}}
	lightTerminals = [][2]string{{"#FFFFFF", "#000000"}, {"#FDF6E3", "#586E75"}, {"#FAFAFA", "#383A42"}}
)

// styles are the styles of a theme by name.
func styles(th Theme) map[string]lipgloss.Style {
	all, v := map[string]lipgloss.Style{}, reflect.ValueOf(th)
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() {
			if s, ok := v.Field(i).Interface().(lipgloss.Style); ok {
				all[field.Name] = s
			}
		}
	}
	return all
}

// Every pair of colours that a theme draws has the contrast of WCAG 2.2: 4.5:1
// (AA), in high contrast 7:1 (AAA), on the terminals it is meant for. What is
// drawn in the terminal's own two colours has theirs.
func TestContrast(t *testing.T) {
	for _, profile := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256} {
		r := lipgloss.NewRenderer(io.Discard)
		r.SetColorProfile(profile)
		for _, want := range []struct {
			theme     Theme
			terminals [][2]string
			least     float64
		}{
			{New(r, Auto, true), darkTerminals, 4.5},
			{New(r, Auto, false), lightTerminals, 4.5},
			{New(r, Dark, false), darkTerminals, 4.5},
			{New(r, Light, true), lightTerminals, 4.5},
			{New(r, HighContrast, true), darkTerminals, 7},
			{New(r, HighContrast, false), lightTerminals, 7},
		} {
			pairs := 0
			for name, s := range styles(want.theme) {
				fore, back := shownAs(t, profile, s.GetForeground()), shownAs(t, profile, s.GetBackground())
				if fore == nil && back == nil {
					continue // the terminal's own
				}
				if s.GetFaint() {
					t.Errorf("%s %s is a colour and faint: nobody knows which", want.theme.Name, name)
				}
				for _, terminal := range want.terminals {
					pairs++
					if got := contrast(or(fore, terminal[1]), or(back, terminal[0])); got < want.least {
						t.Errorf("%s, dark %v, profile %v: %s on %s has %.2f:1", want.theme.Name, want.theme.Dark, profile, name, terminal[0], got)
					}
				}
			}
			if pairs < 8*len(want.terminals) {
				t.Errorf("%s: only %d pairs", want.theme.Name, pairs)
			}
		}
	}
}

// shownAs is a colour as a terminal of the profile shows it, nil for its own.
func shownAs(t *testing.T, profile termenv.Profile, c lipgloss.TerminalColor) *colorful.Color {
	t.Helper()
	switch c := c.(type) {
	case lipgloss.NoColor:
		return nil
	case lipgloss.Color:
		rgb := termenv.ConvertToRGB(profile.Color(string(c)))
		return &rgb
	}
	t.Fatalf("%T", c)
	return nil
}

func or(c *colorful.Color, hex string) colorful.Color {
	if c != nil {
		return *c
	}
	own, _ := colorful.Hex(hex)
	return own
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b colorful.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c colorful.Color) float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func TestContrastIsThatOfTheStandard(t *testing.T) {
	for hex, want := range map[string]float64{"#FFFFFF": 1, "#000000": 21, "#767676": 4.54} {
		if got := contrast(or(nil, hex), or(nil, "#FFFFFF")); math.Abs(got-want) > 0.005 {
			t.Errorf("%s on white is %.3f, not %.2f", hex, got, want)
		}
	}
}
