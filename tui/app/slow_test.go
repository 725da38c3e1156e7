package app

import (
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/tui/theme"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
)

// marked is a model that answers marks, each when all before it is done.
type marked struct{ tea.Model }

type mark chan struct{}

func (m marked) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if passed, ok := msg.(mark); ok {
		close(passed)
		return m, nil
	}
	next, cmd := m.Model.Update(msg)
	return marked{next}, cmd
}

// A server that stops answering, and never answers again, holds up no key of
// any page.
func TestServerThatHangsDelaysNoKey(t *testing.T) { walkWhileTheServerHangs(t) }

// BenchmarkKeysWhileTheServerHangs is what a key costs from the terminal to
// the frame that is handed to the renderer, on every page, while the server
// does not answer: the 50th percentile and the most. Budget: 50 ms.
//
//	go test ./tui/app -run '^$' -bench KeysWhileTheServerHangs -benchtime 10x
func BenchmarkKeysWhileTheServerHangs(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		took = append(took, walkWhileTheServerHangs(b)...)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
	b.ReportMetric(0, "ns/op")
}

// walkWhileTheServerHangs goes through every page of a program and returns how
// long each key took.
func walkWhileTheServerHangs(t testing.TB) (took []time.Duration) {
	t.Helper()
	f := catalogue()
	m := New(Options{
		Auth: f, Movies: f, Account: f, Token: f, Admin: f, Devices: f, Personal: f, SSHKeys: f, Prover: f, SignedIn: func() bool { return true },
		Messages: lang.In("ko"), Theme: theme.New(lipgloss.NewRenderer(io.Discard), theme.Auto, true), InitialSize: Size{200, 50},
	})
	out := &output{}
	p := tea.NewProgram(marked{m}, tea.WithInput(nil), tea.WithOutput(out), tea.WithoutSignalHandler())
	done := make(chan error, 1)
	go func() { _, err := p.Run(); done <- err }()
	defer func() { p.Kill(); <-done }()
	out.waitFor(t, "1 / 60")
	f.mu.Lock()
	f.before = func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
	f.mu.Unlock()
	press := func(k string) time.Duration {
		passed := make(mark)
		began := time.Now()
		p.Send(keyNamed(k))
		p.Send(passed)
		select {
		case <-passed:
		case <-time.After(patience):
			t.Fatalf("after %q nothing goes on", k)
		}
		return time.Since(began)
	}
	for _, walk := range [][]string{
		{"j", "k", "ctrl+d", "ctrl+u", "G", "g", "s", "w", "9", "t", "y", "ctrl+r"},
		{"/", "a", "b", "backspace", "enter", "esc"}, {"J", "F", "i", "enter"}, {"f", "right", "tab", "1", "enter", "esc"},
		{"enter", "8", "0", "x", "w", "t", "d", "up", "enter", "y"}, {"?"}, {":", "w"}, {"M"}, {"ctrl+r"},
		{"W", "j", "w", "G"}, {"D", "left", "right", "j"}, {"a", "j", "j", "enter"}, {"S", "x", "o", "e"}, {"K", "n", "j", "e", "x"},
		{"V", "j", "G"}, {"T", "ctrl+r"}, {"U", "/", "a", "enter", "x"}, {"P", "bcdfghjk", "enter"},
	} {
		for _, k := range append(walk, "esc", "esc", "esc") {
			took = append(took, press(k))
		}
	}
	return took
}
