package app

import (
	"slices"
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
	elsewhere, goApprove                        key.Binding
	goWatchlist, goDiary, goAccount, goSessions key.Binding
	goActivity, goToken, goUsers, messages      key.Binding
	toggleUser, edit                            key.Binding
	goKeys, linkKey, removeKey, signInKey       key.Binding
	suspend                                     key.Binding
}

// action is a key binding by the name that the settings file calls it.
type action struct {
	name    string
	binding *key.Binding
	shown   string   // in the footer
	keys    []string // unless the settings say otherwise
	where   scope
	// aside says that characters are this action only where they are no text.
	aside bool
}

// scope says on which pages a key works, and so which others it must differ
// from.
type scope int

const (
	inFilms scope = 1 << iota
	inFilm
	inWatchlist
	inDiary
	inAccount
	inSessions
	inActivity
	inToken
	inUsers
	inKeys
	inOverlays // help and messages
	inForms    // where characters are text; questions with answers to choose
	inDay      // where a date is typed

	inPages  = inFilms | inFilm | inWatchlist | inDiary | inAccount | inSessions | inActivity | inToken | inUsers | inKeys
	inLists  = inPages | inOverlays
	inPlaces = inLists | inForms | inDay
)

// actions is the key map as a table, in the order of the README.
func (k *keyMap) actions() []action {
	return []action{
		{"up", &k.up, "↑/k", []string{"up", "k"}, inLists, false},
		{"down", &k.down, "↓/j", []string{"down", "j"}, inLists, false},
		{"page_up", &k.pageUp, "ctrl+u", []string{"ctrl+u", "pgup"}, inLists, false},
		{"page_down", &k.pageDown, "ctrl+d", []string{"ctrl+d", "pgdown"}, inLists, false},
		{"first", &k.first, "g/home", []string{"g", "home"}, inLists, false},
		{"last", &k.last, "G/end", []string{"G", "end"}, inLists, false},
		{"open", &k.open, "enter", []string{"enter", "right", "l"}, inFilms | inWatchlist | inDiary | inAccount | inKeys, false},
		{"back", &k.back, "esc", []string{"esc"}, inPlaces, false},
		{"left", &k.left, "←/h", []string{"left", "h"}, inLists &^ inFilms &^ inDiary, false},
		{"search", &k.search, "/", []string{"/", "ctrl+f"}, inFilms | inUsers, false},
		{"clear", &k.clear, "esc", []string{"esc"}, inFilms | inUsers | inForms, false},
		{"filter", &k.filter, "f", []string{"f"}, inFilms, false},
		{"unfilter", &k.unfilter, "esc", []string{"esc"}, inFilms, false},
		{"sort", &k.sort, "s", []string{"s"}, inFilms, false},
		{"jump", &k.jump, "J", []string{"J"}, inFilms, false},
		{"rate", &k.rate, "1-9 0", []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}, inFilm, false},
		{"unrate", &k.unrate, "x", []string{"x", "delete", "backspace"}, inFilm, false},
		{"watchlist", &k.watchlist, "w", []string{"w"}, inFilms | inFilm | inWatchlist, false},
		{"watched", &k.watched, "t", []string{"t"}, inFilm, false},
		{"day", &k.day, "d", []string{"d"}, inFilm, false},
		{"day_after", &k.dayAfter, "↑", []string{"up"}, inDay, false},
		{"day_before", &k.dayBefore, "↓", []string{"down"}, inDay, false},
		{"copy", &k.copy, "y", []string{"y"}, inPages &^ inAccount, false},
		{"older", &k.older, "←/h", []string{"left", "h"}, inDiary, false},
		{"newer", &k.newer, "→/l", []string{"right", "l"}, inDiary, false},
		{"end", &k.end, "x", []string{"x", "delete"}, inSessions, false},
		{"end_others", &k.endOthers, "o", []string{"o"}, inSessions, false},
		{"end_all", &k.endAll, "e", []string{"e"}, inSessions, false},
		{"end_new", &k.endNew, "ctrl+x", []string{"ctrl+x"}, inPlaces, false},
		{"toggle_user", &k.toggleUser, "x", []string{"x"}, inUsers, false},
		{"link_key", &k.linkKey, "n", []string{"n"}, inKeys, false},
		{"edit", &k.edit, "e", []string{"e"}, inKeys, false},
		{"remove_key", &k.removeKey, "x", []string{"x", "delete"}, inKeys, false},
		{"sign_in_key", &k.signInKey, "ctrl+y", []string{"ctrl+y"}, inForms, false},
		{"choose", &k.choose, "←→", []string{"left", "right"}, inForms, false},
		{"next", &k.next, "tab", []string{"tab", "down"}, inForms | inAccount, false},
		{"previous", &k.previous, "shift+tab", []string{"shift+tab", "up"}, inForms | inAccount, false},
		{"submit", &k.submit, "enter", []string{"enter"}, inForms | inDay, false},
		{"elsewhere", &k.elsewhere, "ctrl+o", []string{"ctrl+o"}, inForms, false},
		{"go_watchlist", &k.goWatchlist, "W", []string{"W"}, inPages, false},
		{"go_diary", &k.goDiary, "D", []string{"D"}, inPages, false},
		{"account", &k.goAccount, "a", []string{"a", "A"}, inPages, false},
		{"go_sessions", &k.goSessions, "S", []string{"S"}, inPages, false},
		{"go_keys", &k.goKeys, "K", []string{"K"}, inPages, false},
		{"go_activity", &k.goActivity, "V", []string{"V"}, inPages, false},
		{"go_token", &k.goToken, "T", []string{"T"}, inPages, false},
		{"go_users", &k.goUsers, "U", []string{"U"}, inPages, false},
		{"go_approve", &k.goApprove, "P", []string{"P"}, inPages, false},
		{"messages", &k.messages, "M", []string{"M"}, inLists, false},
		{"palette", &k.palette, ":", []string{":", "ctrl+k"}, inPlaces, true},
		{"refresh", &k.refresh, "ctrl+r", []string{"ctrl+r"}, inPlaces, false},
		{"help", &k.help, "?", []string{"?", "f1"}, inPlaces, true},
		{"quit", &k.quit, "q", []string{"q"}, inLists, false},
		{"suspend", &k.suspend, "ctrl+z", []string{"ctrl+z"}, inPlaces, false},
		{"interrupt", &k.interrupt, "ctrl+c", []string{always}, inPlaces, false},
	}
}

