package app

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

type tokenFound struct {
	reply
	look  int
	state marquee.TokenState
}

// findToken reads what this side holds; no server is asked.
func (a api) findToken(gen, look int) tea.Cmd {
	var state marquee.TokenState
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		state, err = a.token.TokenState(ctx)
		return err
	}, func(r reply) tea.Msg { return tokenFound{r, look, state} })
}

// verdictFound is what the server says of the token.
type verdictFound struct {
	reply
	took time.Duration
}

func (a api) askVerdict(e env, gen int) tea.Cmd {
	var took time.Duration
	return a.call(gen, readDeadline, func(ctx context.Context) error {
		began := e.now()
		_, err := a.auth.Me(ctx)
		took = e.now().Sub(began)
		return err
	}, func(r reply) tea.Msg { return verdictFound{r, took} })
}

// tokenTick redraws the seconds that are left.
type tokenTick struct{}

// tokenPage says what the access token says, how long it is good, and what the
// server makes of it.
type tokenPage struct {
	api     api
	size    Size
	state   marquee.TokenState
	loaded  bool
	top     int
	gen     int
	looks   int // how often what is held was read, and the last time that is shown
	seen    int
	verdict *verdictFound // nil while the server is asked
}

func newToken(a api) tokenPage { return tokenPage{api: a} }

func (p tokenPage) place() place           { return placeToken }
func (p tokenPage) setSize(size Size) page { p.size = size; return p }
func (p tokenPage) title(e env) string     { return e.say.T("pages.title.token") }
func (p tokenPage) typing() bool           { return false }
func (p tokenPage) keys(e env) []key.Binding {
	k := e.keys
	return []key.Binding{k.back, k.refresh, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

func (p tokenPage) init(e env) (page, tea.Cmd) {
	next, cmd := p.reload(e)
	return next, tea.Batch(cmd, after(e, p.api, time.Second, 0, tokenTick{}))
}

// reload asks the server first: that may renew the token, and what is shown
// must be the token after it.
func (p tokenPage) reload(e env) (tokenPage, tea.Cmd) {
	p.gen++
	p.verdict = nil
	p, look := p.look()
	return p, tea.Batch(look, p.api.askVerdict(e, p.gen))
}

// look reads what is held.
func (p tokenPage) look() (tokenPage, tea.Cmd) {
	p.looks++
	return p, p.api.findToken(p.gen, p.looks)
}

func (p tokenPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case tokenFound:
		if msg.gen == p.gen && msg.look > p.seen && msg.err == nil {
			p.state, p.loaded, p.seen = msg.state, true, msg.look
		}
	case verdictFound:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.verdict = &msg
		next, look := p.look()
		return next, nil, look
	case delayed:
		if _, ok := msg.what.(tokenTick); ok {
			next, look := p.look()
			return next, nil, tea.Batch(look, after(e, p.api, time.Second, 0, tokenTick{}))
		}
	case reconnected:
		next, cmd := p.reload(e)
		return next, nil, cmd
	}
	return p, nil, nil
}

func (p tokenPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case key.Matches(msg, k.copy):
		return p, copyText{p.state.SessionID}, nil
	}
	p.top, _ = scrollKey(e, msg, p.top, max(0, len(p.lines(e))-p.size.Height), p.size.Height)
	return p, nil, nil
}
