// Package quiet keeps Bubble Tea v1 from questioning the terminal at start.
//
// Bubble Tea asks for the background colour in a package init and waits up to
// 5 s for a terminal that does not answer, in every command of the program.
// This init answers first: Go initialises packages that are ready in the
// order of their import paths, and this path sorts before Bubble Tea's. For
// that it must import lipgloss and nothing else. The background is asked for
// later, without waiting, by tui/app/background.
package quiet

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
