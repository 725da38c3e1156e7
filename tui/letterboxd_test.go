//go:build unix

package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/credentials"
	"example.com/marquee/tui/verb"
)

// command is the program with arguments, not on a terminal.
func (h home) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = h.environ("MARQUEE_SERVER=" + h.server)
	cmd.Dir = h.dir
	return cmd
}

// run runs the program to its end.
func (h home) run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := h.command(t, args...)
	var out, notes bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &notes
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), notes.String(), cmd.ProcessState.ExitCode()
}

// mustRun fails unless the program ends with code, and stdout and stderr
// together have the words.
func (h home) mustRun(t *testing.T, code int, words []string, args ...string) (stdout string) {
	t.Helper()
	out, notes, got := h.run(t, args...)
	for _, w := range words {
		if !strings.Contains(out+notes, w) {
			t.Errorf("%v: no %q in\n%s%s", args, w, out, notes)
		}
	}
	if got != code {
		t.Errorf("%v ends with %d, want %d:\n%s%s", args, got, code, out, notes)
	}
	return out
}

// cinema is a running backend.
type cinema struct{ url, dir string }

// openCinema serves until the test ends.
func openCinema(t tester, more ...string) cinema {
	t.Helper()
	return openCinemaWith(t, app.Options{}, more...)
}

