package app

import (
	"context"
	"io"
	"iter"
	"reflect"
	"runtime"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/theme"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/muesli/termenv"
)

// driver runs a model by hand: commands run when told, timers go by a clock
// that only the test moves.
type driver struct {
	t      testing.TB
	m      tea.Model
	now    time.Time
	timers []timer
	held   []tea.Cmd // calls of the API that wait when hold is set
	ear    tea.Cmd   // waits for the next live event
	told   chan marquee.LiveEvent
	hold   bool
	late   bool      // calls are answered at once, but the answers come when delivered
	coming []tea.Msg // answers on their way
	quit   bool
}

// today9 is when every test begins.
var today9 = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

type timer struct {
	at time.Time
	fn func(time.Time) tea.Msg
}

// timerMsg is what the injected tick hands over instead of waiting.
type timerMsg timer

type setup struct {
	width, height int
	language      string
	colour        termenv.Profile
	signedIn      bool
	visit         *Visit
	hold          bool // of calls, from the start
	remote        bool // the person is not at this machine
}

func drive(t testing.TB, service *fakeService, s setup) *driver {
	t.Helper()
	return driveService(t, service, service, s)
}

// driveService is drive with films from elsewhere.
func driveService(t testing.TB, service *fakeService, films marquee.MovieService, s setup) *driver {
	t.Helper()
	return driveWith(t, service, s, Options{Movies: films})
}

// driveWith is drive with more options, which are kept where they are set.
func driveWith(t testing.TB, service *fakeService, s setup, o Options) *driver {
	t.Helper()
	d := &driver{t: t, hold: s.hold, now: today9, told: make(chan marquee.LiveEvent, 1)}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(s.colour)
	o.Auth, o.Account, o.Token, o.Admin, o.Personal, o.Devices, o.Events = service, service, service, service, service, service, d.events
	o.SSHKeys, o.Origin = service, fakeOrigin
	if !s.remote && s.visit == nil {
		o.Prover = service
	}
	if o.WriteFile == nil && o.Prover != nil {
		o.WriteFile = (&disk{files: map[string]string{}}).write
	}
	if o.Movies == nil {
		o.Movies = service
	}
	if o.Passwords.Judge == nil {
		o.Passwords.Judge = strength.Judge
	}
	o.SignedIn = func() bool { return s.signedIn }
	o.Messages, o.Theme, o.ServerName = lang.In(s.language), theme.New(r, theme.Auto, true), "test server"
	o.Now = func() time.Time { return d.now }
	o.Tick = func(after time.Duration, fn func(time.Time) tea.Msg) tea.Cmd {
		at := d.now.Add(after)
		return func() tea.Msg { return timerMsg{at, fn} }
	}
	o.Visit, o.Jitter = s.visit, func() float64 { return 1 }
	d.m = New(o)
	d.send(tea.WindowSizeMsg{Width: s.width, Height: s.height})
	d.run(d.m.Init())
	return d
}

func (d *driver) send(msg tea.Msg) {
	d.t.Helper()
	var cmd tea.Cmd
	d.m, cmd = d.m.Update(msg)
	d.run(cmd)
}

// run carries out a command, in order, unless it is held back. Batches are
// taken apart first so that each call of the API counts as one.
func (d *driver) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil {
		return
	}
	if strings.Contains(funcName(cmd), "live.wait") {
		d.ear = cmd
		return
	}
	if d.hold && isCall(cmd) {
		d.held = append(d.held, cmd)
		return
	}
	if d.late && isCall(cmd) {
		d.coming = append(d.coming, cmd())
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case timerMsg:
		d.timers = append(d.timers, timer(msg))
	case tea.QuitMsg:
		d.quit = true
	default:
		d.send(msg)
	}
}

// events are those that the test tells; the root asks for one at a time.
func (d *driver) events(context.Context) iter.Seq[marquee.LiveEvent] {
	return func(yield func(marquee.LiveEvent) bool) {
		for e := range d.told {
			if !yield(e) {
				return
			}
		}
	}
}

// tell lets the program hear of an event.
func (d *driver) tell(e marquee.LiveEvent) {
	d.t.Helper()
	if d.ear == nil {
		d.t.Fatal("nobody listens")
	}
	d.told <- e
	ear := d.ear
	d.ear = nil
	d.send(ear())
}

// isCall reports the commands that take long: those of api.call and
// api.measure.
func isCall(cmd tea.Cmd) bool {
	name := funcName(cmd)
	return strings.Contains(name, "api.call") || strings.Contains(name, "api.measure")
}

// release runs what was held back, in the order given by pick over indexes.
func (d *driver) release(order ...int) {
	d.t.Helper()
	held := d.held
	d.held = nil
	if len(order) == 0 {
		for i := range held {
			order = append(order, i)
		}
	}
	hold := d.hold
	for _, i := range order {
		d.hold = false
		d.run(held[i])
		d.hold = hold
	}
}

