package verb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/verb"
)

// hostile is a title that would clear the screen, write to the clipboard and
// turn the line around.
const hostile = "Al\x1b[2Jien\x9b1m\u202eneilA\x1b]52;c;aGk=\x07\r\nB"

const film = "00000000-0000-0000-0000-00000000000" // and a digit

// house is a server with three films.
type house struct {
	verb.Service
	ended []string
}

func (h *house) FindMovies(_ context.Context, f marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	next := "further"
	return marquee.Page[marquee.Movie]{Total: 3, TotalIs: marquee.TotalExact, NextCursor: &next, Items: []marquee.Movie{
		{ID: film + "1", Title: "The Host", OriginalTitle: "괴물", Year: 2006, RatingAverage: 8, RatingCount: 1, MyRating: 10},
		{ID: film + "2", Title: "The Good, the Bad, the Weird", OriginalTitle: "좋은 놈, 나쁜 놈, 이상한 놈", Year: 2008},
		{ID: film + "3", Title: hostile, Year: 1979},
	}}, nil
}

func (h *house) Logout(_ context.Context, scope marquee.LogoutScope) error {
	h.ended = append(h.ended, string(scope))
	return nil
}

func (h *house) EndSession(_ context.Context, id string) error {
	if id != "s1" {
		return marquee.E(marquee.CodeNotFound)
	}
	h.ended = append(h.ended, id)
	return nil
}

func (h *house) Sessions(context.Context) ([]marquee.Session, error) {
	return []marquee.Session{{ID: "s1", Current: true, Client: "ssh", Address: "192.0.2.7", Agent: hostile}}, nil
}

// run runs one verb for somebody with a terminal of width cells; 0 is none.
func (h *house) run(language string, width int, args ...string) (out, notes string, code int) {
	var stdout, stderr bytes.Buffer
	w := verb.World{
		In: strings.NewReader(""), Out: &stdout, Err: &stderr, Say: lang.In(language), Width: width, Zone: time.UTC,
		Ask: func(ctx context.Context, act func(context.Context, verb.Service) error) error { return act(ctx, h) },
	}
	code = verb.Run(context.Background(), w, args)
	return stdout.String(), stderr.String(), code
}

// Columns line up by cells, on any width the lines fit, and what is cut is the
// title; in a pipe nothing is.
func TestTableLinesUp(t *testing.T) {
	h := &house{}
	for _, width := range []int{0, 200, 80, 40, 20} {
		out, _, code := h.run("en", width, "movies")
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if code != verb.ExitOK || len(lines) != 4 {
			t.Fatalf("%d: %d\n%s", width, code, out)
		}
		column := func(line, what string) int { return cells.Width(line[:max(0, strings.Index(line, what))]) }
		for i, year := range []string{"2006", "2008", "1979"} {
			if width != 20 && column(lines[i+1], year) != column(lines[0], "Year") {
				t.Errorf("at %d cells the years do not line up:\n%s", width, out)
			}
		}
		for _, line := range lines {
			if width > 0 && cells.Width(line) > width {
				t.Errorf("%d cells in %d: %s", cells.Width(line), width, line)
			}
		}
		if strings.Contains(out, "이상한 놈") != (width == 0 || width >= 80) || strings.Contains(out, film+"2") != (width == 0 || width == 200) {
			t.Errorf("at %d cells:\n%s", width, out)
		}
	}
}

func TestAttack_TitleThatDrivesTheTerminal(t *testing.T) {
	h := &house{}
	for _, args := range [][]string{{"movies"}, {"movies", "--json"}, {"sessions"}, {"sessions", "--json"}, {"movie", "host"}} {
		out, notes, _ := h.run("en", 0, args...)
		for _, r := range out + notes {
			if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e') {
				t.Errorf("%v sends %U: %q", args, r, out+notes)
				break
			}
		}
	}
	// The twin: nothing of it is lost to a script.
	out, _, _ := h.run("en", 0, "movies", "--json")
	var page marquee.Page[marquee.Movie]
	if err := json.Unmarshal([]byte(out), &page); err != nil || page.Items[2].Title != strings.ToValidUTF8(hostile, "\ufffd") {
		t.Errorf("%v in %s", err, out)
	}
}

