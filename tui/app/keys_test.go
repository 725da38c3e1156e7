package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

func TestCheckKeys(t *testing.T) {
	for name, one := range map[string]struct {
		keys map[string][]string
		want []KeyProblem
	}{
		"as they are":           {nil, nil},
		"free keys":             {map[string][]string{"quit": {"ctrl+q"}, "down": {"down", "ㅓ"}, "submit": {"alt+enter", "enter"}, "copy": {"space"}}, nil},
		"given up, then taken":  {map[string][]string{"watchlist": {"b"}, "up": {"w", "up"}}, nil},
		"same key, other pages": {map[string][]string{"sort": {"x"}}, nil},
		"no action":             {map[string][]string{"fly": {"z"}}, []KeyProblem{{"fly", KeyNoAction, "", ""}}},
		"no key":                {map[string][]string{"up": {"strg+x"}}, []KeyProblem{{"up", KeyUnknown, "strg+x", ""}}},
		"taken":                 {map[string][]string{"up": {"w"}}, []KeyProblem{{"up", KeyTaken, "w", "watchlist"}}},
		"taken by one before":   {map[string][]string{"up": {"q"}}, []KeyProblem{{"up", KeyTaken, "q", "quit"}}},
		"taken everywhere":      {map[string][]string{"go_diary": {"?"}}, []KeyProblem{{"go_diary", KeyTaken, "?", "help"}}},
		"both changed":          {map[string][]string{"sort": {"z"}, "filter": {"z"}}, []KeyProblem{{"sort", KeyTaken, "z", "filter"}}},
		"ctrl+c":                {map[string][]string{"copy": {"ctrl+c"}}, []KeyProblem{{"copy", KeyTaken, "ctrl+c", "interrupt"}}},
		"ctrl+c stays":          {map[string][]string{"interrupt": {"ctrl+q"}, "copy": {"ctrl+c"}}, []KeyProblem{{"interrupt", KeyTaken, "ctrl+c", "copy"}}},
		"a character in text":   {map[string][]string{"back": {"b"}}, []KeyProblem{{"back", KeyIsText, "b", ""}}},
		"nine ratings":          {map[string][]string{"rate": {"1"}}, []KeyProblem{{"rate", KeysTen, "", ""}}},
		"one direction":         {map[string][]string{"choose": {"ctrl+o"}}, []KeyProblem{{"choose", KeysTwo, "", ""}}},
	} {
		if got := CheckKeys(one.keys); !slices.Equal(got, one.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Each action can have another key, and that key is named and does it.
func TestKeysAreNamedAndWorkAsTheyAreSet(t *testing.T) {
	d, _ := choosing(t, Options{Keys: map[string][]string{
		"quit": {"ctrl+q"}, "down": {"z", "down"}, "search": {"ctrl+s"}, "help": {"f2"}, "back": {"ctrl+b"}, "clear": {"ctrl+b"},
		"rate": {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}, "choose": {"ctrl+n", "ctrl+l"}, "submit": {"ctrl+j"}, "interrupt": {"ctrl+g"},
	}})
	d.shows("ctrl+s search", "f2 help")
	d.press("z", "q", "esc", "/")
	d.shows("2 / 3")
	if d.quit {
		t.Fatal("q quit")
	}
	d.send(keyMsg("f2"))
	d.shows("z down", "ctrl+b back")
	d.press("G")
	d.shows("ctrl+q", "ctrl+g ctrl+c")
	d.send(keyMsg("ctrl+b"))
	d.shows("ctrl+s to search")
	d.press(":", "search", "shift+tab", "tab")
	d.shows("ctrl+s")
	d.send(keyMsg("ctrl+j"))
	d.shows("/ ")
	d.press("q00002")
	d.send(keyMsg("ctrl+b"))
	d.shows("2 / 3")
	d.press("enter", "i")
	d.shows("★9")
	d.send(keyMsg("ctrl+b"))
	// Answers are chosen with the keys of choose, and the wheel still moves.
	d.press("S", "e")
	d.send(keyMsg("ctrl+l"))
	d.shows("▌ [")
	d.lacks("▌ [ Cancel ]")
	d.send(keyMsg("ctrl+n"))
	d.shows("▌ [ Cancel ]")
	d.send(keyMsg("ctrl+b"))
	d.send(keyMsg("ctrl+b"))
	d.press("K", "e", "tab")
	d.shows("◂ ask for my code besides ▸")
	d.send(keyMsg("ctrl+l"))
	d.lacks("ask for my code besides")
	d.send(keyMsg("ctrl+b"))
	d.send(keyMsg("ctrl+b"))
	d.send(tea.MouseMsg{Button: tea.MouseButtonWheelUp, Action: tea.MouseActionPress, Y: 8})
	d.shows("1 / 3")
	d.press("ctrl+c")
	if !d.quit {
		t.Fatal("ctrl+c did not quit")
	}
}

// Whatever keys are set, no page panics, and ctrl+c quits.
func TestEveryActionWithAnotherKey(t *testing.T) {
	var k keyMap
	changed := map[string][]string{}
	for i, a := range k.actions() {
		changed[a.name] = []string{fmt.Sprintf("alt+%c", 'ㄱ'+rune(i)), fmt.Sprintf("alt+%c", '가'+rune(i))}
		if a.name == "rate" {
			changed[a.name] = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "-"}
		}
	}
	if wrong := CheckKeys(changed); len(wrong) > 0 {
		t.Fatalf("%+v", wrong)
	}
	d, _ := choosing(t, Options{Keys: changed})
	for _, a := range k.actions() {
		if a.name == "quit" || a.name == "interrupt" {
			continue
		}
		d.send(keyMsg(changed[a.name][0]))
		d.drawn()
		d.pass(time.Second)
	}
	d.press("ctrl+c")
	if !d.quit {
		t.Fatal("ctrl+c did not quit")
	}
}
