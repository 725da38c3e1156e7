package app

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"example.com/marquee/common/lang"
	"example.com/marquee/tui/theme"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// oops is an error that speaks.
type oops struct{ file string }

func (o oops) Error() string { return "oops" }
func (o oops) In(say *lang.Messages) string {
	return say.T("settings.at_line", "File", o.file, "Line", 4, "What", say.T("settings.syntax"))
}

// choosing is a driver whose program keeps choices in kept.
func choosing(t *testing.T, o Options) (d *driver, kept map[string]string) {
	t.Helper()
	kept = map[string]string{}
	if o.Keep == nil {
		o.Keep = func(setting string, value any) error {
			kept[setting] = fmt.Sprint(value)
			return nil
		}
	}
	return driveWith(t, newFake(3), setup{width: 80, height: 24, language: "en", colour: termenv.TrueColor, signedIn: true}, o), kept
}

func TestThemeIsChosenOnTheAccountPage(t *testing.T) {
	d, kept := choosing(t, Options{})
	before := d.m.View()
	d.press("a", "end", "up", "up", "up", "up")
	d.shows("[ Theme: automatic ]")
	for _, want := range []theme.Name{theme.Sixteen, theme.Dark, theme.Light, theme.HighContrast} {
		d.press("enter")
		if kept[SettingTheme] != string(want) {
			t.Fatalf("kept %q, not %q", kept[SettingTheme], want)
		}
	}
	d.shows("[ Theme: high contrast ]")
	d.press("esc")
	if d.m.View() == before {
		t.Error("the films look as before")
	}
	// The terminal says what it is: a theme for both follows.
	dark := d.m.View()
	d.send(BackgroundMsg{Dark: false})
	if d.m.View() == dark {
		t.Error("high contrast for a light terminal is that for a dark one")
	}
	d.press(":", "automatic", "enter")
	if kept[SettingTheme] != "auto" {
		t.Errorf("kept %v", kept)
	}
}

func TestLanguageAndMouseAreKept(t *testing.T) {
	d, kept := choosing(t, Options{NoMouse: true})
	if d.m.(Model).noMouse != true {
		t.Error("the mouse is on")
	}
	d.press(":", "mouse", "enter")
	d.press(":", "한국어", "enter")
	if kept[SettingMouse] != "true" || kept[SettingLanguage] != "ko" {
		t.Errorf("kept %v", kept)
	}
	d.shows("영화")
}

func TestWhatIsWrongWithSettingsIsSaidAndKept(t *testing.T) {
	d, _ := choosing(t, Options{
		Problems: []error{oops{"first.json"}, oops{"second.json"}},
		Keep:     func(string, any) error { return oops{"kept.json"} },
	})
	d.shows("! first.json, line 4: This is not JSON.", "Film 00000")
	d.press("M")
	d.shows("second.json", "first.json")
	d.press("esc", ":", "high", "enter")
	d.shows("! kept.json, line 4: This is not JSON.")
	d.press("M")
	d.shows("kept.json, line 4")
	d.press("esc", ":", "한국어", "enter", "esc")
	d.shows("! kept.json 4번째 줄")
}

// A theme changes no word and no place.
func TestThemesChangeNoWord(t *testing.T) {
	for _, sc := range scenes {
		if !slices.Contains([]string{"register", "films", "film", "sessions_all", "help"}, sc.name) {
			continue
		}
		d := play(t, sc, setup{width: 80, height: 24, language: "ko", colour: termenv.TrueColor})
		words := d.text()
		for _, n := range theme.Names() {
			r := lipgloss.NewRenderer(io.Discard)
			r.SetColorProfile(termenv.TrueColor)
			m := d.m.(Model)
			other := theme.New(r, n, true)
			m.env.theme = &other
			m.env.look++
			d.m = m
			if got := d.text(); got != words {
				t.Errorf("%s in %s:\n%s\nnot\n%s", sc.name, n, got, words)
			}
		}
	}
}
