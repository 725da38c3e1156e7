package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

func newTestTerminal(bars bool) (t *terminal, out, err *bytes.Buffer, clock *time.Time) {
	clock = new(time.Time)
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &terminal{msgs: lang.In(lang.English), bars: bars, clock: func() time.Time { return *clock }, out: out, err: err}, out, err, clock
}

func TestProgressWithoutATerminalIsALineNowAndThen(t *testing.T) {
	term, out, err, clock := newTestTerminal(false)
	for second := range 21 {
		*clock = time.Time{}.Add(time.Duration(second) * time.Second)
		term.Progress(operator.Progress{Name: "/in/title.basics.tsv", Done: int64(second) * 10, Total: 400, Rows: second * 1000})
	}
	term.Progress(operator.Progress{Name: "IMDb", Films: true, Rows: 5, Added: 4, Unchanged: 1})
	term.Line("done")
	term.soFar()
	want := []string{
		"title.basics.tsv: 12 %, 5000 rows, 1000 a second, 35s left",
		"title.basics.tsv: 25 %, 10000 rows, 1000 a second, 30s left",
		"title.basics.tsv: 37 %, 15000 rows, 1000 a second, 25s left",
		"title.basics.tsv: 50 %, 20000 rows, 1000 a second, 20s left",
		"So far: IMDb, 5 rows; films: 4 added, 0 updated, 1 unchanged.",
	}
	if got := strings.TrimSpace(err.String()); got != strings.Join(want, "\n") {
		t.Errorf("%s", got)
	}
	if out.String() != "done\n" {
		t.Errorf("output %q", out)
	}
}

func TestProgressOnATerminalIsABar(t *testing.T) {
	term, out, err, clock := newTestTerminal(true)
	for second := range 5 {
		*clock = time.Time{}.Add(time.Duration(second) * time.Second)
		term.Progress(operator.Progress{Name: "/in/title.basics.tsv", Done: int64(second) * 100, Total: 400, Rows: second * 1000})
	}
	if s := err.String(); !strings.Contains(s, "title.basics.tsv 4000 (1000/s)") || !strings.Contains(s, "75%") || strings.Contains(s, "\n") {
		t.Errorf("%q", s)
	}
	term.Note("bad row")
	term.Line("done")
	if !strings.HasSuffix(out.String(), "done\n") || !strings.Contains(err.String(), "bad row\n") {
		t.Errorf("%q %q", out, err)
	}
}
