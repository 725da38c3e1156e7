package app_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
)

// sources reads the Go files of the module, tests or the others, by path.
func sources(t *testing.T, tests bool) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") != tests {
			return err
		}
		raw, err := os.ReadFile(path)
		found[path] = string(raw)
		return err
	})
	if err != nil || len(found) < 50 {
		t.Fatal(len(found), err)
	}
	return found
}

// Whoever looks for a row of a standard finds its tests by its number.
func TestEveryRowHasItsTest(t *testing.T) {
	var all strings.Builder
	for path, text := range sources(t, true) {
		if filepath.Base(path) != "proof_test.go" {
			all.WriteString(text)
		}
	}
	for _, rows := range []struct {
		name        string
		first, last int
	}{{"JWT-", 1, 20}, {"RT-", 1, 12}, {"C", 8, 29}} {
		for n := rows.first; n <= rows.last; n++ {
			row := fmt.Sprint(rows.name, n)
			if !regexp.MustCompile(`\b` + row + `\b`).MatchString(all.String()) {
				t.Errorf("no test says that it is of row %s", row)
			}
		}
	}
}

// JWT-19: a token that was read without its signature is believed sooner or
// later.
func TestNoTokenIsReadUnverified(t *testing.T) {
	for path, text := range sources(t, false) {
		if strings.Contains(text, "ParseUnverified(") || strings.Contains(text, "UnsafeAllowNoneSignatureType") {
			t.Errorf("%s reads a token without its signature", path)
		}
	}
}

// What SECURITY.md says that a test shows, a test of that name shows.
func TestSecurityPolicyNamesRealTests(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", ".github", "SECURITY.md"))
	check(t, err)
	names := map[string]bool{}
	for _, text := range sources(t, true) {
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(text, -1) {
			names[m[1]] = true
		}
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)").FindAllStringSubmatch(string(raw), -1)
	if len(named) < 20 {
		t.Errorf("only %d tests are named", len(named))
	}
	for _, m := range named {
		if !names[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
	// A row that holds says by which test.
	for line := range strings.Lines(string(raw)) {
		if strings.Contains(line, "| holds |") && !strings.Contains(line, "`Test") && !strings.Contains(line, "`Fuzz") {
			t.Errorf("held by nothing: %s", line)
		}
	}
}

// How soon what is weak is mended, by how bad it is, and libraries are brought up
// to date, is written down (ASVS 15.1.1). That it is done, nothing here can tell.
func TestSecurityPolicyTellsHowSoon(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", ".github", "SECURITY.md"))
	check(t, err)
	text := strings.Join(strings.Fields(string(raw)), " ")
	for _, sentence := range []string{
		"You hear from us within three days.",
		"A weakness that lets somebody into an account or past an end of a session is mended within seven days, any other within thirty; so is one of a library, counted from the day it is known",
		"Libraries without a known weakness are brought up to date within ninety days of a newer version.",
	} {
		if !strings.Contains(text, sentence) {
			t.Errorf("it does not say: %s", sentence)
		}
	}
}

// What the README says of what slows a guesser is what the limits are (ASVS
// 6.1.1).
func TestReadmeTellsTheLimits(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	check(t, err)
	text := strings.Join(strings.Fields(string(raw)), " ")
	l := auth.DefaultLimits()
	for _, said := range []struct {
		is       bool
		sentence string
	}{
		{l.Password.Free == 3, "Three wrong passwords cost nothing."},
		{l.Password.Longest == 15*time.Minute, "a pause that doubles, up to a quarter of an hour."},
		{l.Lane.After == 100 && l.Lane.Every == 30*time.Second, "After a hundred failures in a row on one account, from wherever they came, strangers to it share one try in 30 seconds"},
	} {
		if !said.is || !strings.Contains(text, said.sentence) {
			t.Errorf("the limits and the README differ: %t, %s", said.is, said.sentence)
		}
	}
}
