package app

import (
	"example.com/marquee/common/lang"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// keyMap is every key of the program. The footer and the help are made from
// it, so that they cannot say anything else than what works.
type keyMap struct {
	up, down, pageUp, pageDown, first, last key.Binding
	open, back, search, clear, sort         key.Binding
	account, refresh, help, quit, interrupt key.Binding
	next, previous, submit                  key.Binding
	rate, unrate, watchlist, watched        key.Binding
}

// keysIn names the keys in a language.
func keysIn(say *lang.Messages) keyMap {
	bind := func(id, shown string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, say.T("tui.key."+id)))
	}
	return keyMap{
		up:        bind("up", "↑/k", "up", "k"),
		down:      bind("down", "↓/j", "down", "j"),
		pageUp:    bind("page_up", "ctrl+u", "ctrl+u", "pgup"),
		pageDown:  bind("page_down", "ctrl+d", "ctrl+d", "pgdown"),
		first:     bind("first", "g/home", "g", "home"),
		last:      bind("last", "G/end", "G", "end"),
		open:      bind("open", "enter", "enter", "right", "l"),
		back:      bind("back", "esc", "esc"),
		search:    bind("search", "/", "/", "ctrl+f"),
		clear:     bind("clear", "esc", "esc"),
		sort:      bind("sort", "s", "s"),
		account:   bind("account", "a", "a"),
		refresh:   bind("refresh", "ctrl+r", "ctrl+r"),
		help:      bind("help", "?", "?", "f1"),
		quit:      bind("quit", "q", "q"),
		interrupt: bind("quit", "ctrl+c", "ctrl+c"),
		next:      bind("next", "tab", "tab", "down"),
		previous:  bind("previous", "shift+tab", "shift+tab", "up"),
		submit:    bind("submit", "enter", "enter"),
		rate:      bind("rate", "1-9 0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0"),
		unrate:    bind("unrate", "x", "x", "delete", "backspace"),
		watchlist: bind("watchlist", "w", "w"),
		watched:   bind("watched", "t", "t"),
	}
}

// split takes apart characters that arrived in one read ("jjjj"), which
// Bubble Tea joins into one message, and an esc that arrived together with the
// next key, which it reads as alt. A paste stays whole: it is not commands.
func split(msg tea.KeyMsg) []tea.KeyMsg {
	if msg.Type != tea.KeyRunes || msg.Paste {
		return []tea.KeyMsg{msg}
	}
	var out []tea.KeyMsg
	if msg.Alt {
		out = append(out, tea.KeyMsg{Type: tea.KeyEsc})
	}
	for _, r := range msg.Runes {
		out = append(out, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
	return out
}
