package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/marquee/common/lang"
	"example.com/marquee/tui/app"
	"example.com/marquee/tui/settings"
	"example.com/marquee/tui/theme"
	"example.com/marquee/tui/verb"
)

// settingsPath is the settings file: ~/.config/marquee/settings.json, on macOS
// as well, unless XDG says else.
func (e environment) settingsPath() (string, error) {
	if dir := e.get("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "marquee", settings.Name), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".config", "marquee", settings.Name), err
}

// withSettings reads the settings of the person who started the program. It
// is never used for a visitor over SSH, whose environment is another one and
// who has no files here.
func (e environment) withSettings() environment {
	path, err := e.settingsPath()
	if err != nil {
		return e // a person without a home has no settings
	}
	e.set, e.wrong = settings.Read(path, settings.Vocabulary{
		Languages: []string{lang.English, lang.Korean}, Themes: themeNames(), CheckKeys: checkKeys,
	})
	if e.set.Language != "" {
		e.say = lang.In(e.set.Language)
		e.language = e.say.Tag()
	}
	return e
}

// checkKeys asks the key map.
func checkKeys(keys map[string][]string) []settings.Wrong {
	var all []settings.Wrong
	for _, p := range app.CheckKeys(keys) {
		all = append(all, settings.Wrong{Action: p.Action, Code: p.Code, Key: p.Key, Other: p.Other})
	}
	return all
}

func themeNames() []string {
	var names []string
	for _, n := range theme.Names() {
		names = append(names, string(n))
	}
	return names
}

// theme is the one that is wanted: by the command line, the environment or
// the settings, in this order.
func (e environment) theme(flag string) (theme.Name, error) {
	for _, from := range [][2]string{{"--theme", flag}, {"MARQUEE_THEME", e.get("MARQUEE_THEME")}} {
		switch {
		case from[1] == "":
		case slices.Contains(themeNames(), from[1]):
			return theme.Name(from[1]), nil
		default:
			return "", verb.UsageError{Err: fmt.Errorf("%s: %w", from[0], settingsProblem{settings.Problem{
				Code: settings.NotOneOf, Name: from[0], Value: from[1], Known: themeNames(),
			}})}
		}
	}
	return theme.Name(e.set.Theme), nil
}

// keepSetting writes one setting into the file.
func keepSetting(setting string, value any) error {
	path, err := newEnvironment(os.Environ()).settingsPath()
	if err == nil {
		err = settings.Keep(context.Background(), path, setting, value)
	}
	var p settings.Problem
	if errors.As(err, &p) {
		return settingsProblem{p}
	}
	return err
}

// settingsProblem is what is wrong with the settings, for a person.
type settingsProblem struct{ settings.Problem }

func (e environment) settingsProblems() []error {
	var all []error
	for _, p := range e.wrong {
		all = append(all, settingsProblem{p})
	}
	return all
}

// In implements app.Spoken.
func (p settingsProblem) In(say *lang.Messages) string {
	what := say.T("settings."+p.Code, "Name", p.Name, "Value", p.Value, "Key", p.Key, "Other", p.Other,
		"Known", strings.Join(p.Known, ", "), "Reason", fmt.Sprint(p.Err))
	switch {
	case p.Path == "":
		return what
	case p.Line == 0:
		return say.T("settings.of_file", "File", shortPath(p.Path), "What", what)
	}
	return say.T("settings.at_line", "File", shortPath(p.Path), "Line", p.Line, "What", what)
}

// shortPath writes the home as ~.
func shortPath(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); err == nil && ok {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}
