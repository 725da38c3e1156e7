package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/theme"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// page is one screen. It is a value: update and setSize return the next one.
type page interface {
	// init is called once, when the page comes onto the stack.
	init(e env) (page, tea.Cmd)
	// update takes a message and may ask for something of the root.
	update(e env, msg tea.Msg) (page, intent, tea.Cmd)
	// view draws at most as many lines as setSize said.
	view(e env) string
	setSize(size Size) page
	// title is where one is, in a word or two.
	title(e env) string
	// keys are what the page understands now, the most useful first: the
	// footer shows as many as fit, the help all of them.
	keys(e env) []key.Binding
	// typing reports whether characters are text now and not commands.
	typing() bool
}

// env is what pages see of the world around them. It is handed to each call,
// so that a new language or theme is everywhere at once. What is large in it is
// shared and never changed, but replaced: copies of it would fill the stack of
// every window over SSH.
type env struct {
	theme *theme.Theme
	say   *lang.Messages
	keys  *keyMap
	now   func() time.Time
	tick  func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
	// zones: parts are marked, for a click to be looked up.
	zones bool
	// noLinks: the terminal knows no hyperlinks.
	noLinks bool
	// look changes whenever the same thing would be drawn differently.
	look int
}

// count writes a number with its thousands apart.
func (e env) count(n int) string {
	s := strconv.Itoa(n)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), ",")
}

// frame is a page on the stack, with the context that ends when it leaves.
type frame struct {
	id     int
	page   page
	cancel context.CancelFunc
}

// intent is what a page asks of the root; nil for nothing.
type intent any

// The intents.
type (
	goBack       struct{}
	goRegister   struct{}
	goFilm       struct{ film marquee.Movie }
	copyText     struct{ text string } // to the terminal's clipboard
	goFactor     struct{ user marquee.User }
	enter        struct{ user marquee.User } // signed in
	leave        struct{ said string }       // signed out; a message id
	filmChanged  struct{ film marquee.Movie }
	pickLanguage struct{ tag string }
	showError    struct {
		err   error
		again string // message id of what to do about it; "" for nothing
	}
	showNotice struct{ text string }
	clearError struct{}
	tellOthers struct{ msg tea.Msg } // to every page
)

// clicked is a click of the mouse on the page, in cells of its own area.
type clicked struct{ x, y int }

// delayed is a page's own timer, answered to that page only.
type delayed struct {
	to   int
	gen  int
	what any
}

// reconnected tells pages that the server answers again: what failed to load
// may be asked for once more. With all set, whatever is there is old as well.
type reconnected struct{ all bool }