// always quits, whatever the settings say.
const always = "ctrl+c"

// keysIn names the keys in a language. changed has other keys for actions, as
// CheckKeys accepts them.
func keysIn(say *lang.Messages, changed map[string][]string) *keyMap {
	k := &keyMap{}
	for _, a := range k.actions() {
		shown := a.shown
		if len(changed[a.name]) > 0 {
			shown = shownKeys(a.with(changed))
		}
		*a.binding = key.NewBinding(key.WithKeys(a.with(changed)...), key.WithHelp(shown, say.T("tui.key."+a.name)))
	}
	return k
}

// with returns the action's keys with changed ones in place of the usual.
func (a action) with(changed map[string][]string) []string {
	keys := a.keys
	if other := changed[a.name]; len(other) > 0 {
		keys = make([]string, len(other))
		for i, k := range other {
			keys[i] = strings.ReplaceAll(k, "space", " ")
		}
	}
	if a.name == "interrupt" && !slices.Contains(keys, always) {
		keys = append(slices.Clone(keys), always)
	}
	return keys
}

// shownKeys names keys where there is room for two.
func shownKeys(keys []string) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = keyLabel(k)
	}
	if len(names) > 3 {
		return names[0] + "…" + names[len(names)-1]
	}
	return strings.Join(names[:min(2, len(names))], "/")
}

// afterEsc reports a key, no character, that is never meant with alt: an esc
// arrived together with it.
func afterEsc(msg tea.KeyMsg) bool {
	return msg.Alt && (msg.Type == tea.KeyEsc || msg.Type == tea.KeyEnter || msg.Type == tea.KeyTab)
}

// split takes apart characters that arrived in one read ("jjjj"), which
// Bubble Tea joins into one message, and an esc that arrived together with the
// next key, which it reads as alt. A paste stays whole: it is not commands.
func split(msg tea.KeyMsg) []tea.KeyMsg {
	if afterEsc(msg) {
		return []tea.KeyMsg{{Type: tea.KeyEsc}, {Type: msg.Type}}
	}
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
