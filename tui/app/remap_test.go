package app

import (
	"testing"

	"example.com/marquee/tui/theme"
	tea "github.com/charmbracelet/bubbletea"
)

// Keys that the settings give stay, named and working, whatever language and
// theme are chosen, and the usual ones do not come back.
func TestChangedKeysStayInAnotherLanguageAndTheme(t *testing.T) {
	d, kept := choosing(t, Options{Keys: map[string][]string{
		"search": {"ctrl+s"}, "go_sessions": {"z"}, "help": {"f2"}, "choose": {"ctrl+n", "ctrl+l"}, "end_all": {"ctrl+e"},
	}})
	works := func(search, sessions, help string) {
		t.Helper()
		d.shows("ctrl+s "+search, "f2 "+help)
		d.press("/", "S")
		d.shows("Film 00000")
		d.lacks(sessions)
		d.send(keyMsg("ctrl+s"))
		d.press("00002", "enter")
		d.shows("Film 00002", "1 / 1")
		d.press("esc", "z")
		d.shows(sessions)
		d.send(keyMsg("ctrl+e"))
		d.send(keyMsg("ctrl+l")) // to the second answer
		d.lacks("▌ [ Cancel ]", "▌ [ 취소 ]")
		d.send(keyMsg("ctrl+n"))
		d.press("enter", "esc")
		d.send(keyMsg("f2"))
		d.shows("ctrl+s")
		d.press("esc", ":", sessions)
		d.shows(sessions, " z\n")
		d.press("esc")
	}
	works("search", "Sessions", "help")
	d.press(":", "한국어", "enter")
	works("검색", "세션", "도움말")
	d.press(":", "고대비", "enter")
	if kept[SettingTheme] != string(theme.HighContrast) || kept[SettingLanguage] != "ko" {
		t.Fatalf("kept %v", kept)
	}
	works("검색", "세션", "도움말")
	d.send(BackgroundMsg{Dark: false})
	d.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	d.press(":", "English", "enter")
	works("search", "Sessions", "help")
	if len(kept) != 2 {
		t.Errorf("kept %v", kept)
	}
}