// What is served over SSH: the verbs of the server and help, nothing of the
// machine's.
func TestRun(t *testing.T) {
	h := &house{}
	for _, step := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"help"}, verb.ExitOK, "lockdown"},
		{nil, verb.ExitOK, "lockdown"},
		{[]string{"help", "rate"}, verb.ExitOK, "FILM"},
		{[]string{"sessions"}, verb.ExitOK, "192.0.2.7"},
		{[]string{"revoke", "s1"}, verb.ExitOK, "ended"},
		{[]string{"revoke", "other"}, verb.ExitNotFound, "nothing here"},
		{[]string{"revoke"}, verb.ExitUsage, "called as: marquee revoke ID"},
		{[]string{"lockdown"}, verb.ExitOK, "Signed out everywhere else"},
		{[]string{"movie", "the"}, verb.ExitFailed, "several films"},
		{[]string{"movie", "괴물"}, verb.ExitOK, "The Host"},
		{[]string{"token"}, verb.ExitUsage, "no command token"},
		{[]string{"serve"}, verb.ExitUsage, "no command serve"},
		{[]string{"completion", "bash"}, verb.ExitUsage, "no command completion"},
		{[]string{"help", "serve"}, verb.ExitUsage, "no command serve"},
		{[]string{"sh", "-c", "id"}, verb.ExitUsage, ""},
	} {
		out, notes, code := h.run("en", 0, step.args...)
		if code != step.code || !strings.Contains(out+notes, step.says) {
			t.Errorf("%q: %d, want %d and %q\n%s%s", step.args, code, step.code, step.says, out, notes)
		}
	}
	if got := strings.Join(h.ended, " "); got != "s1 others" {
		t.Errorf("ended: %s", got)
	}
	if _, notes, _ := h.run("ko", 0, "movie", "the"); !strings.Contains(notes, "여러 영화가") {
		t.Errorf("in Korean: %s", notes)
	}
}

// What is wrong with a field is said with what the field is called in the
// person's language, as far as people see it.
func TestSentenceNamesFieldsAsPeopleDo(t *testing.T) {
	err := marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldWrongCode}, marquee.FieldError{Field: "cursor", Code: marquee.FieldFormat})
	for language, want := range map[string][]string{lang.English: {" Code: This code is wrong", " cursor: "}, lang.Korean: {" 코드: 코드가 올바르지", " cursor: "}} {
		said := verb.Sentence(lang.In(language), err)
		for _, words := range want {
			if !strings.Contains(said, words) {
				t.Errorf("%q does not say %q", said, words)
			}
		}
	}
}

// A mistake in the call is told in the person's language, whoever finds it.
func TestMistakesAreTold(t *testing.T) {
	for call, told := range map[string][2]string{
		"rate괴물":                {"there is no command rate괴물", "rate괴물 명령은 없습니다"},
		"rate 괴물":               {"something is missing; it is called as: marquee rate FILM RATING", "빠진 것이 있습니다"},
		"keys rename a b c":     {"c is too much; it is called as: marquee keys rename KEY NAME", "c: 필요 없습니다"},
		"keys nonsense":         {"no command nonsense; “marquee keys --help” lists", "nonsense 명령은 없습니다"},
		"movies --nonsense":     {"there is no flag --nonsense", "--nonsense 옵션은 없습니다"},
		"movies -z":             {"there is no flag -z", "-z 옵션은 없습니다"},
		"movies --limit":        {"--limit needs a value", "--limit에는 값이 필요합니다"},
		"movies --limit seven":  {"--limit cannot be seven", "seven 대신 다른 것을"},
		"sessions --json=maybe": {"--json cannot be maybe", "maybe 대신 다른 것을"},
	} {
		for i, language := range []string{"en", "ko"} {
			out, notes, code := (&house{}).run(language, 0, strings.Fields(call)...)
			if code != verb.ExitUsage || out != "" || !strings.Contains(notes, told[i]) {
				t.Errorf("%s: %d, want %q\n%s%s", call, code, told[i], out, notes)
			}
		}
	}
}