// openCinemaWith is openCinema with more than settings.
func openCinemaWith(t tester, o app.Options, more ...string) cinema {
	t.Helper()
	h := newHome(t)
	cfg, err := config.Load(h.environ(append(more, "MARQUEE_DATA_DIR="+h.dir)...))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(context.Background(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
	return cinema{a.URL(), h.dir}
}

// member is a home in which somebody has signed in at the cinema.
func (c cinema) member(t *testing.T, name string) home {
	t.Helper()
	h := newHome(t)
	h.server = c.url
	tokens, err := credentials.Open(filepath.Join(h.dir, "marquee", "credentials"), c.url)
	if err != nil {
		t.Fatal(err)
	}
	person, err := client.New(client.Options{BaseURL: c.url, Tokens: tokens, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer person.Close()
	if _, err := person.Register(t.Context(), marquee.Registration{Username: name, Email: name + "@films.example", Password: password}); err != nil {
		t.Fatal(err)
	}
	if _, err := person.Login(t.Context(), marquee.Credentials{Login: name, Password: password}); err != nil {
		t.Fatal(err)
	}
	return h
}

// file writes a file into the home and returns its name.
func (h home) file(t *testing.T, name string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func (h home) read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zipOf(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unzip(t *testing.T, content []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}

// An export comes in, again without a change, goes out, comes into another
// account and goes out the same.
func TestLetterboxdThereAndBack(t *testing.T) {
	c := openCinema(t)
	h := c.member(t, "minji")
	in := h.file(t, "letterboxd.zip", zipOf(t,
		"diary.csv", "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"+
			"2024-03-02,Alien,1979,https://boxd.it/a,4.5,,,2024-03-01\n"+
			"2026-01-01,Alien,1979,https://boxd.it/b,4,Yes,space,2026-01-01\n"+
			"2025-05-05,기생충,2019,https://boxd.it/c,,Yes,,2025-05-04\n"+
			"2025-05-05,No such film,2019,https://boxd.it/d,3,,,2025-05-05\n"+
			"2025-05-05,Burning,9999,,3,,,2025-05-05\n"+
			"2999-01-01,Burning,2018,,3,,,2999-01-01\n"+
			"2025-05-05,\xff,2018,,3,,,2025-05-05\n",
		"ratings.csv", "Date,Name,Year,Letterboxd URI,Rating\n2024-03-02,Alien,1979,,5\n2023-01-01,AMELIE,2002,,0.5\n",
		"watchlist.csv", "Date,Name,Year,Letterboxd URI\n2022-02-02,Burning,2018,\n",
		"watched.csv", "Date,Name,Year,Letterboxd URI\n2021-01-01,Alien,1979,\n2021-01-01,Amelie,2001,\n",
		"deleted/diary.csv", "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n2024-03-02,Blade Runner,1982,,4.5,,,2024-03-01\n"))
	h.mustRun(t, verb.ExitOK, []string{
		"diary.csv:6: the year is missing", "diary.csv:7: the date has not come yet", "diary.csv:8: the text is broken", "diary.csv:5: No such film (2019) is not in the catalogue",
		"12 rows, 3 bad. 6 films: 5 brought in, 0 unchanged, 1 not in the catalogue, 0 ambiguous",
	}, "import", "letterboxd", in)
	var report importReport
	out := h.mustRun(t, verb.ExitOK, nil, "import", "letterboxd", "--json", in)
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	if report.Saved != 0 || report.Unchanged != 5 || report.Films != 6 || len(report.NotInCatalogue) != 1 || len(report.BadRows) != 3 || report.Interrupted {
		t.Errorf("again: %+v", report)
	}

	h.mustRun(t, verb.ExitOK, []string{"out.zip: 4 diary entries, 2 ratings, 1 films"}, "export", "letterboxd", "out.zip")
	exported := h.read(t, "out.zip")
	for name, want := range map[string]string{
		"diary.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n2021-01-01,Amélie,2001,,0.5,,,2021-01-01\n" +
			"2024-03-02,Alien,1979,,5,,,2024-03-01\n2025-05-05,Parasite,2019,,,Yes,,2025-05-04\n2026-01-01,Alien,1979,,5,Yes,,2026-01-01\n",
		"ratings.csv":   "Date,Name,Year,Letterboxd URI,Rating\n2023-01-01,Amélie,2001,,0.5\n2024-03-02,Alien,1979,,5\n",
		"watchlist.csv": "Date,Name,Year,Letterboxd URI\n2022-02-02,Burning,2018,\n",
	} {
		if got := unzip(t, exported)[name]; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	if info, err := os.Stat(filepath.Join(h.dir, "out.zip")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	h.mustRun(t, verb.ExitFailed, []string{"out.zip: is there already; --force"}, "export", "letterboxd", "out.zip")
	h.mustRun(t, verb.ExitOK, nil, "export", "letterboxd", "--force", "out.zip")
	if !bytes.Equal(h.read(t, "out.zip"), exported) || h.mustRun(t, verb.ExitOK, nil, "export", "letterboxd", "-") != string(exported) {
		t.Error("the same account is written differently")
	}

	h.onATerminal(t)

	other := c.member(t, "somebody")
	other.file(t, "in.zip", exported)
	other.mustRun(t, verb.ExitOK, []string{"0 bad. 4 films: 4 brought in"}, "import", "letterboxd", "in.zip")
	out = other.mustRun(t, verb.ExitOK, []string{"letterboxd-marquee-somebody-2"}, "export", "letterboxd")
	if name, _, _ := strings.Cut(out, ":"); !bytes.Equal(other.read(t, name), exported) {
		t.Errorf("another account is written differently: %v", unzip(t, other.read(t, name)))
	}
}

// ctrl+c ends with 130 in the middle; the next run goes on, and the end is
// that of an import in one go.
func TestImportInterruptedGoesOn(t *testing.T) {
	log := &heldLog{after: 400 / importBatch, goOn: make(chan struct{})}
	h := openCinemaWith(t, app.Options{Log: slog.New(log)}).member(t, "minji")
	letGo := sync.OnceFunc(func() { close(log.goOn) })
	t.Cleanup(letGo)
	var diary strings.Builder
	diary.WriteString("Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n")
	for i := range 4000 {
		title, year := fmt.Sprintf("Nobody knows %d", i), 2000
		if i == 0 || i == 3999 {
			title, year = [2]string{"Alien", "Burning"}[i%2], [2]int{1979, 2018}[i%2]
		}
		fmt.Fprintf(&diary, "2024-01-01,%s,%d,,4,,,2024-01-01\n", title, year)
	}
	in := h.file(t, "diary.csv", []byte(diary.String()))
	cmd := h.command(t, "import", "letterboxd", in)
	notes, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for lines := bufio.NewScanner(notes); lines.Scan(); {
		if said.Len() == 0 {
			_ = cmd.Process.Signal(syscall.SIGINT)
		}
		said.WriteString(lines.Text() + "\n")
	}
	_ = cmd.Wait()
	letGo()
	if code := cmd.ProcessState.ExitCode(); code != verb.ExitInterrupted || !strings.HasPrefix(said.String(), "400 of 4000 films\n") || !strings.Contains(said.String(), "Interrupted. What was sent stays") {
		t.Errorf("ends with %d:\n%s", code, &said)
	}
	h.mustRun(t, verb.ExitOK, []string{"4000 of 4000 films", "4000 films: 1 brought in, 1 unchanged, 3998 not in the catalogue", "and 2998 more"}, "import", "letterboxd", in)
	h.mustRun(t, verb.ExitOK, []string{"0 brought in, 2 unchanged"}, "import", "letterboxd", in)
}

// heldLog is a server's log that takes no line about another batch of an import
// after so many. An answer is whole once its line is written, so the import
// waits there: it cannot be over before somebody interrupts it.
type heldLog struct {
	after   int32
	goOn    chan struct{} // closed when it takes all there is
	batches atomic.Int32
}

func (l *heldLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *heldLog) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *heldLog) WithGroup(string) slog.Handler            { return l }

func (l *heldLog) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "route" && strings.HasSuffix(a.Value.String(), "/library") && l.batches.Add(1) > l.after {
			<-l.goOn
		}
		return true
	})
	return nil
}

// onATerminal shows a bar with rate and time left, and sends no zip there.
func (h home) onATerminal(t *testing.T) {
	t.Helper()
	var ratings strings.Builder
	ratings.WriteString("Date,Name,Year,Letterboxd URI,Rating\n")
	for i := range 3*importBatch - 1 {
		fmt.Fprintf(&ratings, "2024-03-02,Nobody knows %d,1979,,5\n", i)
	}
	in := h.file(t, "ratings.csv", []byte(ratings.String()))
	s := onTerminal(t, h.command(t, "import", "letterboxd", in), false)
	s.see("149 not in the catalogue")
	s.gone()
	for _, part := range []string{"0% |", "67% |", "100/149", " films/"} {
		if !strings.Contains(s.written(), part) {
			t.Errorf("no %q in %q", part, s.written())
		}
	}
	out := onTerminal(t, h.command(t, "export", "letterboxd", "-"), false)
	out.see("does not go to a terminal")
	out.gone()
}

func TestLetterboxdRefusals(t *testing.T) {
	h := newHome(t)
	h.server = openCinema(t).url
	h.file(t, "ratings.csv", []byte("Date,Name,Year,Letterboxd URI,Rating\n2024-03-02,Alien,1979,,5\n"))
	h.file(t, "films.csv", []byte("a,b\n1,2\n"))
	for name, step := range map[string]struct {
		code int
		word string
		args []string
	}{
		"nobody is signed in":  {verb.ExitSignIn, "", []string{"import", "letterboxd", "ratings.csv"}},
		"nothing to go out":    {verb.ExitSignIn, "", []string{"export", "letterboxd", "x.zip"}},
		"no file":              {verb.ExitUsage, "called as", []string{"import", "letterboxd"}},
		"a file that is none":  {verb.ExitFailed, "none.zip", []string{"import", "letterboxd", "none.zip"}},
		"a file of other kind": {verb.ExitFailed, "films.csv: there is nothing of a Letterboxd export", []string{"import", "letterboxd", "films.csv"}},
	} {
		t.Run(name, func(t *testing.T) {
			if out := h.mustRun(t, step.code, []string{step.word}, step.args...); out != "" {
				t.Errorf("standard output: %s", out)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(h.dir, "x.zip")); err == nil {
		t.Error("a file was left behind")
	}
}

// A server that is away or asks for a pause is asked again, within bounds;
// a refusal is not.
func TestWhenAnImportAsksAgain(t *testing.T) {
	for _, step := range []struct {
		err   error
		wait  time.Duration
		later bool
	}{
		{nil, 0, false},
		{marquee.E(marquee.CodeInvalid), 0, false},
		{marquee.E(marquee.CodeInvalidToken), 0, false},
		{marquee.E(marquee.CodeServerUnreachable), time.Second, true},
		{&marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: 7 * time.Second}, 7 * time.Second, true},
		{&marquee.Error{Code: marquee.CodeUnavailable, RetryAfter: time.Hour}, 5 * time.Minute, true},
	} {
		if wait, later := pauseOf(step.err); wait != step.wait || later != step.later {
			t.Errorf("%v: %v %v", step.err, wait, later)
		}
	}
}
