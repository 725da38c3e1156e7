package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/theme"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// payloads are what a title or a name could do to a terminal.
var payloads = []string{
	"\x1b[31mred", "\x1b[3J", "\x1b[10;10H", "\x1b]0;title\x07", "\x1b]2;title\x1b\\", "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
	"\x1b]52;c;ZXZpbA==\x07", "\x1b]1337;File=x\x07", "\x1bP+q\x1b\\", "\x1b_apc\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\",
	"\u009b31m", "\u009d0;title\u009c", "\u0090q\u009c", "raw\x9b31m", "bell\a", "back\b\b\b", "over\rwrite", "new\nline",
	"del\x7f", "tab\ttab", "\u202eright-to-left", "\u2066isolate\u2069", "\u200fmark", "line\u2028sep", "bad\xff\xfeutf8", "zero\x00",
	"a" + strings.Repeat("\u0301", 1000), "👨\u200d👩\u200d👧\ufe0f wide", "한글\u1160",
	"\u115f\u1160\u3164fillers", "🇰🇷🇰flags", "1\ufe0f\u20e3keycap", "soft\u00adhyphen", "\u200b\u2060\ufeffzero wide", "नमस्ते क्षि", "สวัสดีน้ำ",
	"שלום ﷺ عربي", "☺\ufe0f⚠\ufe0f🏳\ufe0f\u200d🌈", "👍🏽tone", "\U000e0041tag", "𒐫 wide sign", "ｆｕｌｌ ﾊﾝｶｸ", "\u180e\u061cbidi mark",
}

// patience is how long something may take on a machine that does much else.
const patience = time.Minute

// output collects what a program writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

// program runs the real thing on a pipe, at 120x40.
func program(t *testing.T, f *fakeService) (out *output, keys io.Writer) {
	t.Helper()
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	in, w := io.Pipe()
	out = &output{}
	m := New(Options{Auth: f, Movies: f, Account: f, Token: f, Admin: f, SignedIn: func() bool { return true }, Messages: lang.In("en"),
		Theme: theme.New(r, theme.Auto, true), InitialSize: Size{120, 40}, ServerName: payloads[0], Remote: true})
	p := tea.NewProgram(m, tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(), tea.WithoutSignalHandler())
	done := make(chan error, 1)
	go func() { _, err := p.Run(); done <- err }()
	t.Cleanup(func() {
		p.Kill()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("the program did not end")
		}
		w.Close()
	})
	return out, w
}

