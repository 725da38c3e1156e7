package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

var known = Vocabulary{
	Languages: []string{"en", "ko"}, Themes: []string{"auto", "dark"},
	CheckKeys: func(keys map[string][]string) []Wrong {
		for _, action := range []string{"down", "up"} {
			if slices.Contains(keys[action], "strg+x") {
				return []Wrong{{Action: action, Code: "unknown_key", Key: "strg+x"}}
			}
		}
		return nil
	},
}

// write makes a settings file.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "deep", Name)
	if text == "" {
		return path
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadTakesWhatIsGoodAndTellsTheRest(t *testing.T) {
	off := false
	for name, one := range map[string]struct {
		text     string
		want     Settings
		problems []string // "line code name"
	}{
		"no file":    {"", Settings{}, nil},
		"everything": {"{\n // mine\n \"language\": \"ko\", \"theme\": \"dark\", \"mouse\": false,\n \"keys\": {\"up\": \"w\", \"down\": [\"s\", \"down\"],},\n}", Settings{"ko", "dark", &off, map[string][]string{"up": {"w"}, "down": {"s", "down"}}}, nil},
		"unknown setting": {"{\"theme\": \"dark\",\n\"colour\": 1}", Settings{Theme: "dark"},
			[]string{"2 unknown colour"}},
		"bad values": {"{\n\"language\": \"de\",\n\"theme\": 3,\n\"mouse\": \"no\",\n\"keys\": []\n}", Settings{},
			[]string{"2 not_one_of language", "3 not_one_of theme", "4 not_bool mouse", "5 no_object keys"}},
		"bad keys": {"{\"keys\": {\n\"up\": [],\n\"down\": [\"j\", 1],\n\"first\": \"g\",\n\"first\": \"h\"}}", Settings{Keys: map[string][]string{"first": {"g"}}},
			[]string{"2 not_keys up", "3 not_keys down", "5 twice first"}},
		"refused keys": {"{\"keys\": {\n\"up\": \"strg+x\",\n\"down\": \"strg+x\", \"open\": \"o\"}}", Settings{Keys: map[string][]string{"open": {"o"}}},
			[]string{"3 unknown_key down", "2 unknown_key up"}},
		"twice":     {"{\"theme\": \"dark\",\n\"theme\": \"auto\"}", Settings{Theme: "dark"}, []string{"2 twice theme"}},
		"broken":    {"{\"theme\": \"dark\",\n\"mouse\": tru\n}", Settings{}, []string{"2 syntax "}},
		"cut off":   {"{\n\"theme\": \"dark\"", Settings{}, []string{"2 syntax "}},
		"a list":    {"\n[]", Settings{}, []string{"2 no_object "}},
		"too large": {strings.Repeat(" ", maxFile) + "{}", Settings{}, []string{"0 unreadable "}},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, one.text)
			got, problems := Read(path, known)
			var told []string
			for _, p := range problems {
				told = append(told, fmt.Sprintf("%d %s %s", p.Line, p.Code, p.Name))
				if p.Path != path {
					t.Errorf("path %q", p.Path)
				}
			}
			if len(got.Keys) == 0 {
				got.Keys = nil
			}
			if !reflect.DeepEqual(got, one.want) || !slices.Equal(told, one.problems) {
				t.Errorf("%+v, %q", got, told)
			}
		})
	}
}

func TestKeepLeavesEverythingElse(t *testing.T) {
	for name, one := range map[string]struct{ before, after string }{
		"no file":          {"", "{\n  \"theme\": \"dark\"\n}\n"},
		"changed in place": {"// top\n{\n\t\"theme\": /* was */ \"auto\", // why\n\t\"later\": {\"a\": [1, 2]}\n}\n", "// top\n{\n\t\"theme\": /* was */ \"dark\", // why\n\t\"later\": {\"a\": [1, 2]}\n}\n"},
		"appended":         {"{\n\t\"mouse\": true // why\n}", "{\n\t\"mouse\": true, // why\n\t\"theme\": \"dark\"\n}"},
		"with a comma":     {"{\n  \"mouse\": true, // why\n}\n", "{\n  \"mouse\": true, // why\n  \"theme\": \"dark\",\n}\n"},
		"empty":            {"{}", "{\n  \"theme\": \"dark\"\n}"},
		"in one line":      {"{\"mouse\": true}\n", "{\"mouse\": true,\n  \"theme\": \"dark\"\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, one.before)
			if err := Keep(t.Context(), path, "theme", "dark"); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != one.after {
				t.Errorf("%q, %v", got, err)
			}
			if read, problems := Read(path, Vocabulary{Themes: []string{"dark"}}); read.Theme != "dark" {
				t.Errorf("%+v %v", read, problems)
			}
		})
	}
}

func TestKeepLosesNothingOfABrokenFile(t *testing.T) {
	const text = "{\n\"theme\": \"dark\"\n\"mouse\": true}"
	path := write(t, text)
	var p Problem
	if err := Keep(t.Context(), path, "theme", "auto"); !errors.As(err, &p) || p.Code != Syntax || p.Line != 3 {
		t.Errorf("%v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != text {
		t.Errorf("%q", got)
	}
}

func TestKeepFollowsALink(t *testing.T) {
	path, elsewhere := write(t, "{}"), filepath.Join(t.TempDir(), "dotfile")
	if err := os.Rename(path, elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, path); err != nil {
		t.Skip(err)
	}
	if err := Keep(t.Context(), path, "mouse", false); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(elsewhere); err != nil || !strings.Contains(string(got), `"mouse": false`) {
		t.Errorf("%q, %v", got, err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
}

// Several programs write at once and none undoes what another wrote.
func TestKeepFromManyProgramsAtOnce(t *testing.T) {
	path := write(t, "{\n}\n")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := Keep(t.Context(), path, fmt.Sprint("s", i), true); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := os.ReadFile(path)
	if n := strings.Count(string(got), ": true"); err != nil || n != 8 {
		t.Errorf("%d settings in %q, %v", n, got, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
