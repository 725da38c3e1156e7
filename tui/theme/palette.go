package theme

import (
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// shade is one colour: of the terminal's sixteen and, where it has more, as
// RRGGBB. An empty one is the terminal's own.
type shade struct{ basic, rgb string }

func (s shade) colour(basic bool) lipgloss.TerminalColor {
	c := s.rgb
	if basic {
		c = s.basic
	}
	if c == "" {
		return lipgloss.NoColor{}
	}
	return lipgloss.Color(c)
}

// palette is the colours of a theme, by what they are used for. Text has at
// least 4.5:1 to the backgrounds that its terminals usually have, 7:1 in high
// contrast (WCAG 2.2, 1.4.3 and 1.4.6); a test counts it.
type palette struct {
	amber, grey, green, red, blue shade
	ink, band                     shade // of the selected row and behind it
	basic                         bool  // the terminal's sixteen are used
	dims                          bool  // grey is the terminal's faint
	inverts                       bool  // the selected row is inverted
	bold                          bool  // and bold
}

var (
	onDark = palette{
		amber: shade{"3", "#F2B84B"}, grey: shade{"", "#A3A3AE"}, green: shade{"2", "#7FC98F"},
		red: shade{"1", "#FF8A7A"}, blue: shade{"6", "#7FB7E6"},
		ink: shade{"", "#FFFFFF"}, band: shade{"", "#33323D"},
	}
	onLight = palette{
		amber: shade{"3", "#7A5000"}, grey: shade{"", "#5C5C66"}, green: shade{"2", "#1A6B32"},
		red: shade{"1", "#B3261E"}, blue: shade{"6", "#1F5F99"},
		ink: shade{"", "#000000"}, band: shade{"", "#E9E4D8"},
	}
	sharpOnDark = palette{
		amber: shade{"", "#FFD75F"}, grey: shade{"", "#D0D0D8"}, green: shade{"", "#9CF0AC"},
		red: shade{"", "#FFB8AE"}, blue: shade{"", "#AFDCFF"}, inverts: true, bold: true,
	}
	sharpOnLight = palette{
		amber: shade{"", "#5F2F00"}, grey: shade{"", "#303030"}, green: shade{"", "#0A4A1F"},
		red: shade{"", "#7A0C08"}, blue: shade{"", "#002B5C"}, inverts: true, bold: true,
	}
)

// paletteOf picks the colours that a terminal of that profile can show.
func paletteOf(profile termenv.Profile, name Name, dark bool) palette {
	sharp := name == HighContrast
	p := onLight
	switch {
	case sharp && dark:
		p = sharpOnDark
	case sharp:
		p = sharpOnLight
	case dark:
		p = onDark
	}
	switch profile {
	case termenv.Ascii:
		// Faint text may be too faint: in high contrast it is as any other.
		return palette{basic: true, inverts: true, dims: !sharp, bold: sharp}
	case termenv.ANSI:
		p.basic, p.inverts, p.dims = true, true, !sharp
	}
	return p
}
