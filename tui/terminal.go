package main

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"golang.org/x/term"

	"example.com/marquee/tui/app"
	"example.com/marquee/tui/app/background"
	"example.com/marquee/tui/theme"
	"example.com/marquee/tui/verb"
)

// framesPerSecond is how often Bubble Tea looks whether there is something to
// draw, the most it takes: the first frame waits for the first look.
const framesPerSecond = 120

// runTerminal shows the pages until the person quits. The first frame waits
// for nothing: the server starts beside it.
func runTerminal(ctx context.Context, e environment, at target, look string) error {
	wanted, err := e.theme(look)
	if err != nil {
		return err
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
		return verb.UsageError{Err: errNoTerminal}
	}
	collectLater()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	events := make(chan tea.Msg, 8)
	notSaved := func(error) { offer(events, app.NoticeMsg{Text: e.say.T("command.not_saved")}) }
	conn, err := connect(ctx, e, at, "tui", notSaved)
	if err != nil {
		return err
	}
	defer conn.close()

	var keeping sync.Mutex // what is being written when the program ends is waited for
	keep := func(setting string, value any) error {
		keeping.Lock()
		defer keeping.Unlock()
		return keepSetting(setting, value)
	}
	defer keeping.Lock()
	input := background.NewFile(os.Stdin, func(dark bool) { offer(events, app.BackgroundMsg{Dark: dark}) })
	program := tea.NewProgram(app.New(app.Options{
		Context: ctx, Auth: conn, Movies: conn, Account: conn, Token: conn, Admin: conn, Devices: conn, Personal: conn, WriteFile: newFile, Events: conn.Events, SignedIn: conn.SignedIn,
		Messages: e.say, Theme: theme.New(lipgloss.NewRenderer(os.Stdout), wanted, background.FromEnvironment(e.environ)),
		SSHKeys: conn, Prover: e.heldKeys(conn.Client), Origin: conn.Origin(),
		ServerName: conn.serverName, InitialSize: terminalSize(), Passwords: conn.passwords,
		SetLanguage: conn.SetLanguage, Keep: keep, Problems: e.settingsProblems(),
		NoLinks: !app.KnowsLinks(e.get("TERM")),
		NoMouse: e.set.Mouse != nil && !*e.set.Mouse, Keys: e.set.Keys, Suspends: underShell(),
		Seen: conn.seen(e.language), Remember: conn.remember,
		Now:           e.now,
		AskBackground: func() { _, _ = io.WriteString(os.Stdout, background.Question) },
	}), tea.WithAltScreen(), tea.WithFPS(framesPerSecond), tea.WithContext(ctx), tea.WithInput(input))
	go forward(ctx, program, events)
	go func() {
		select {
		case err := <-conn.failed:
			cancel(err) // ends the program; the reason is printed below it
		case <-ctx.Done():
		}
	}()
	_, err = program.Run()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// collectLater lets garbage lie for the first second: to collect it twice
// before the first frame took a seventh of a start. The heap stays below 32 MB.
func collectLater() {
	usual := debug.SetGCPercent(800)
	time.AfterFunc(time.Second, func() { debug.SetGCPercent(usual) })
}

// offer drops a message when nobody takes them any more.
func offer(events chan<- tea.Msg, m tea.Msg) {
	select {
	case events <- m:
	default:
	}
}

func forward(ctx context.Context, p *tea.Program, events <-chan tea.Msg) {
	for {
		select {
		case m := <-events:
			p.Send(m)
		case <-ctx.Done():
			return
		}
	}
}

func terminalSize() app.Size {
	w, h, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return app.Size{}
	}
	return app.Size{Width: w, Height: h}
}
