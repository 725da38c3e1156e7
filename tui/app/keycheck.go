package app

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"example.com/marquee/common/lang"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// KeyProblem is why an action cannot have the keys it was given. Key and Other
// are the key and the action that has it already, where it is about one.
type KeyProblem struct{ Action, Code, Key, Other string }

// The codes of key problems.
const (
	KeyNoAction = "unknown_action"
	KeyUnknown  = "unknown_key"
	KeyIsText   = "is_text"  // a character, and the action works in text fields
	KeyTaken    = "taken"    // by Other, on a page where both work
	KeysTen     = "ten_keys" // rate has one for each rating
	KeysTwo     = "two_keys" // choose has one for each direction
)

// CheckKeys returns what is wrong with keys by action, nothing if they can be
// Options.Keys. Of two actions with one key it names the one that was given
// it. It stops at the first pair: without one of them others may be right.
func CheckKeys(changed map[string][]string) []KeyProblem {
	var k keyMap
	all := k.actions()
	var wrong []KeyProblem
	known := map[string]bool{}
	for _, a := range all {
		known[a.name] = true
		if p := a.check(changed); p.Code != "" {
			wrong = append(wrong, p)
		}
	}
	for name := range changed {
		if !known[name] {
			wrong = append(wrong, KeyProblem{Action: name, Code: KeyNoAction})
		}
	}
	slices.SortStableFunc(wrong, func(a, b KeyProblem) int { return strings.Compare(a.Action, b.Action) })
	if len(wrong) > 0 {
		return wrong
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if shared := a.clash(b, changed); shared != "" {
				if len(changed[a.name]) == 0 {
					a, b = b, a
				}
				return []KeyProblem{{a.name, KeyTaken, keyLabel(shared), b.name}}
			}
		}
	}
	return nil
}

// check looks at the changed keys of one action alone.
func (a action) check(changed map[string][]string) KeyProblem {
	p := KeyProblem{Action: a.name}
	n := len(changed[a.name])
	switch {
	case n == 0:
		return p
	case a.name == "rate" && n != 10:
		p.Code = KeysTen
		return p
	case a.name == "choose" && n != 2:
		p.Code = KeysTwo
		return p
	}
	for _, name := range a.with(changed) {
		p.Key = keyLabel(name)
		switch {
		case !isKey(name):
			p.Code = KeyUnknown
			return p
		case utf8.RuneCountInString(name) == 1 && a.where&(inForms|inDay) != 0 && !a.aside:
			p.Code = KeyIsText
			return p
		}
	}
	return KeyProblem{}
}

// clash returns a key that both have on some page, "" if there is none. Keys
// that both have by themselves are no clash: there the page decides.
func (a action) clash(b action, changed map[string][]string) string {
	if a.where&b.where == 0 {
		return ""
	}
	for _, k := range a.with(changed) {
		if slices.Contains(b.with(changed), k) && !(slices.Contains(a.keys, k) && slices.Contains(b.keys, k)) {
			return k
		}
	}
	return ""
}

// keyTypes are the keys that are no characters, by name.
var keyTypes = sync.OnceValue(func() map[string]tea.KeyType {
	types := map[string]tea.KeyType{}
	for t := tea.KeyType(127); t > -128; t-- {
		if name := t.String(); name != "" && t != tea.KeyRunes {
			types[name] = t
		}
	}
	return types
})

// isKey reports whether a terminal can send a key of that name.
func isKey(name string) bool {
	name = strings.TrimPrefix(name, "alt+")
	_, special := keyTypes()[name]
	return special || utf8.RuneCountInString(name) == 1
}

// keyMsg is the key of that name as if it was pressed.
func keyMsg(name string) tea.KeyMsg {
	plain, alt := strings.CutPrefix(name, "alt+")
	if t, ok := keyTypes()[plain]; ok {
		msg := tea.KeyMsg{Type: t, Alt: alt}
		if t == tea.KeySpace {
			msg.Runes = []rune{' '}
		}
		return msg
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(plain), Alt: alt}
}

// keyLabel is a key's name as people read it.
func keyLabel(name string) string {
	switch name {
	case " ":
		return "space"
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return name
}

// firstKey is the first key of a binding, as people read it.
func firstKey(b key.Binding) string { return keyLabel(b.Keys()[0]) }

// inText is the first key of a binding that is no character, "" for none.
func inText(b key.Binding) string {
	for _, k := range b.Keys() {
		if keyMsg(k).Type != tea.KeyRunes && k != " " {
			return k
		}
	}
	return ""
}

// arrow is an arrow key in place of the keys that choose.
func arrow(k *keyMap, msg tea.KeyMsg) tea.KeyMsg {
	switch slices.Index(k.choose.Keys(), msg.String()) {
	case 0:
		return tea.KeyMsg{Type: tea.KeyLeft}
	case 1:
		return tea.KeyMsg{Type: tea.KeyRight}
	}
	return msg
}

// KeyLine is an action with its keys, for a table.
type KeyLine struct {
	Action string   `json:"action"`
	Keys   []string `json:"keys"`
	Does   string   `json:"does"`
}

// KeyTable is every action in the order of the help, with the keys that it has
// after changed.
func KeyTable(say *lang.Messages, changed map[string][]string) []KeyLine {
	var k keyMap
	var table []KeyLine
	for _, a := range k.actions() {
		line := KeyLine{Action: a.name, Does: say.T("tui.key." + a.name)}
		for _, name := range a.with(changed) {
			line.Keys = append(line.Keys, strings.ReplaceAll(name, " ", "space"))
		}
		table = append(table, line)
	}
	return table
}
