// Package theme is the only place with colours. A Theme is a value made for
// one terminal: over SSH every person has his own, so nothing here is shared
// or global. It knows nothing of pages.
package theme

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Theme holds the styles of one terminal. No state is told by colour alone:
// each style that carries a meaning goes with a word or a mark, and the ones
// for focus and selection also change weight or invert.
type Theme struct {
	// Dark says what the colours were chosen for.
	Dark bool

	Brand    lipgloss.Style // the name of the program
	Place    lipgloss.Style // where one is
	Heading  lipgloss.Style // a film's title, a section
	Text     lipgloss.Style
	Faint    lipgloss.Style // labels, hints, rules, rows that wait
	Accent   lipgloss.Style // marks of focus and ratings
	Selected lipgloss.Style // the row under the cursor
	Good     lipgloss.Style // notices
	Bad      lipgloss.Style // errors
	Badge    lipgloss.Style // offline
	Key      lipgloss.Style // a key in the footer
	Cursor   lipgloss.Style // the text cursor
	Button   lipgloss.Style // an action under the focus

	profile termenv.Profile
}

// New makes the theme of the terminal that r writes to, for a dark or a light
// background. It reads r's colour profile and neither keeps nor changes r.
// Where colours are unwanted (NO_COLOR) weight and inversion remain, since
// the text cursor would otherwise be invisible.
func New(r *lipgloss.Renderer, dark bool) Theme { return build(r.ColorProfile(), dark) }

// On returns the same theme for another background.
func (t Theme) On(dark bool) Theme { return build(t.profile, dark) }

// QR returns the style of a QR code, dark on light whatever the terminal is:
// many readers take nothing else. Blocks are the light modules on a dark
// background and the dark ones on a light one, so that it is right without
// colours too.
func (t Theme) QR() (style lipgloss.Style, blocksAreLight bool) {
	if t.profile == termenv.Ascii {
		return t.Text, t.Dark
	}
	own := lipgloss.NewRenderer(io.Discard)
	own.SetColorProfile(t.profile)
	p := palette{own, t.profile, t.Dark}
	blocks, between := black, white
	if t.Dark {
		blocks, between = white, black
	}
	return p.in(blocks).Background(p.colour(between)), t.Dark
}

// Colours of one use: on 16 colours, and for dark and light backgrounds with
// more. The contrast to the usual backgrounds is 4.5:1 or better for text.
type shade struct{ basic, dark, light string }

var (
	amber = shade{"3", "#F2B84B", "#8A5A00"}
	grey  = shade{"", "#9A9AA5", "#63636E"}
	green = shade{"2", "#7FC98F", "#1F7A3A"}
	red   = shade{"1", "#FF8A7A", "#B3261E"}
	blue  = shade{"6", "#7FB7E6", "#1F5F99"}
	white = shade{"15", "#FFFFFF", "#FFFFFF"}
	black = shade{"0", "#000000", "#000000"}
	band  = shade{"", "#33323D", "#E9E4D8"} // behind the selected row
)

func build(profile termenv.Profile, dark bool) Theme {
	own := lipgloss.NewRenderer(io.Discard)
	own.SetHasDarkBackground(dark)
	own.SetColorProfile(profile)
	colourless := profile == termenv.Ascii
	if colourless {
		own.SetColorProfile(termenv.ANSI)
	}
	p := palette{own, profile, dark}
	plain := own.NewStyle()
	t := Theme{
		Dark:     dark,
		Brand:    p.in(amber).Bold(true),
		Place:    plain.Bold(true),
		Heading:  plain.Bold(true),
		Text:     plain,
		Faint:    p.in(grey),
		Accent:   p.in(amber),
		Selected: p.on(band).Bold(true),
		Good:     p.in(green),
		Bad:      p.in(red).Bold(true),
		Badge:    p.in(red).Reverse(true),
		Key:      p.in(blue).Bold(true),
		Cursor:   plain.Reverse(true),
		Button:   p.in(amber).Reverse(true).Bold(true),
		profile:  profile,
	}
	if profile == termenv.Ascii || profile == termenv.ANSI {
		t.Faint = plain.Faint(true)
		t.Selected = plain.Reverse(true)
	}
	return t
}

// palette picks the form of a shade that the terminal can show.
type palette struct {
	own     *lipgloss.Renderer
	profile termenv.Profile
	dark    bool
}

func (p palette) colour(s shade) lipgloss.TerminalColor {
	switch {
	case p.profile == termenv.Ascii:
		return lipgloss.NoColor{}
	case p.profile == termenv.ANSI && s.basic == "":
		return lipgloss.NoColor{}
	case p.profile == termenv.ANSI:
		return lipgloss.Color(s.basic)
	case p.dark:
		return lipgloss.Color(s.dark)
	}
	return lipgloss.Color(s.light)
}

func (p palette) in(s shade) lipgloss.Style { return p.own.NewStyle().Foreground(p.colour(s)) }
func (p palette) on(s shade) lipgloss.Style { return p.own.NewStyle().Background(p.colour(s)) }
