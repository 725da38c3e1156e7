package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// helpPage shows every key of the page below it and those that work
// everywhere, from the key map that the pages use.
type helpPage struct {
	size   Size
	below  []key.Binding // of the page below
	places []key.Binding // that a key leads to
	top    int
	// suspends: there is a shell to go to.
	suspends bool
}

func (p helpPage) init(env) (page, tea.Cmd) { return p, nil }
func (p helpPage) setSize(size Size) page   { p.size = size; return p }
func (p helpPage) title(e env) string       { return e.say.T("tui.title.help") }
func (p helpPage) typing() bool             { return false }
func (p helpPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.back, e.keys.up, e.keys.down, e.keys.pageUp, e.keys.pageDown, e.keys.first, e.keys.last}
}

func (p helpPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok {
		return p, nil, nil
	}
	if key.Matches(pressed, e.keys.back, e.keys.left, e.keys.help) {
		return p, goBack{}, nil
	}
	p.top, _ = scrollKey(e, pressed, p.top, max(0, len(p.lines(e))-p.size.Height), p.size.Height)
	return p, nil, nil
}

func (p helpPage) lines(e env) []string {
	lines := []string{e.theme.Heading.Render(e.say.T("tui.help.here"))}
	lines = append(lines, p.table(e, p.below)...)
	lines = append(lines, "", e.theme.Heading.Render(e.say.T("tui.help.everywhere")))
	lines = append(lines, p.table(e, p.everywhere(e))...)
	return append(append(lines, ""), p.legend(e)...)
}

// everywhere are the keys that work on every page.
func (p helpPage) everywhere(e env) []key.Binding {
	k := e.keys
	list := []key.Binding{k.help, k.palette, k.messages, k.refresh, k.quit, k.interrupt}
	if p.suspends {
		list = append(list, k.suspend)
	}
	return append(list, p.places...)
}

func (p helpPage) table(e env, bindings []key.Binding) []string {
	lines := make([]string, 0, len(bindings))
	for _, b := range bindings {
		lines = append(lines, e.theme.Key.Render(cells.Fit(everyKey(b), 18))+" "+
			cells.Truncate(b.Help().Desc, p.size.Width-23))
	}
	return lines
}

// everyKey names all keys of a binding; runs of digits as they are shown.
func everyKey(b key.Binding) string {
	if keys := b.Keys(); len(keys) <= 3 {
		names := make([]string, len(keys))
		for i, k := range keys {
			names[i] = strings.ReplaceAll(k, " ", "space")
		}
		return strings.Join(names, " ")
	}
	return b.Help().Key
}

// legend says what the marks in the list mean.
func (p helpPage) legend(e env) []string {
	var lines []string
	for _, row := range [][2]string{{"★9", "mine"}, {"+", "watchlist"}, {"✓", "watched"}} {
		lines = append(lines, e.theme.Accent.Render(cells.Fit(row[0], 18))+" "+
			cells.Truncate(e.say.T("tui.legend."+row[1]), p.size.Width-23))
	}
	return lines
}

func (p helpPage) view(e env) string {
	return viewScrolled(e, p.lines(e), p.top, p.size)
}