func (o *output) waitFor(t testing.TB, word string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if strings.Contains(ansi.Strip(o.String()), word) {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	got := o.String()
	t.Fatalf("%q never came; the end is %q", word, got[max(0, len(got)-400):])
}

// allowed are the sequences that Bubble Tea and the styles write; a colour is
// always one of 24 bits here, the cursor goes to a column or the start of a line,
// and links lead to known sites.
var allowed = regexp.MustCompile(`^\x1b(\[((0|1|2|7|[34]8;2;\d+;\d+;\d+|;)*m|K|2?J|\d+G|(\d+;?)?H|\?\d+[hl])|\]8;(;|id=(imdb|wikipedia);https://(www\.imdb\.com|en\.wikipedia\.org)/[!-:<-~]+)\x07)$`).MatchString

// foreign returns what an output has beyond text and allowed sequences.
func foreign(s string) (bad []string) {
	p := ansi.NewParser()
	var state byte
	for len(s) > 0 {
		seq, _, n, next := ansi.DecodeSequence(s, state, p)
		switch r, _ := utf8.DecodeRuneInString(seq); {
		case seq[0] == 0x1b && !allowed(seq):
			bad = append(bad, seq)
		case len(seq) == 1 && seq[0] < 0x20 && seq != "\n" && seq != "\r", seq[0] == 0x7f:
			bad = append(bad, seq)
		case r >= 0x80 && r <= 0x9f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200f, r == 0x2028:
			bad = append(bad, seq)
		case !utf8.ValidString(seq):
			bad = append(bad, seq)
		}
		s, state = s[n:], next
	}
	return bad
}

// hostile is a service whose every text is a payload.
func hostile() *fakeService {
	f := newFake(0)
	f.user.Username, f.user.Email = payloads[3]+"mallory", payloads[7]
	f.user.IsSuperuser = true
	f.activity, f.people = nil, nil
	f.token = marquee.TokenState{Algorithm: payloads[0], KeyID: payloads[1], Issuer: payloads[2], Audience: payloads[3], Subject: payloads[4], SessionID: payloads[5],
		TokenID: payloads[8], Methods: payloads, Life: time.Hour, Over: time.Now().Add(time.Hour), RefreshDue: time.Now().Add(time.Hour)}
	for i, p := range payloads {
		f.activity = append(f.activity, marquee.Activity{ID: p, Kind: p, Reason: p, By: p, Client: p, Address: p, Agent: p, At: time.Now()})
		f.people = append(f.people, marquee.User{ID: string(rune('a' + i)), Username: p, Email: p})
	}
	for i := range f.sessions {
		f.sessions[i].Client, f.sessions[i].Address, f.sessions[i].Agent = payloads[i], payloads[i+3], payloads[i+8]
	}
	for i, p := range payloads {
		one := []string{p}
		date := marquee.Date(p)
		f.films = append(f.films, marquee.Movie{ID: string(rune('a' + i)), Title: "T" + p, OriginalTitle: p + "O", Year: 1999,
			Countries: one, Languages: one, Genres: one, Directors: one, Cast: payloads, Overview: strings.Repeat(p+" ", 3), WatchedOn: &date,
			IMDbURL: "https://www.imdb.com/title/tt1/" + p, WikipediaURL: p})
	}
	return f
}

func TestAttack_TextDrivesTheTerminal(t *testing.T) {
	f := hostile()
	out, keys := program(t, f)
	out.waitFor(t, "mallory")
	for range payloads {
		io.WriteString(keys, "\r")
		out.waitFor(t, "Directed by")
		io.WriteString(keys, "w")
		io.WriteString(keys, "\x1b")
		<-time.After(30 * time.Millisecond) // esc alone, not alt with the next key
		io.WriteString(keys, "j")
	}
	for _, place := range []string{"S", "V", "T", "U"} {
		io.WriteString(keys, place)
		out.waitFor(t, map[string]string{"S": "Last used", "V": "When  ", "T": "What it says", "U": "State"}[place])
	}
	io.WriteString(keys, "a")
	out.waitFor(t, "Sign out everywhere else")
	f.mu.Lock()
	f.before = func(context.Context, string) error {
		return &marquee.Error{Code: "a_new_code", Detail: payloads[6] + "detail"}
	}
	f.mu.Unlock()
	io.WriteString(keys, "\x12") // ctrl+r
	out.waitFor(t, "detail")
	if bad := foreign(out.String()); len(bad) > 0 {
		t.Errorf("written to the terminal: %q", bad)
	}
}

// The twin: the same walk with honest text shows it, and the check above
// does find what it looks for.
func TestHonestTextIsShown(t *testing.T) {
	out, keys := program(t, catalogue())
	out.waitFor(t, "살인의 추억")
	io.WriteString(keys, "j\r")
	out.waitFor(t, "봉준호")
	out.waitFor(t, "/wiki/Parasite_(2019_film)")
	if !strings.Contains(out.String(), "\x1b]8;id=wikipedia;https://en.wikipedia.org/wiki/Parasite_(2019_film)\a") {
		t.Error("no link was written")
	}
	if bad := foreign(out.String()); len(bad) > 0 {
		t.Errorf("written to the terminal: %q", bad)
	}
	for _, p := range payloads[:28] {
		if len(foreign(p)) == 0 && !strings.ContainsAny(p, "\r\n") {
			t.Errorf("the check does not see %q", p)
		}
	}
}

// Over SSH ctrl+v would read the server's clipboard into the visitor's field.
func TestAttack_PasteReadsTheServersClipboard(t *testing.T) {
	d := drive(t, newFake(1), plain)
	_, cmd := d.m.Update(tea.KeyMsg{Type: tea.KeyCtrlV})
	if cmd != nil {
		if msg := cmd(); msg != nil {
			t.Errorf("ctrl+v does %T", msg)
		}
	}
	d.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("mina\x1b[31m\n"), Paste: true})
	d.shows("mina") // the twin: what the terminal itself pastes arrives
}

func TestErrorsNeverShowWhatWentWrongInside(t *testing.T) {
	e := New(Options{Messages: lang.In("en")}).env
	inside := marquee.Wrap(marquee.CodeInternal, "select from users", errors.New("dial tcp 10.0.0.7:5432"))
	if got := errorText(e, inside); got != "Something went wrong on our side." {
		t.Error(got)
	}
	if got := errorText(e, errors.New("secret")); strings.Contains(got, "secret") {
		t.Error(got)
	}
}
