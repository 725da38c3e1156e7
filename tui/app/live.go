package app

import (
	"context"
	"iter"
	"slices"
	"time"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

// askedMost bounds the sessions that are looked for.
const askedMost = 8

// alertFor is how long the notice of a new sign-in stays.
const alertFor = 2 * time.Minute

// live is what the root hears of the account while somebody is signed in.
type live struct {
	gen    int
	next   func() (marquee.LiveEvent, bool)
	stop   func()
	cancel context.CancelFunc

	ended *marquee.LiveEvent // the end of this session, told and not yet felt
	alert *alert             // a new sign-in that is shown
	asked []string           // sessions that are looked up to be shown
}

// alert is a new sign-in: the person sees where, and may end it with one key.
type alert struct {
	session marquee.Session
	until   time.Time
}

// The root's messages of this.
type (
	liveHeard struct {
		gen   int
		event marquee.LiveEvent
		ok    bool // false: nothing more comes
	}
	alertOver struct{ gen int }
)

// listen begins to hear of the account that has just been signed in to.
func (m Model) listen() (Model, tea.Cmd) {
	m = m.deaf()
	if m.opts.Events == nil {
		return m, nil
	}
	ctx, cancel := context.WithCancel(m.ctx)
	next, stop := iter.Pull(m.opts.Events(ctx))
	m.live = live{gen: m.live.gen, next: next, stop: stop, cancel: cancel}
	return m, m.live.wait()
}

// deaf stops hearing; what is under way is dropped.
func (m Model) deaf() Model {
	if m.live.cancel != nil {
		m.live.cancel()
	}
	m.live = live{gen: m.live.gen + 1}
	return m
}

// wait waits for the next event. One such command is out at a time, and it
// ends with the context.
func (l live) wait() tea.Cmd {
	return func() tea.Msg {
		event, ok := l.next()
		if !ok {
			l.stop()
		}
		return liveHeard{l.gen, event, ok}
	}
}

// heardLive takes an event.
func (m Model) heardLive(msg liveHeard) (Model, tea.Cmd) {
	switch {
	case msg.gen != m.live.gen:
		return m, nil
	case !msg.ok && m.signedIn && m.lock == nil:
		// What ended the session may have happened while nobody listened.
		m.link.gen++
		return m, m.rootAPI().whoAmI(m.link.gen)
	case !msg.ok:
		return m, nil
	}
	more := m.live.wait()
	var cmd tea.Cmd
	switch msg.event.Kind {
	case marquee.LiveSessionEnded:
		// The server is asked before it counts; the answer locks.
		m.live.ended = &msg.event
		m.link.gen++
		cmd = m.rootAPI().whoAmI(m.link.gen)
	case marquee.LiveSignedIn:
		// One that this answer does not know yet, the next may: it is kept.
		m.live.asked = append(slices.Clone(m.live.asked[max(0, len(m.live.asked)-askedMost):]), msg.event.SessionID)
		m, cmd = m.broadcast(accountTold{})
		cmd = tea.Batch(cmd, m.rootAPI().findSessions(m.live.gen))
	case marquee.LiveCredentialChanged:
		m, cmd = m.broadcast(accountTold{})
		m = m.note(status{notice: m.env.say.T("pages.live.changed")})
	}
	return m, tea.Batch(more, cmd)
}

// lookedUp shows where the new sign-in came from.
func (m Model) lookedUp(msg sessionsFound) (Model, tea.Cmd) {
	if msg.gen != m.live.gen {
		return m, nil
	}
	asked := m.live.asked
	for _, s := range msg.sessions {
		for _, id := range asked {
			if s.ID != id || s.Current {
				continue
			}
			m.live.asked = slices.DeleteFunc(slices.Clone(m.live.asked), func(one string) bool { return one == id })
			m.live.alert = &alert{s, m.env.now().Add(alertFor)}
			m.log = m.log.add(m.env.now(), m.alertText(), false)
		}
	}
	gen := m.live.gen
	return m, m.env.tick(alertFor, func(time.Time) tea.Msg { return alertOver{gen} })
}

// alertText says who signed in, and what ends it.
func (m Model) alertText() string {
	s := m.live.alert.session
	return m.env.say.T("pages.live.signed_in", "Device", deviceName(m.env, s.Client, s.Agent), "Address", label(s.Address, 45))
}

// endNew ends the session that the alert is about.
func (m Model) endNew() (Model, tea.Cmd) {
	id := m.live.alert.session.ID
	m.live.alert = nil
	return m, m.rootAPI().endSession(m.live.gen, id)
}

// endedNew says what became of it.
func (m Model) endedNew(msg sessionEnd) (Model, tea.Cmd) {
	if msg.err != nil {
		m.status = failed(m.env, msg.err, "pages.again.sessions", rootPage)
		return m, nil
	}
	m = m.note(status{notice: m.env.say.T("pages.live.ended_new")})
	return m.broadcast(accountTold{})
}

// lockReason says when and why this session ended, as far as that was told.
func (m Model) lockReason(err error) string {
	ended := m.live.ended
	if ended == nil {
		return errorText(m.env, err)
	}
	why, ok := m.env.say.Find("pages.ended." + ended.Reason)
	if !ok {
		why = errorText(m.env, err)
	}
	return m.env.say.T("pages.ended.at", "Time", local(m.env, ended.At).Format("15:04"), "Why", why)
}