// deliver lets the answers come that are on their way, the last one first. What
// is asked because of one is answered at once.
func (d *driver) deliver() {
	d.t.Helper()
	coming := d.coming
	d.coming, d.late = nil, false
	for _, msg := range slices.Backward(coming) {
		d.send(msg)
	}
}

// pass moves the clock and lets timers that are due go off.
func (d *driver) pass(by time.Duration) {
	d.t.Helper()
	end := d.now.Add(by)
	for {
		sort.SliceStable(d.timers, func(i, j int) bool { return d.timers[i].at.Before(d.timers[j].at) })
		if len(d.timers) == 0 || d.timers[0].at.After(end) {
			break
		}
		next := d.timers[0]
		d.timers = d.timers[1:]
		d.now = next.at
		d.send(next.fn(next.at))
	}
	d.now = end
}

// press types keys by name; what is no name is typed as one read.
func (d *driver) press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.send(keyNamed(k))
	}
}

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"shift+tab": tea.KeyShiftTab, "ctrl+x": tea.KeyCtrlX, "ctrl+o": tea.KeyCtrlO, "ctrl+y": tea.KeyCtrlY, "ctrl+k": tea.KeyCtrlK, "ctrl+c": tea.KeyCtrlC, "ctrl+r": tea.KeyCtrlR, "f1": tea.KeyF1,
	"home": tea.KeyHome, "end": tea.KeyEnd, "ctrl+d": tea.KeyCtrlD, "ctrl+u": tea.KeyCtrlU,
	"backspace": tea.KeyBackspace, "ctrl+v": tea.KeyCtrlV, "pgdown": tea.KeyPgDown, "left": tea.KeyLeft,
	"right": tea.KeyRight,
}

func keyNamed(k string) tea.KeyMsg {
	if typ, ok := named[k]; ok {
		return tea.KeyMsg{Type: typ}
	}
	if k == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
}

// size is what the model draws for.
func (d *driver) size() Size { return d.m.(Model).size }

// drawn returns the rows of the model. It fails when one is wider than the
// terminal or there are too many.
func (d *driver) drawn() []string {
	d.t.Helper()
	s := d.size()
	lines := strings.Split(d.m.View(), "\n")
	if len(lines) > s.Height {
		d.t.Fatalf("%d rows on a terminal of %d:\n%s", len(lines), s.Height, strings.Join(lines, "\n"))
	}
	for _, line := range lines {
		if w := cells.Width(line); w > s.Width {
			d.t.Fatalf("a row of %d cells on a terminal of %d: %q", w, s.Width, line)
		}
	}
	return lines
}

// screen draws the model on an emulated terminal and returns its rows.
func (d *driver) screen() []string {
	d.t.Helper()
	return d.onScreen(d.drawn())
}

// onScreen writes lines on an emulated terminal and returns its rows. It fails
// when one takes other cells than it was counted for.
func (d *driver) onScreen(lines []string) []string {
	d.t.Helper()
	em := vt.NewEmulator(d.size().Width, d.size().Height)
	defer em.Close()
	for i, line := range lines {
		if i > 0 {
			io.WriteString(em, "\r\n")
		}
		io.WriteString(em, line)
		// Behind a full row the cursor waits on its last cell.
		if at, want := em.CursorPosition().X, cells.Width(line); at != min(want, d.size().Width-1) {
			d.t.Errorf("a row counted as %d cells takes %d of the terminal: %q", want, at, line)
		}
	}
	rows := strings.Split(em.String(), "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " \r")
	}
	return rows
}

func (d *driver) text() string { d.t.Helper(); return strings.Join(d.screen(), "\n") }

// shows fails unless the screen has each of the words.
func (d *driver) shows(words ...string) {
	d.t.Helper()
	text := d.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			d.t.Fatalf("no %q on the screen:\n%s", w, text)
		}
	}
}

// lacks fails if the screen has any of the words.
func (d *driver) lacks(words ...string) {
	d.t.Helper()
	text := d.text()
	for _, w := range words {
		if strings.Contains(text, w) {
			d.t.Fatalf("%q on the screen:\n%s", w, text)
		}
	}
}

func funcName(f any) string { return runtimeName(reflect.ValueOf(f).Pointer()) }

func runtimeName(pc uintptr) string { return runtime.FuncForPC(pc).Name() }

// cellOf is the cell of a row at which text begins, -1 if it is not there.
func cellOf(row, text string) int {
	before, _, found := strings.Cut(row, text)
	if !found {
		return -1
	}
	return cells.Width(before)
}

// cellAt is what a row has in a cell, "" behind its end.
func cellAt(row string, at int) string { return ansi.Cut(row, at, at+1) }
