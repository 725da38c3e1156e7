package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"example.com/marquee/tui/app"
)

var update = flag.Bool("update", false, "write keys and pictures into the README")

// The README's table is the key map; `config keys --markdown` writes it too.
func TestReadmeKeys(t *testing.T) {
	e := newEnvironment([]string{"LANG=en"})
	var want strings.Builder
	if err := writeKeys(&want, e, app.KeyTable(e.say, nil)); err != nil {
		t.Fatal(err)
	}
	inReadme(t, "<!-- keys: go test ./tui -run ReadmeKeys -update -->\n", "<!-- /keys -->", want.String())
}

// inReadme fails unless the README has want between two marks, the first of
// which says how to write it there.
func inReadme(t *testing.T, begin, end, want string) {
	t.Helper()
	const readme = "../README.md"
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), begin)
	has, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("no place in %s for %s", readme, begin)
	}
	has = strings.Trim(has, "\n") + "\n"
	switch {
	case has == want:
	case *update:
		if err := os.WriteFile(readme, []byte(before+begin+"\n"+want+"\n"+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s has another one, see there %sNow:\n%s", readme, begin, want)
	}
}
