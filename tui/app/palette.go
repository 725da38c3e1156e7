package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/theme"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// press does what a key does on the page below; the key by its name.
type press struct{ key string }

// command is a line of the palette: a name, the key that does the same, if
// there is one, and what it asks of the root.
type command struct {
	name, key string
	want      intent
}

// palettePage lists every action of the page below and of the program, and
// does one of them.
type palettePage struct {
	size     Size
	commands []command
	input    *textinput.Model
	cursor   int
}

// openPalette lists the actions of now.
func (m Model) openPalette() Model {
	var list []command
	add := func(b key.Binding) {
		if len(b.Keys()) > 0 {
			list = append(list, command{b.Help().Desc, everyKey(b), press{b.Keys()[0]}})
		}
	}
	for _, b := range m.below().page.keys(m.env) {
		add(b)
	}
	if m.signedIn && m.lock == nil {
		for _, p := range m.places() {
			add(p.binding)
		}
	}
	list = append(list, command{m.env.say.T("pages.palette.language", "Name", m.env.say.T(actLanguage)), "", pickLanguage{otherLanguage(m.env)}}, m.mouseCommand())
	for _, name := range theme.Names() {
		if name != m.env.theme.Name {
			list = append(list, command{themeText(m.env, name), "", pickTheme{name}})
		}
	}
	for _, b := range []key.Binding{m.env.keys.messages, m.env.keys.refresh, m.env.keys.help, m.env.keys.interrupt} {
		add(b)
	}
	if m.opts.Suspends {
		add(m.env.keys.suspend)
	}
	m.over = palettePage{commands: list, input: newInput()}.setSize(m.bodySize())
	return m
}

func (p palettePage) init(env) (page, tea.Cmd) { return p, nil }
func (p palettePage) setSize(size Size) page   { p.size = size; return p }
func (p palettePage) title(e env) string       { return e.say.T("pages.title.palette") }
func (p palettePage) typing() bool             { return true }
func (p palettePage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.previous, e.keys.back}
}

// matching are the commands that have what was typed, in any order of words.
func (p palettePage) matching() []command {
	words := strings.Fields(marquee.FoldName(p.input.Value()))
	var list []command
next:
	for _, c := range p.commands {
		for _, w := range words {
			if !strings.Contains(marquee.FoldName(c.name+" "+c.key), w) {
				continue next
			}
		}
		list = append(list, c)
	}
	return list
}

func (p palettePage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	list := p.matching()
	switch msg := msg.(type) {
	case clicked:
		if i := msg.y - 2 + p.from(len(list)); msg.y >= 2 && i < len(list) {
			return p, list[i].want, nil
		}
	case tea.KeyMsg:
		switch k := e.keys; {
		case key.Matches(msg, k.back):
			return p, goBack{}, nil
		case key.Matches(msg, k.submit) && p.cursor < len(list):
			return p, list[p.cursor].want, nil
		case key.Matches(msg, k.next):
			p.cursor = min(p.cursor+1, max(0, len(list)-1))
		case key.Matches(msg, k.previous):
			p.cursor = max(0, p.cursor-1)
		default:
			p.input = typeInto(p.input, msg)
			p.cursor = 0
		}
	}
	return p, nil, nil
}

// from is the first of n commands that shows.
func (p palettePage) from(n int) int {
	return scrollFrom(n, p.cursor, p.cursor+1, max(1, p.size.Height-2))
}

func (p palettePage) view(e env) string {
	width := max(1, min(p.size.Width-2, 72))
	lines := []string{" " + e.theme.Accent.Render(": ") + viewInput(e, p.input, 0, max(1, width-3), true), ""}
	list := p.matching()
	if len(list) == 0 {
		lines = append(lines, viewEmpty(e, e.say.T("pages.palette.none"), width)...)
	}
	from := p.from(len(list))
	for i := from; i < min(len(list), from+max(1, p.size.Height-2)); i++ {
		shown := cells.Truncate(list[i].key, width/3)
		name := cells.Fit(list[i].name, max(1, width-cells.Width(shown)-4))
		if i == p.cursor {
			lines = append(lines, e.theme.Accent.Render("▌")+e.theme.Selected.Render(cells.Fit(" "+name+" "+shown, width-1)))
			continue
		}
		lines = append(lines, "  "+e.theme.Text.Render(name)+" "+e.theme.Key.Render(shown))
	}
	return strings.Join(lines, "\n")
}
