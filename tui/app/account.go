package app

import (
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of the account page.
const (
	actSignOut       = "tui.action.sign_out"
	actSignOutOthers = "tui.action.sign_out_others"
	actFactor        = "tui.action.factor"
)

// accountPage shows the person and where he is signed in, and signs out.
type accountPage struct {
	api      api
	size     Size
	server   string
	user     marquee.User
	sessions []marquee.Session
	loaded   bool
	failed   bool
	gen      int
	acts     int
	busy     bool
	focus    int
}

func newAccount(a api, user marquee.User, server string) accountPage {
	return accountPage{api: a, user: user, server: server}
}

// actions in the order they are shown.
func (p accountPage) actions() []string {
	list := []string{actLanguage, actSignOut}
	if len(p.sessions) > 1 {
		list = append(list, actSignOutOthers)
	}
	return append(list, actFactor)
}

func (p accountPage) init(env) (page, tea.Cmd) { return p.reload() }
func (p accountPage) setSize(size Size) page   { p.size = size; return p }
func (p accountPage) title(e env) string       { return e.say.T("tui.title.account") }
func (p accountPage) typing() bool             { return false }
func (p accountPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.back, e.keys.open, e.keys.up, e.keys.down}
}

func (p accountPage) reload() (page, tea.Cmd) {
	p.gen++
	p.failed = false
	return p, p.api.findAccount(p.gen)
}

func (p accountPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case accountFound:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		if p.failed = msg.err != nil; p.failed {
			return p, showError{msg.err, "tui.again.refresh"}, nil
		}
		p.user, p.sessions, p.loaded = msg.user, msg.sessions, true
		p.focus = min(p.focus, len(p.actions())-1)
	case signedOut:
		return p.signedOut(e, msg)
	case factorChanged:
		next, cmd := p.reload()
		return next, nil, cmd
	case reconnected:
		if p.failed || msg.all {
			next, cmd := p.reload()
			return next, nil, cmd
		}
	}
	return p, nil, nil
}

func (p accountPage) signedOut(e env, msg signedOut) (page, intent, tea.Cmd) {
	if msg.gen != p.acts {
		return p, nil, nil
	}
	p.busy = false
	if msg.err != nil {
		return p, showError{msg.err, "tui.again.enter"}, nil
	}
	if msg.scope == marquee.LogoutLocal {
		return p, leave{}, nil
	}
	next, cmd := p.reload()
	return next, showNotice{e.say.T("tui.notice.others_signed_out")}, cmd
}

func (p accountPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	n := len(p.actions())
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case key.Matches(msg, k.down, k.next):
		p.focus = (p.focus + 1) % n
	case key.Matches(msg, k.up, k.previous):
		p.focus = (p.focus + n - 1) % n
	case key.Matches(msg, k.open):
		return p.act(e)
	}
	return p, nil, nil
}

func (p accountPage) act(e env) (page, intent, tea.Cmd) {
	action := p.actions()[p.focus]
	if action == actLanguage {
		return p, pickLanguage{otherLanguage(e)}, nil
	}
	if action == actFactor {
		if !p.loaded {
			return p, nil, nil // whether it is on is not known yet
		}
		return p, goFactor{p.user}, nil
	}
	if p.busy {
		return p, nil, nil
	}
	p.acts++
	p.busy = true
	scope := marquee.LogoutLocal
	if action == actSignOutOthers {
		scope = marquee.LogoutOthers
	}
	return p, clearError{}, p.api.signOut(p.acts, scope)
}

func (p accountPage) view(e env) string {
	width := max(1, min(p.size.Width-4, maxTextWidth))
	lines := p.viewProfile(e, width)
	lines = append(lines, "")
	at := len(lines)
	for i, action := range p.actions() {
		mark, style := "  ", e.theme.Text
		if i == p.focus {
			mark, style = e.theme.Accent.Render("▌ "), e.theme.Button
			at = len(lines)
		}
		lines = append(lines, mark+style.Render(cells.Truncate("[ "+e.say.T(action)+" ]", width-2)))
	}
	lines = append(append(lines, ""), p.viewSessions(e, width)...)
	return "  " + strings.Join(scrollTo(lines, at, at+1, p.size.Height), "\n  ")
}

func (p accountPage) viewProfile(e env, width int) []string {
	lines := []string{e.theme.Heading.Render(cells.Truncate(cells.CleanLabel(p.user.Username, 64), width))}
	lines = append(lines, labelled(e, e.say.T("tui.field.email"), cells.CleanLabel(p.user.Email, 254), width)...)
	if !p.user.CreatedAt.IsZero() {
		lines = append(lines, labelled(e, e.say.T("tui.account.since"), p.user.CreatedAt.In(e.now().Location()).Format(time.DateOnly), width)...)
	}
	if p.loaded {
		state := "tui.account.factor_off"
		if p.user.MFAEnabled {
			state = "tui.account.factor_on"
		}
		lines = append(lines, labelled(e, e.say.T("tui.account.factor"), e.say.T(state), width)...)
	}
	if p.user.IsSuperuser {
		lines = append(lines, labelled(e, e.say.T("tui.account.role"), e.say.T("tui.account.superuser"), width)...)
	}
	return append(lines, labelled(e, e.say.T("tui.account.server"), cells.CleanLabel(p.server, 200), width)...)
}

// viewSessions lists where the person is signed in.
func (p accountPage) viewSessions(e env, width int) []string {
	if !p.loaded {
		return []string{e.theme.Faint.Render(e.say.T("tui.loading"))}
	}
	lines := []string{e.theme.Heading.Render(cells.Truncate(e.say.T("tui.account.sessions", "N", len(p.sessions)), width))}
	for _, s := range p.sessions {
		when := e.say.T("tui.account.this_one")
		if !s.Current {
			when = s.CreatedAt.In(e.now().Location()).Format("2006-01-02 15:04")
		}
		mark := markIf(s.Current, "●")
		text := mark + " " + cells.Fit(cells.CleanLabel(s.Client, 16), 8) + " " + cells.Fit(when, 16) + " " +
			cells.CleanLabel(s.Address, 45) + " " + cells.CleanLabel(s.Agent, 100)
		lines = append(lines, cells.Truncate(text, width))
	}
	return lines
}
