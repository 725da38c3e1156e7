package app

import (
	"context"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

// top is the page that is shown.
func (m Model) top() frame { return m.stack[len(m.stack)-1] }

// frame makes a frame for a page, with an api that ends with it.
func (m *Model) frame(build func(api) page) frame {
	m.lastID++
	ctx, cancel := context.WithCancel(m.ctx)
	p := build(m.apiFor(ctx, m.lastID)).setSize(m.bodySize())
	return frame{m.lastID, p, cancel}
}

// push shows a page on top.
func (m Model) push(build func(api) page) (Model, tea.Cmd) {
	f := m.frame(build)
	var cmd tea.Cmd
	f.page, cmd = f.page.init(m.env)
	m.stack = append(append([]frame(nil), m.stack...), f)
	m.status = status{}
	return m, cmd
}

// pop goes back one level; from the first page it goes nowhere.
func (m Model) pop() Model {
	if len(m.stack) < 2 {
		return m
	}
	m.top().cancel()
	m.stack = append([]frame(nil), m.stack[:len(m.stack)-1]...)
	m.status = status{}
	return m
}

// reset leaves every page and shows another one.
func (m Model) reset(build func(api) page) (Model, tea.Cmd) {
	for _, f := range m.stack {
		f.cancel()
	}
	m.stack, m.over, m.saves, m.leaving = nil, nil, nil, false
	m = m.unlock()
	m.link = link{gen: m.link.gen + 1}
	return m.push(build)
}

func (m Model) unlock() Model {
	if m.lock != nil {
		m.lock.cancel()
		m.lock = nil
	}
	return m
}

// answered takes an answer: first what it says about the server and the
// session, then to the page that asked.
func (m Model) answered(msg answer) (Model, tea.Cmd) {
	r := msg.head()
	film, saved := msg.(filmSaved)
	gone := r.to != rootPage && !m.has(r.to)
	if gone && !saved {
		return m, m.tooLate(msg)
	}
	switch msg.(type) {
	case tokenFound, heldFound, measured:
		return m.toPage(r.to, msg) // no server was asked, so that it says nothing of one
	}
	m, heard := m.heard(r)
	if saved {
		var next tea.Cmd
		m, next = m.saved(film.id, r.err)
		heard = tea.Batch(heard, next)
	}
	if r.err == nil && r.to == m.status.from {
		m.status.err = nil
	}
	if r.to == rootPage || gone {
		m, cmd := m.rootAnswered(msg)
		return m, tea.Batch(heard, cmd)
	}
	locking := sessionEnded(r.err) && m.signedIn
	before := m.status
	m, cmd := m.toPage(r.to, msg)
	if saved && m.status.err != nil && m.status.from == r.to {
		m.status.from = nowhere // it stays lost, whatever else succeeds
	}
	if locking {
		m.status = before
		m = m.locked(r.err)
	}
	return m, tea.Batch(heard, cmd)
}

// rootAnswered takes the answer to the root's own question.
func (m Model) rootAnswered(msg answer) (Model, tea.Cmd) {
	err := msg.head().err
	if !m.signedIn {
		return m, nil
	}
	if sessionEnded(err) {
		if m.answersReturn(msg) {
			m.returning = 0
		}
		return m.locked(err), nil
	}
	switch msg := msg.(type) {
	case whoFound:
		return m.who(msg)
	case sessionsFound:
		return m.lookedUp(msg)
	case sessionEnd:
		return m.endedNew(msg)
	case filmSaved: // its page has left
		if err != nil {
			return m.note(failed(m.env, err, "", nowhere)), nil
		}
		return m.broadcast(filmChanged{msg.film})
	}
	return m, nil
}

// answersReturn reports whether msg says whose the session is that was opened
// over a locked page: questions from before know only of the one that ended.
func (m Model) answersReturn(msg answer) bool {
	return m.returning > 0 && msg.head().gen >= m.returning
}

// who takes who the person is.
func (m Model) who(found whoFound) (Model, tea.Cmd) {
	switch {
	case found.err != nil && m.answersReturn(found) && !serverAway(found.err):
		m.returning = 0
		return m.note(failed(m.env, found.err, "tui.again.enter", rootPage)), nil
	case found.err != nil:
		return m, nil
	case m.answersReturn(found):
		return m.entered(found.user)
	case found.gen <= m.userAt:
		return m, nil // what is known is newer
	case m.user.ID != "" && m.user.ID != found.user.ID:
		return m.entered(found.user)
	}
	m.user, m.userAt = found.user, found.gen
	return m, nil
}

// locked lays the sign-in page over the page, saying why.
func (m Model) locked(err error) Model {
	if m.lock != nil {
		return m
	}
	f := m.frame(func(a api) page { return newLock(a, m.user.Username, m.lockReason(err)) })
	f.page = f.page.setSize(m.lockSize())
	m.lock, m.over = &f, nil
	m.link = link{gen: m.link.gen + 1}
	m.status = status{}
	m.log = m.log.add(m.env.now(), m.lockReason(err), true)
	return m.deaf()
}

// entered goes on after a sign-in: to the same spot for the same person, to
// the films for another one.
func (m Model) entered(user marquee.User) (Model, tea.Cmd) {
	same := m.lock != nil && (m.user.ID == "" || m.user.ID == user.ID)
	m.signedIn, m.user, m.returning, m.userAt = true, user, 0, m.link.gen
	m, hear := m.listen()
	if !same {
		m, cmd := m.reset(func(a api) page { return newFilms(a) })
		return m.welcome(tea.Batch(hear, cmd))
	}
	m = m.unlock()
	m.status = status{}
	m, cmd := m.broadcast(reconnected{})
	return m, tea.Batch(hear, cmd)
}

func (m Model) has(id int) bool {
	if m.lock != nil && m.lock.id == id {
		return true
	}
	for _, f := range m.stack {
		if f.id == id {
			return true
		}
	}
	return false
}

// toPage gives a message to the page with that address, if it is still there,
// and does what the page asks for.
func (m Model) toPage(id int, msg tea.Msg) (Model, tea.Cmd) {
	if m.lock != nil && m.lock.id == id {
		f := *m.lock
		var want intent
		var cmd tea.Cmd
		f.page, want, cmd = f.page.update(m.env, msg)
		m.lock = &f
		return m.do(id, want, cmd)
	}
	for i, f := range m.stack {
		if f.id != id {
			continue
		}
		var want intent
		var cmd tea.Cmd
		f.page, want, cmd = f.page.update(m.env, msg)
		m.stack = append([]frame(nil), m.stack...)
		m.stack[i] = f
		return m.do(id, want, cmd)
	}
	return m, nil
}

// broadcast gives a message to every page.
func (m Model) broadcast(msg tea.Msg) (Model, tea.Cmd) {
	var cmds []tea.Cmd
	for _, f := range m.stack {
		var cmd tea.Cmd
		m, cmd = m.toPage(f.id, msg)
		cmds = append(cmds, cmd)
	}
	return m, tea.Batch(cmds...)
}

// do carries out what a page asked for.
func (m Model) do(from int, want intent, cmd tea.Cmd) (Model, tea.Cmd) {
	switch want.(type) {
	case goChange, goDelete, goFactor:
		if m.over != nil || m.lock != nil || from != m.top().id {
			return m, cmd // chosen early on the account page, and left before the account came
		}
	}
	var more tea.Cmd
	switch want := want.(type) {
	case goBack:
		if m.lock == nil && from == m.top().id {
			m = m.pop()
		}
	case goRegister:
		m, more = m.push(func(a api) page { return newRegister(a, m.opts.Passwords) })
	case goFilm:
		m, more = m.push(func(a api) page { return newFilm(a, want.film) })
	case goPlace:
		m, more = m.goTo(want.to)
	case goChange:
		m, more = m.push(func(a api) page { return newChange(a, m.opts.Passwords, want) })
	case changed:
		m.user, m.userAt = want.user, m.link.gen
		said := "pages.notice.profile"
		if want.password {
			said = "pages.notice.password"
		}
		m, more = m.pop().broadcast(accountTold{})
		m = m.note(status{notice: m.env.say.T(said)})
	case goDelete:
		m, more = m.push(func(a api) page { return newDelete(a, want.user) })
	case goExport:
		m, more = m.push(func(a api) page { return newExport(a, m.env, want.user) })
	case backWith:
		m = m.pop().note(status{notice: want.notice})
	case goFactor:
		m, more = m.push(func(a api) page { return newFactor(a, want.user) })
	case goProve:
		m, more = m.push(func(a api) page { return newProve(a, m.user.MFAEnabled, from) })
	case goLinkHeld:
		m, more = m.push(func(a api) page { return newLinkHeld(a) })
	case goEditKey:
		m, more = m.push(func(a api) page { return newEditKey(a, m.env, want.key) })
	case keyDone:
		m, more = m.pop().broadcast(accountTold{})
		m = m.note(status{notice: want.notice})
	case hasProved:
		m, more = m.pop().toPage(want.to, proved{})
	case enter:
		m, more = m.entered(want.user)
	case entered:
		m, more = m.byKey()
	case goElsewhere:
		m, more = m.push(func(a api) page { return newElsewhere(a) })
	case answeredDevice:
		m = m.pop().note(status{notice: m.env.say.T(want.said())})
	case keyFree:
		m.keyFree = true
	case linked:
		m.keyFree = false
		m = m.pop().note(status{notice: m.env.say.T("tui.notice.key_linked")})
	case leave:
		m.signedIn, m.user = false, marquee.User{}
		m = m.deaf()
		m, more = m.reset(func(a api) page { return newSignIn(a, m.opts.ServerName) })
		m = m.note(status{notice: m.env.say.T(want.said)})
	case tellOthers:
		m, more = m.broadcast(want.msg)
	case saveFilm:
		m, more = m.save(want)
	case filmChanged:
		m, more = m.broadcast(want)
	case useMouse:
		m, more = m.switchMouse(want.on)
	case pickTheme:
		m, more = m.wear(want.name)
	case pickLanguage:
		m, more = m.speak(want.tag)
	case showError:
		m = m.note(failed(m.env, want.err, want.again, from))
		m, more = m.countDown()
	case showNotice:
		m = m.note(status{notice: want.text})
	case copyText:
		m, more = m.copy(want.text)
	case clearError:
		m.status = status{}
	}
	return m, tea.Batch(cmd, more)
}
