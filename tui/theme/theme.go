// Package theme is the only place with colours. A Theme is a value made for
// one terminal: over SSH every person has his own, so nothing here is shared
// or global. It knows nothing of pages.
package theme

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Name is a theme by the name that settings have for it.
type Name string

// The themes. Auto and HighContrast have colours for dark and for light
// backgrounds and take those of the terminal's; Sixteen leaves all colours to
// the terminal's own sixteen.
const (
	Auto         Name = "auto"
	Sixteen      Name = "16"
	Dark         Name = "dark"
	Light        Name = "light"
	HighContrast Name = "high-contrast"
)

// Names returns every theme, Auto first.
func Names() []Name { return []Name{Auto, Sixteen, Dark, Light, HighContrast} }

// Theme holds the styles of one terminal. No state is told by colour alone:
// each style that carries a meaning goes with a word or a mark, and the ones
// for focus and selection also change weight or invert.
type Theme struct {
	Name Name
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

	profile termenv.Profile // of the terminal
	behind  bool            // its background is dark
}

// New makes a theme for the terminal that r writes to, which has a dark or a
// light background. It reads r's colour profile and neither keeps nor changes
// r. Where colours are unwanted (NO_COLOR) weight and inversion remain, since
// the text cursor would otherwise be invisible. An unknown name is Auto.
func New(r *lipgloss.Renderer, name Name, dark bool) Theme {
	return build(r.ColorProfile(), name, dark)
}

// On returns the same theme for another background.
func (t Theme) On(dark bool) Theme { return build(t.profile, t.Name, dark) }

// Named returns another theme for the same terminal.
func (t Theme) Named(name Name) Theme { return build(t.profile, name, t.behind) }

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
	blocks, between := shade{"0", "#000000"}, shade{"15", "#FFFFFF"}
	if t.Dark {
		blocks, between = between, blocks
	}
	basic := t.profile == termenv.ANSI
	return own.NewStyle().Foreground(blocks.colour(basic)).Background(between.colour(basic)), t.Dark
}

func build(profile termenv.Profile, name Name, dark bool) Theme {
	t := Theme{Name: name, Dark: dark, profile: profile, behind: dark}
	shown := profile
	switch name {
	case Dark, Light:
		t.Dark = name == Dark
	case Sixteen:
		if shown != termenv.Ascii {
			shown = termenv.ANSI
		}
	case HighContrast:
	default:
		t.Name = Auto
	}
	own := lipgloss.NewRenderer(io.Discard)
	own.SetHasDarkBackground(t.Dark)
	own.SetColorProfile(shown)
	if shown == termenv.Ascii {
		own.SetColorProfile(termenv.ANSI) // or weight and inversion would go too
	}
	t.dress(own, paletteOf(shown, t.Name, t.Dark))
	return t
}

// dress makes the styles of a palette.
func (t *Theme) dress(own *lipgloss.Renderer, p palette) {
	plain := own.NewStyle()
	in := func(s shade) lipgloss.Style { return plain.Foreground(s.colour(p.basic)) }
	t.Brand = in(p.amber).Bold(true)
	t.Place = plain.Bold(true)
	t.Heading = plain.Bold(true)
	t.Text = plain
	t.Faint = in(p.grey).Faint(p.dims)
	t.Accent = in(p.amber)
	t.Selected = plain.Reverse(true).Bold(p.bold)
	if !p.inverts {
		t.Selected = in(p.ink).Background(p.band.colour(p.basic)).Bold(true)
	}
	t.Good = in(p.green)
	t.Bad = in(p.red).Bold(true)
	t.Badge = in(p.red).Reverse(true)
	t.Key = in(p.blue).Bold(true)
	t.Cursor = plain.Reverse(true)
	t.Button = in(p.amber).Reverse(true).Bold(true)
}
