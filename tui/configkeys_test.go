package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"example.com/marquee/tui/app"
)

var update = flag.Bool("update", false, "write the keys into the README")

// The README's table is the key map; `config keys --markdown` writes it too.
func TestReadmeKeys(t *testing.T) {
	const readme, begin, end = "../README.md", "<!-- keys: go test ./tui -run ReadmeKeys -update -->\n", "<!-- /keys -->"
	e := newEnvironment([]string{"LANG=en"})
	var want strings.Builder
	if err := writeKeys(&want, e, app.KeyTable(e.say, nil)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), begin)
	table, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("no place for the keys in %s", readme)
	}
	table = strings.Trim(table, "\n") + "\n"
	if *update && table != want.String() {
		if err := os.WriteFile(readme, []byte(before+begin+"\n"+want.String()+"\n"+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want.String() {
		t.Errorf("the keys in %s are others than those of the program: go test ./tui -run ReadmeKeys -update", readme)
	}
}
