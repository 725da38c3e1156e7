package app

import (
	"strings"

	"example.com/marquee/common/lang"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// keyMap is every key of the program. The footer, the help, the palette and
// the table in the README are made from it, so that they cannot say anything
// else than what works.
type keyMap struct {
	up, down, pageUp, pageDown, first, last     key.Binding
	open, back, left, search, clear, sort       key.Binding
	filter, unfilter, jump, copy, choose        key.Binding
	refresh, help, palette, quit, interrupt     key.Binding
	next, previous, submit                      key.Binding
	rate, unrate, watchlist, watched, day       key.Binding
	dayBefore, dayAfter                         key.Binding
	older, newer                                key.Binding
	end, endOthers, endAll, endNew              key.Binding
	goWatchlist, goDiary, goAccount, goSessions key.Binding
	goActivity, goToken, goUsers, messages      key.Binding
	edit, toggleUser                            key.Binding
}

// action is a key binding by the name that the settings file calls it.
type action struct {
	name    string
	binding *key.Binding
	shown   string   // in the footer
	keys    []string // unless the settings say otherwise
	where   scope
}

// scope says where a key works, and so which others it must differ from.
type scope int

const (
	inLists  scope = 1 << iota // where characters are commands
	inForms                    // where characters are text
	inPlaces = inLists | inForms
)

// actions is the key map as a table, in the order of the README.
func (k *keyMap) actions() []action {
	return []action{
		{"up", &k.up, "↑/k", []string{"up", "k"}, inLists},
		{"down", &k.down, "↓/j", []string{"down", "j"}, inLists},
		{"page_up", &k.pageUp, "ctrl+u", []string{"ctrl+u", "pgup"}, inLists},
		{"page_down", &k.pageDown, "ctrl+d", []string{"ctrl+d", "pgdown"}, inLists},
		{"first", &k.first, "g/home", []string{"g", "home"}, inLists},
		{"last", &k.last, "G/end", []string{"G", "end"}, inLists},
		{"open", &k.open, "enter", []string{"enter", "right", "l"}, inLists},
		{"back", &k.back, "esc", []string{"esc"}, inPlaces},
		{"left", &k.left, "←/h", []string{"left", "h"}, inLists},
		{"search", &k.search, "/", []string{"/", "ctrl+f"}, inLists},
		{"clear", &k.clear, "esc", []string{"esc"}, inPlaces},
		{"filter", &k.filter, "f", []string{"f"}, inLists},
		{"unfilter", &k.unfilter, "esc", []string{"esc"}, inLists},
		{"sort", &k.sort, "s", []string{"s"}, inLists},
		{"jump", &k.jump, "J", []string{"J"}, inLists},
		{"rate", &k.rate, "1-9 0", []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}, inLists},
		{"unrate", &k.unrate, "x", []string{"x", "delete", "backspace"}, inLists},
		{"watchlist", &k.watchlist, "w", []string{"w"}, inLists},
		{"watched", &k.watched, "t", []string{"t"}, inLists},
		{"day", &k.day, "d", []string{"d"}, inLists},
		{"day_after", &k.dayAfter, "↑", []string{"up"}, inForms},
		{"day_before", &k.dayBefore, "↓", []string{"down"}, inForms},
		{"copy", &k.copy, "y", []string{"y"}, inLists},
		{"older", &k.older, "←/h", []string{"left", "h"}, inLists},
		{"newer", &k.newer, "→/l", []string{"right", "l"}, inLists},
		{"end", &k.end, "x", []string{"x", "delete"}, inLists},
		{"end_others", &k.endOthers, "o", []string{"o"}, inLists},
		{"end_all", &k.endAll, "e", []string{"e"}, inLists},
		{"end_new", &k.endNew, "ctrl+x", []string{"ctrl+x"}, inPlaces},
		{"toggle_user", &k.toggleUser, "x", []string{"x"}, inLists},
		{"edit", &k.edit, "e", []string{"e"}, inLists},
		{"choose", &k.choose, "←→", []string{"left", "right"}, inForms},
		{"next", &k.next, "tab", []string{"tab", "down"}, inForms},
		{"previous", &k.previous, "shift+tab", []string{"shift+tab", "up"}, inForms},
		{"submit", &k.submit, "enter", []string{"enter"}, inForms},
		{"go_watchlist", &k.goWatchlist, "W", []string{"W"}, inLists},
		{"go_diary", &k.goDiary, "D", []string{"D"}, inLists},
		{"account", &k.goAccount, "a", []string{"a", "A"}, inLists},
		{"go_sessions", &k.goSessions, "S", []string{"S"}, inLists},
		{"go_activity", &k.goActivity, "V", []string{"V"}, inLists},
		{"go_token", &k.goToken, "T", []string{"T"}, inLists},
		{"go_users", &k.goUsers, "U", []string{"U"}, inLists},
		{"messages", &k.messages, "M", []string{"M"}, inLists},
		{"palette", &k.palette, ":", []string{":", "ctrl+k"}, inLists},
		{"refresh", &k.refresh, "ctrl+r", []string{"ctrl+r"}, inPlaces},
		{"help", &k.help, "?", []string{"?", "f1"}, inLists},
		{"quit", &k.quit, "q", []string{"q"}, inLists},
		{"interrupt", &k.interrupt, "ctrl+c", []string{"ctrl+c"}, inPlaces},
	}
}

// keysIn names the keys in a language. changed has other keys for actions, as
// CheckKeys accepts them.
func keysIn(say *lang.Messages, changed map[string][]string) keyMap {
	var k keyMap
	for _, a := range k.actions() {
		keys, shown := a.keys, a.shown
		if other := changed[a.name]; len(other) > 0 {
			keys, shown = other, strings.Join(other[:min(2, len(other))], "/")
		}
		*a.binding = key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, say.T("tui.key."+a.name)))
	}
	return k
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
