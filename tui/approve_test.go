//go:build unix

package main

import (
	"bufio"
	"regexp"
	"strings"
	"testing"

	"example.com/marquee/tui/verb"
)

// A terminal is let in by one that is signed in: the one shows a code, and the
// other's person types the number that is beside it.
func TestATerminalIsLetInByAnother(t *testing.T) {
	c := openCinema(t)
	h, other := c.member(t, "minji"), newHome(t)
	other.server = h.server
	cmd := other.command(t, "login", "--web")
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`([B-Z]{4}-[B-Z]{4})\. .* ([1-9][0-9])\.`)
	var found []string
	var all []string
	for lines := bufio.NewScanner(said); found == nil && lines.Scan(); {
		all = append(all, lines.Text())
		found = shown.FindStringSubmatch(lines.Text())
	}
	if found == nil {
		t.Fatalf("no code in %q", all)
	}
	code, number := found[1], found[2]
	wrong := "10"
	if number == wrong {
		wrong = "11"
	}
	h.mustRun(t, verb.ExitUsage, nil, "approve", code, "--number", wrong)
	h.mustRun(t, verb.ExitNotFound, nil, "approve", "BBBB-BBBB", "--number", number)
	h.mustRun(t, verb.ExitOK, []string{"It is in"}, "approve", strings.ToLower(code), "--number", number)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	other.mustRun(t, verb.ExitOK, []string{"minji"}, "whoami")
	h.mustRun(t, verb.ExitOK, []string{"cli"}, "sessions")
}
