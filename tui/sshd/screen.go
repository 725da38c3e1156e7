package sshd

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// frame is the least time from one drawing to the next: what changes sooner
// is drawn together.
const frame = time.Second / 60

const (
	mouseOn  = ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr
	mouseOff = ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr
	enter    = ansi.HideCursor + ansi.SetModeAltScreenSaveCursor + ansi.EraseEntireScreen + ansi.CursorHomePosition +
		ansi.HideCursor + ansi.SetModeBracketedPaste
	restore = ansi.EraseEntireLine + "\r" + ansi.ResetModeBracketedPaste + ansi.ShowCursor + mouseOff +
		ansi.ResetModeAltScreenSaveCursor + ansi.ShowCursor
)

// screen draws what a program shows onto a terminal as it changes, and does
// nothing meanwhile. Bubble Tea's renderer looks sixty times a second whether
// there is something to draw: 300 windows would wake an idle server 18,000
// times a second, and a key would wait half a frame to be seen.
//
// Only the newest view is kept for a terminal that is slow to read, and the
// program does not wait for it.
type screen struct {
	out     io.Writer
	changed chan struct{} // there is something to draw
	closing chan struct{}
	closed  chan struct{} // nothing is drawn any more

	mu            sync.Mutex
	view          string
	modes         string // that the terminal is to be set to before it
	width, height int    // of the terminal, in cells
	drawn         []string
}

// newScreen is a screen that draw takes over; hello is said to the terminal
// first.
func newScreen(out io.Writer, hello string, width, height int) *screen {
	return &screen{
		out: out, modes: hello + enter, width: width, height: height,
		changed: make(chan struct{}, 1), closing: make(chan struct{}), closed: make(chan struct{}),
	}
}

// draw draws until close, which must follow.
func (s *screen) draw() {
	defer close(s.closed)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-s.changed:
		case <-s.closing:
			return
		}
		s.flush()
		pause.Reset(frame)
		select {
		case <-pause.C:
		case <-s.closing:
			return
		}
	}
}

// close puts the terminal back. It waits for a terminal that does not read
// until the connection is cut.
func (s *screen) close() {
	close(s.closing)
	<-s.closed
	_, _ = io.WriteString(s.out, restore)
}

// show is the program's view from now on.
func (s *screen) show(view string) {
	s.mu.Lock()
	s.view = view
	s.mu.Unlock()
	s.wake()
}

func (s *screen) wake() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// set makes the terminal change its ways before it is drawn to next.
func (s *screen) set(modes string) {
	s.mu.Lock()
	s.modes += modes
	s.mu.Unlock()
	s.wake()
}

// resize draws everything anew for a terminal of another size.
func (s *screen) resize(width, height int) {
	s.mu.Lock()
	s.width, s.height, s.drawn = width, height, nil
	s.mu.Unlock()
}

// flush writes what differs from what was drawn last.
func (s *screen) flush() {
	if news := s.news(); len(news) > 0 {
		_, _ = s.out.Write(news)
	}
}

func (s *screen) news() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out bytes.Buffer
	out.WriteString(s.modes)
	s.modes = ""
	lines := strings.Split(s.view, "\n")
	if len(lines) > s.height {
		lines = lines[len(lines)-s.height:]
	}
	for i, line := range lines {
		if i < len(s.drawn) && s.drawn[i] == line {
			continue
		}
		out.WriteString(ansi.CursorPosition(1, i+1))
		out.WriteString(ansi.Truncate(line, s.width, ""))
		if ansi.StringWidth(line) < s.width { // in the last column it would erase what stands there
			out.WriteString(ansi.EraseLineRight)
		}
	}
	if len(lines) < s.height && (s.drawn == nil || len(lines) < len(s.drawn)) {
		out.WriteString(ansi.CursorPosition(1, len(lines)+1) + ansi.EraseScreenBelow)
	}
	s.drawn = lines
	if out.Len() > 0 {
		out.WriteString(ansi.CursorPosition(1, len(lines))) // where what is said in the end belongs
	}
	return out.Bytes()
}

// onScreen is a model whose views go to a screen of ours.
type onScreen struct {
	tea.Model
	screen *screen
}

// Update implements tea.Model. Of what a program may ask of a terminal it heeds
// what ours ask: the types of those messages are Bubble Tea's own.
func (m onScreen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch size, ok := msg.(tea.WindowSizeMsg); {
	case ok:
		m.screen.resize(size.Width, size.Height)
	case msg == tea.EnableMouseCellMotion():
		m.screen.set(mouseOn)
	case msg == tea.DisableMouse():
		m.screen.set(mouseOff)
	}
	var cmd tea.Cmd
	m.Model, cmd = m.Model.Update(msg)
	return m, cmd
}

// View implements tea.Model.
func (m onScreen) View() string {
	m.screen.show(m.Model.View())
	return ""
}
