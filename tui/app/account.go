package app

import (
	"context"
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
	actSessions      = "pages.title.sessions"
	actKeys          = "pages.title.keys"
	actActivity      = "pages.title.activity"
	actToken         = "pages.title.token"
)

// accountPage shows the person and leads to everything about the account.
type accountPage struct {
	api    api
	size   Size
	server string
	user   marquee.User
	loaded bool
	failed bool
	gen    int
	acts   int
	busy   bool
	focus  int
	early  bool // an action was chosen before what it needs was known
}

func newAccount(a api, user marquee.User, server string) accountPage {
	return accountPage{api: a, user: user, server: server}
}

// actions in the order they are shown.
func (p accountPage) actions() []string {
	list := []string{actFactor, actProfile, actPassword, actSessions}
	if p.api.keys != nil {
		list = append(list, actKeys)
	}
	if p.api.account != nil {
		list = append(list, actActivity)
	}
	if p.api.token != nil {
		list = append(list, actToken)
	}
	if p.api.devices != nil {
		list = append(list, actApprovals)
	}
	list = append(list, actLanguage, actTheme)
	if p.api.personal != nil {
		list = append(list, actExport, actDelete)
	}
	return append(list, actSignOutOthers, actSignOut)
}

func (p accountPage) place() place             { return placeAccount }
func (p accountPage) init(env) (page, tea.Cmd) { return p.reload() }
func (p accountPage) setSize(size Size) page   { p.size = size; return p }
func (p accountPage) title(e env) string       { return e.say.T("tui.title.account") }
func (p accountPage) typing() bool             { return false }
func (p accountPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.back, e.keys.open, e.keys.up, e.keys.down}
}

type accountFound struct {
	reply
	user marquee.User
}

func (a api) findAccount(gen int) tea.Cmd {
	var found accountFound
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		found.user, err = a.auth.Me(ctx)
		return err
	}, func(r reply) tea.Msg { found.reply = r; return found })
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
	case clicked:
		if i := msg.y + p.from(e) - p.actionsAt(e); i >= 0 && i < len(p.actions()) {
			p.focus, p.early = i, false
			return p.act(e)
		}
	case accountFound:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		early := p.early
		p.early = false
		if p.failed = msg.err != nil; p.failed {
			return p, showError{msg.err, "tui.again.refresh"}, nil
		}
		p.user, p.loaded = msg.user, true
		if early {
			return p.act(e)
		}
	case signedOut:
		return p.signedOut(e, msg)
	case factorChanged, accountTold:
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
		return p, showError{msg.err, "tui.again.key"}, nil
	}
	if msg.scope == marquee.LogoutLocal {
		return p, leave{"tui.notice.signed_out"}, nil
	}
	return p, showNotice{e.say.T("tui.notice.others_signed_out")}, nil
}

func (p accountPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	n := len(p.actions())
	p.early = false
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case key.Matches(msg, k.down, k.next):
		p.focus = (p.focus + 1) % n
	case key.Matches(msg, k.up, k.previous):
		p.focus = (p.focus + n - 1) % n
	case key.Matches(msg, k.open):
		return p.act(e)
	default:
		p.focus, _ = scrollKey(e, msg, p.focus, n-1, p.size.Height)
	}
	return p, nil, nil
}

// act does what the focus is on, once the account that it needs is known.
func (p accountPage) act(e env) (page, intent, tea.Cmd) {
	switch p.actions()[p.focus] {
	case actDelete, actProfile, actPassword, actFactor, actExport:
		if p.early = !p.loaded; p.early {
			return p, nil, nil
		}
	}
	switch p.actions()[p.focus] {
	case actExport:
		return p, goExport{p.user}, nil
	case actDelete:
		return p, goDelete{p.user}, nil
	case actTheme:
		return p, pickTheme{nextTheme(e)}, nil
	case actLanguage:
		return p, pickLanguage{otherLanguage(e)}, nil
	case actProfile, actPassword:
		return p, goChange{p.user, p.actions()[p.focus] == actPassword}, nil
	case actSessions:
		return p, goPlace{placeSessions}, nil
	case actKeys:
		return p, goPlace{placeKeys}, nil
	case actActivity:
		return p, goPlace{placeActivity}, nil
	case actToken:
		return p, goPlace{placeToken}, nil
	case actApprovals:
		return p, goPlace{placeApprove}, nil
	case actFactor:
		return p, goFactor{p.user}, nil
	case actSignOutOthers:
		return p.signOut(marquee.LogoutOthers)
	case actSignOut:
		return p.signOut(marquee.LogoutLocal)
	}
	return p, nil, nil
}

func (p accountPage) signOut(scope marquee.LogoutScope) (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	p.acts++
	p.busy = true
	return p, clearError{}, p.api.signOut(p.acts, scope)
}

// actionsAt is the line on which the actions begin.
func (p accountPage) actionsAt(e env) int { return len(p.viewProfile(e, textWidth(p.size))) + 1 }

// from is the first line that shows.
func (p accountPage) from(e env) int {
	at := p.actionsAt(e) + p.focus
	if p.focus == 0 {
		at = 0 // the profile is above the first action and nothing else leads there
	}
	return scrollFrom(p.actionsAt(e)+len(p.actions()), at, p.actionsAt(e)+p.focus+1, p.size.Height)
}

func (p accountPage) view(e env) string {
	width := textWidth(p.size)
	lines := append(p.viewProfile(e, width), "")
	for i, action := range p.actions() {
		mark, style := "  ", e.theme.Text
		if i == p.focus {
			mark, style = e.theme.Accent.Render("▌ "), e.theme.Button
		}
		text := e.say.T(action)
		if action == actTheme {
			text = themeText(e, e.theme.Name)
		}
		lines = append(lines, mark+style.Render(cells.Truncate("[ "+text+" ]", width-2)))
	}
	from := p.from(e)
	return "  " + strings.Join(lines[from:min(len(lines), from+max(0, p.size.Height))], "\n  ")
}

func (p accountPage) viewProfile(e env, width int) []string {
	name := e.theme.Heading.Render(cells.CleanLabel(p.user.Username, 64))
	if p.user.IsSuperuser {
		name += e.theme.Faint.Render(" · " + e.say.T("tui.account.superuser"))
	}
	lines := []string{cells.Truncate(name, width)}
	lines = append(lines, labelled(e, e.say.T("tui.field.email"), cells.CleanLabel(p.user.Email, 254), width)...)
	if !p.user.CreatedAt.IsZero() {
		lines = append(lines, labelled(e, e.say.T("tui.account.since"), local(e, p.user.CreatedAt).Format(time.DateOnly), width)...)
	}
	if p.loaded {
		state := "tui.account.factor_off"
		if p.user.MFAEnabled {
			state = "tui.account.factor_on"
		}
		lines = append(lines, labelled(e, e.say.T("tui.account.factor"), e.say.T(state), width)...)
	}
	return append(lines, labelled(e, e.say.T("tui.account.server"), cells.CleanLabel(p.server, 200), width)...)
}
