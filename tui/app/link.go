package app

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// The pauses between tries while the server is away.
const (
	firstPause = time.Second
	mostPause  = 30 * time.Second
)

// link is whether the server answers. While it does not, the root asks it who
// the person is, after growing pauses; pages hear of it when it answers.
type link struct {
	away    bool
	err     error
	tries   int
	next    time.Time // of the next try
	probing bool      // a try is on its way
	gen     int       // of tries and their timers
	heard   time.Time // when the last question was asked that it answered
}

// The root's timers.
type (
	probeDue  struct{ gen int }
	secondDue struct{}
)

// pause grows to mostPause; the jitter of 50 to 100 % keeps many terminals
// from asking a returning server at the same moment.
func pause(tries int, jitter float64) time.Duration {
	d := mostPause
	if tries < 5 {
		d = min(mostPause, firstPause<<tries)
	}
	return time.Duration(float64(d) * (0.5 + jitter/2))
}

// lost begins, or goes on, waiting for the server.
func (m Model) lost(err error) (Model, tea.Cmd) {
	if !m.link.away {
		m.log = m.log.add(m.env.now(), errorText(m.env, err), true)
	}
	d := pause(m.link.tries, m.opts.Jitter())
	m.link.away, m.link.err, m.link.probing = true, err, false
	m.link.tries++
	m.link.gen++
	m.link.next = m.env.now().Add(d)
	gen := m.link.gen
	m, count := m.countDown()
	return m, tea.Batch(count, m.env.tick(d, func(time.Time) tea.Msg { return probeDue{gen} }))
}

// probe asks the server now.
func (m Model) probe() (Model, tea.Cmd) {
	if m.link.probing {
		return m, nil
	}
	m.link.probing = true
	m.link.gen++
	return m, m.rootAPI().whoAmI(m.link.gen)
}

// heard takes from an answer whether the server is there.
func (m Model) heard(r reply) (Model, tea.Cmd) {
	mine := r.to == rootPage && r.gen == m.link.gen
	switch {
	case serverAway(r.err) && r.began.Before(m.link.heard):
		return m, nil // it has answered what was asked later
	case serverAway(r.err) && m.signedIn && (!m.link.away || mine):
		return m.lost(r.err)
	case serverAway(r.err):
		return m, nil
	}
	if r.began.After(m.link.heard) {
		m.link.heard = r.began
	}
	if !m.link.away || !mine && m.returning == 0 && m.link.tries == 1 && m.env.now().Before(m.link.next) {
		// A server that answers one question and not the other is tried after
		// the pause: at once, all would be asked again and again.
		return m, nil
	}
	m.link = link{gen: m.link.gen + 1, heard: m.link.heard}
	m.log = m.log.add(m.env.now(), m.env.say.T("pages.live.back"), false)
	switch {
	case m.status.inVain():
		m = m.note(status{notice: m.env.say.T("pages.live.in_vain")})
	case serverAway(m.status.err):
		m.status = status{}
	}
	m, cmd := m.broadcast(reconnected{})
	if m.returning > 0 && (r.to != rootPage || r.gen < m.returning) { // what was asked then is still not known
		m, again := m.byKey()
		return m, tea.Batch(cmd, again)
	}
	return m, cmd
}

// countDown redraws once a second while a number of seconds is shown.
func (m Model) countDown() (Model, tea.Cmd) {
	if m.ticking || !m.link.away && !m.status.counting(m.env) {
		return m, nil
	}
	m.ticking = true
	return m, m.env.tick(time.Second, func(time.Time) tea.Msg { return secondDue{} })
}
