package app

import (
	"time"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// actElsewhere leads from the sign-in page to the one here.
const actElsewhere = "tui.action.elsewhere"

// goElsewhere asks for the sign-in by another session.
type goElsewhere struct{}

// offersElsewhere reports whether this is the sign-in page that leads there.
func (p signInPage) offersElsewhere() bool {
	return p.api.devices != nil && p.attempt == ""
}

// askElsewhere begins the sign-in by another session. Over a locked page it
// takes the place of name and password, so that it leads back to that page.
func (p signInPage) askElsewhere() (page, intent, tea.Cmd) {
	if p.reason == "" {
		return p, goElsewhere{}, nil
	}
	p.gen++ // an answer to a password that is under way is nobody's
	p.busy = false
	inside := newElsewhere(p.api)
	inside.gen = p.gen
	inside, cmd := inside.begin()
	p.inside = &inside
	return p, clearError{}, cmd
}

// insideLock gives a message to the sign-in by another session, and leaves it
// where it goes back.
func (p signInPage) insideLock(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	next, want, cmd := p.inside.update(e, msg)
	inside := next.(elsewherePage)
	p.inside, p.gen = &inside, inside.gen
	if _, back := want.(goBack); back {
		p.gen++ // nobody waits for an answer any more
		p.inside = nil
		return p, clearError{}, cmd
	}
	return p, want, cmd
}

// The bounds of what a server says about its times, and how much longer the
// pauses become when it asks for that (RFC 8628 section 3.5).
const (
	longestWait  = time.Hour
	longestPause = time.Minute
	slowDown     = 5 * time.Second
)

// elsewherePage signs in without a password: it shows a code, and a session
// elsewhere lets it in (RFC 8628).
type elsewherePage struct {
	api    api
	size   Size
	device marquee.DeviceAuthorization // the zero one until the server gave one
	until  time.Time                   // when the code is over
	next   time.Time                   // when the server is asked again
	pause  time.Duration               // between two questions
	over   string                      // message id of why it is over, "" before
	away   bool                        // the last question was not answered
	asking bool                        // a question is on its way
	in     bool                        // the session is open
	gen    int
}

func newElsewhere(a api) elsewherePage { return elsewherePage{api: a} }

func (p elsewherePage) init(env) (page, tea.Cmd) { return p.begin() }
func (p elsewherePage) setSize(size Size) page   { p.size = size; return p }
func (p elsewherePage) title(e env) string       { return e.say.T("web.device.ask") }
func (p elsewherePage) typing() bool             { return false }
func (p elsewherePage) keys(e env) []key.Binding {
	if p.over != "" {
		return []key.Binding{e.keys.submit, e.keys.back}
	}
	return []key.Binding{e.keys.back, e.keys.copy}
}

// begin asks for a code.
func (p elsewherePage) begin() (elsewherePage, tea.Cmd) {
	p = elsewherePage{api: p.api, size: p.size, gen: p.gen + 1}
	return p, p.api.askDevice(p.gen)
}

// tooLate ends a session that was opened when nobody waited for it any more.
func (m Model) tooLate(msg answer) tea.Cmd {
	switch msg.(type) {
	case letIn, signedIn, keyTried:
	default:
		return nil
	}
	if msg.head().err != nil || m.signedIn {
		return nil
	}
	return m.rootAPI().signOut(0, marquee.LogoutLocal)
}

// elsewhereDue goes off once a second: the time that is left is shown.
type elsewhereDue struct{}

func (p elsewherePage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case deviceAsked:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		return p.asked(e, msg)
	case letIn:
		if msg.err == nil {
			p.in = true // however late that is told
			return p, entered{}, nil
		}
		if msg.gen != p.gen || p.over != "" {
			return p, nil, nil
		}
		return p.answered(e, msg.err)
	case delayed:
		if msg.gen == p.gen && p.over == "" && !p.in {
			return p.second(e)
		}
	}
	return p, nil, nil
}

func (p elsewherePage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case key.Matches(msg, k.submit) && p.over != "":
		next, cmd := p.begin()
		return next, clearError{}, cmd
	case key.Matches(msg, k.copy) && p.device.DeviceCode != "":
		return p, copyText{p.link()}, nil
	}
	return p, nil, nil
}

// asked shows the code and begins to wait.
func (p elsewherePage) asked(e env, msg deviceAsked) (page, intent, tea.Cmd) {
	if msg.err != nil {
		p.over = "tui.elsewhere.none"
		return p, showError{msg.err, "tui.again.enter"}, nil
	}
	p.device = msg.device
	p.until = e.now().Add(bounded(p.device.ExpiresIn, longestWait))
	p.pause = bounded(p.device.Interval, longestPause)
	p.next = e.now().Add(p.pause)
	return p, clearError{}, p.wait(e)
}

// bounded are so many seconds, but no more than most.
func bounded(seconds int, most time.Duration) time.Duration {
	return time.Duration(max(0, min(seconds, int(most/time.Second)))) * time.Second
}

func (p elsewherePage) wait(e env) tea.Cmd {
	return after(e, p.api, time.Second, p.gen, elsewhereDue{})
}

// second asks the server when it is time for that.
func (p elsewherePage) second(e env) (page, intent, tea.Cmd) {
	switch now := e.now(); {
	case !now.Before(p.until):
		p.over = "error.expired_token"
		return p, clearError{}, nil
	case p.asking || now.Before(p.next):
		return p, nil, p.wait(e)
	}
	p.asking = true
	return p, nil, tea.Batch(p.wait(e), p.api.loginDevice(p.gen, p.device.DeviceCode))
}

// answered goes on waiting unless somebody has answered. A server that is away
// loses nothing: the code is good when it is back.
func (p elsewherePage) answered(e env, err error) (page, intent, tea.Cmd) {
	p.asking, p.away = false, serverAway(err)
	switch code := marquee.ErrorCode(err); {
	case code == marquee.CodeSlowDown:
		p.pause += slowDown
	case p.away, code == marquee.CodeAuthorizationPending, code == marquee.CodeTooManyRequests:
	case code == marquee.CodeAccessDenied:
		p.over = "error.access_denied"
	case code == marquee.CodeExpiredToken, code == marquee.CodeInvalidGrant:
		p.over = "error.expired_token"
	default:
		p.over = "tui.elsewhere.none"
		return p, showError{err, "tui.again.enter"}, nil
	}
	p.next = e.now().Add(p.pause)
	return p, nil, nil
}
