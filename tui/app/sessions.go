package app

import (
	"context"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

type sessionsFound struct {
	reply
	sessions []marquee.Session
}

func (a api) findSessions(gen int) tea.Cmd {
	var list []marquee.Session
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		list, err = a.auth.Sessions(ctx)
		return err
	}, func(r reply) tea.Msg { return sessionsFound{r, list} })
}

// sessionEnd answers the end of one session.
type sessionEnd struct {
	reply
	id string
}

// endSession ends a session. One that is over already is what was wanted.
func (a api) endSession(gen int, id string) tea.Cmd {
	return a.call(gen, readDeadline, func(ctx context.Context) error {
		err := a.auth.EndSession(ctx, id)
		if marquee.IsCode(err, marquee.CodeNotFound) {
			return nil
		}
		return err
	}, func(r reply) tea.Msg { return sessionEnd{r, id} })
}

// accountTold tells pages that the account is no longer as they know it:
// somebody signed in, or what one signs in with has changed.
type accountTold struct{}

// sessionsPage is where the person is signed in.
type sessionsPage struct {
	api      api
	size     Size
	sessions []marquee.Session
	cursor   int
	loaded   bool
	slow     bool
	failed   bool
	gen      int
	acts     int
	busy     bool
	sure     *confirm // before everything ends
}

func newSessions(a api) sessionsPage { return sessionsPage{api: a} }

func (p sessionsPage) place() place                     { return placeSessions }
func (p sessionsPage) init(e env) (page, tea.Cmd)       { return p.reload(e) }
func (p sessionsPage) setSize(size Size) page           { p.size = size; return p }
func (p sessionsPage) title(e env) string               { return e.say.T("pages.title.sessions") }
func (p sessionsPage) typing() bool                     { return false }
func (p sessionsPage) withForm(do func(form) form) page { p.sure = p.sure.withForm(do); return p }

func (p sessionsPage) keys(e env) []key.Binding {
	k := e.keys
	if p.sure != nil {
		return p.sure.keys(e)
	}
	return []key.Binding{k.back, k.end, k.endOthers, k.endAll, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

func (p sessionsPage) reload(e env) (sessionsPage, tea.Cmd) {
	p.gen++
	p.failed, p.slow = false, false
	return p, tea.Batch(p.api.findSessions(p.gen), after(e, p.api, slowAfter, p.gen, slowDue{}))
}

func (p sessionsPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if p.sure != nil {
			return p.sureKey(e, msg)
		}
		return p.key(e, msg)
	case clicked:
		if i, ok := p.rowAt(e, msg.y); ok && p.sure == nil {
			p.cursor = i
		}
	case sessionsFound:
		return p.found(msg)
	case sessionEnd:
		if msg.gen != p.acts {
			return p, nil, nil
		}
		p.busy = false
		if msg.err != nil {
			return p, showError{msg.err, "tui.again.key"}, nil
		}
		next, cmd := p.reload(e)
		return next, showNotice{e.say.T("pages.sessions.ended")}, cmd
	case signedOut:
		return p.signedOut(e, msg)
	case delayed:
		if _, ok := msg.what.(slowDue); ok {
			p.slow = msg.gen == p.gen && !p.loaded && !p.failed
		}
	case accountTold:
		next, cmd := p.reload(e)
		return next, nil, cmd
	case reconnected:
		if p.failed || msg.all {
			next, cmd := p.reload(e)
			return next, nil, cmd
		}
	}
	return p, nil, nil
}

func (p sessionsPage) found(msg sessionsFound) (page, intent, tea.Cmd) {
	if msg.gen != p.gen {
		return p, nil, nil
	}
	p.slow = false
	if p.failed = msg.err != nil; p.failed {
		return p, showError{msg.err, "tui.again.refresh"}, nil
	}
	chosen := p.selected().ID
	p.sessions, p.loaded = msg.sessions, true
	p.cursor = min(p.cursor, max(0, len(p.sessions)-1))
	for i, s := range p.sessions { // the cursor stays with its session
		if s.ID == chosen {
			p.cursor = i
		}
	}
	return p, nil, nil
}

func (p sessionsPage) signedOut(e env, msg signedOut) (page, intent, tea.Cmd) {
	if msg.gen != p.acts {
		return p, nil, nil
	}
	p.busy = false
	switch {
	case msg.err != nil:
		return p, showError{msg.err, "tui.again.key"}, nil
	case msg.scope != marquee.LogoutOthers:
		return p, leave{"tui.notice.signed_out"}, nil
	}
	next, cmd := p.reload(e)
	return next, showNotice{e.say.T("tui.notice.others_signed_out")}, cmd
}

// selected is the session under the cursor; the zero value without one.
func (p sessionsPage) selected() marquee.Session {
	if p.cursor < len(p.sessions) {
		return p.sessions[p.cursor]
	}
	return marquee.Session{}
}

func (p sessionsPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	if at, ok := scrollKey(e, msg, p.cursor, max(0, len(p.sessions)-1), p.size.Height); ok {
		p.cursor = at
		return p, nil, nil
	}
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case p.busy || !p.loaded || len(p.sessions) == 0:
	case key.Matches(msg, k.end) && p.selected().Current:
		return p.ask("pages.sessions.sure_this", actSignOut, marquee.LogoutLocal), nil, nil
	case key.Matches(msg, k.end):
		p.acts++
		p.busy = true
		return p, clearError{}, p.api.endSession(p.acts, p.selected().ID)
	case key.Matches(msg, k.endOthers) && len(p.sessions) == 1:
		return p, showNotice{e.say.T("pages.sessions.no_others")}, nil
	case key.Matches(msg, k.endOthers):
		return p.signOut(marquee.LogoutOthers)
	case key.Matches(msg, k.endAll):
		return p.ask("pages.sessions.sure_all", "pages.action.end_all", marquee.LogoutGlobal), nil, nil
	case key.Matches(msg, k.copy):
		return p, copyText{p.selected().Address}, nil
	}
	return p, nil, nil
}

// ask asks before the program itself is signed out.
func (p sessionsPage) ask(question, yes string, scope marquee.LogoutScope) page {
	sure := newConfirm(question, yes, scope)
	p.sure = &sure
	return p
}

func (p sessionsPage) sureKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	sure, answer := p.sure.key(e, msg)
	p.sure = &sure
	if answer == unanswered {
		return p, nil, nil
	}
	p.sure = nil
	if answer == refused {
		return p, nil, nil
	}
	return p.signOut(sure.about.(marquee.LogoutScope))
}

func (p sessionsPage) signOut(scope marquee.LogoutScope) (page, intent, tea.Cmd) {
	p.acts++
	p.busy = true
	return p, clearError{}, p.api.signOut(p.acts, scope)
}
