package app

import (
	"context"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/app/window"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// userSaved answers a change of an account.
type userSaved struct {
	reply
	user marquee.User
}

func (a api) setActive(gen int, id string, active bool) tea.Cmd {
	var user marquee.User
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		user, err = a.admin.ChangeUser(ctx, id, marquee.UserChange{IsActive: &active})
		return err
	}, func(r reply) tea.Msg { return userSaved{r, user} })
}

// usersPage is the accounts of everybody, for a superuser.
type usersPage struct {
	api       api
	size      Size
	list      pager[marquee.User]
	input     *textinput.Model
	searching bool
	query     string
	acts      int
	busy      bool
	sure      *confirm     // before an account is disabled
	changing  marquee.User // whose state was last to be changed
}

func newUsers(a api) usersPage { return usersPage{api: a, input: newInput()} }

func (p usersPage) place() place                     { return placeUsers }
func (p usersPage) title(e env) string               { return e.say.T("pages.title.users") }
func (p usersPage) typing() bool                     { return p.searching }
func (p usersPage) withForm(do func(form) form) page { p.sure = p.sure.withForm(do); return p }

func (p usersPage) init(e env) (page, tea.Cmd) { return p.reload(e) }

func (p usersPage) reload(e env) (usersPage, tea.Cmd) {
	var cmd tea.Cmd
	p.list, cmd = p.list.reload(e, p.api, p.fetch(), "")
	return p, cmd
}

func (p usersPage) setSize(size Size) page {
	p.size = size
	p.list.items = p.list.items.Show(p.listRows())
	return p
}

func (p usersPage) keys(e env) []key.Binding {
	k := e.keys
	switch {
	case p.sure != nil:
		return p.sure.keys(e)
	case p.searching:
		return []key.Binding{k.submit, k.clear}
	}
	return []key.Binding{k.back, k.search, k.toggleUser, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

func (p usersPage) fetch() fetcher {
	query := strings.TrimSpace(p.query)
	return func(gen int, side window.Direction, r marquee.PageRequest) tea.Cmd {
		return findPage(p.api, gen, side, r.Cursor, func(ctx context.Context) (page marquee.Page[marquee.User], err error) {
			got, err := p.api.admin.Users(ctx, marquee.UserFilter{Query: query, Page: r})
			return marquee.Page[marquee.User]{Items: got.Items, NextCursor: got.NextCursor, PrevCursor: got.PrevCursor,
				Total: got.Total, TotalIs: got.TotalIs}, err
		})
	}
}

func (p usersPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		switch {
		case p.sure != nil:
			return p.sureKey(e, msg)
		case p.searching:
			return p.searchKey(e, msg)
		}
		return p.key(e, msg)
	case pageFound[marquee.User]:
		list, want, cmd := p.list.found(e, p.api, p.fetch(), msg, p.listRows())
		p.list = list
		return p, want, cmd
	case userSaved:
		return p.saved(e, msg)
	case proved: // what the password had to be given for
		return p.setActive(p.changing, !p.changing.IsActive)
	case clicked:
		list, _, cmd := p.list.click(p.fetch(), msg.y-headRows, p.listRows())
		p.list = list
		return p, nil, cmd
	case reconnected:
		var cmd tea.Cmd
		p.list, cmd = p.list.again(e, p.api, p.fetch(), msg.all, p.listRows())
		return p, nil, cmd
	case delayed:
		switch due := msg.what.(type) {
		case slowDue:
			p.list = p.list.late(msg.gen)
		case searchDue:
			if due.text == p.input.Value() && due.text != p.query {
				p.query = due.text
				next, cmd := p.reload(e)
				return next, nil, cmd
			}
		}
	}
	return p, nil, nil
}

func (p usersPage) saved(e env, msg userSaved) (page, intent, tea.Cmd) {
	if msg.gen != p.acts {
		return p, nil, nil
	}
	p.busy = false
	if msg.err != nil {
		return p, failure(msg.err, "tui.again.key"), nil
	}
	p.list = p.list.replace(msg.user, func(u marquee.User) bool { return u.ID == msg.user.ID })
	said := "pages.users.disabled_now"
	if msg.user.IsActive {
		said = "pages.users.enabled_now"
	}
	return p, showNotice{e.say.T(said, "Name", cells.CleanLabel(msg.user.Username, 64))}, nil
}

func (p usersPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	if list, cmd, ok := p.list.key(e, p.api, p.fetch(), msg, p.listRows()); ok {
		p.list = list
		return p, nil, cmd
	}
	user, chosen := p.list.items.Selected()
	switch k := e.keys; {
	case key.Matches(msg, k.clear) && p.query != "":
		p.query = ""
		p.input = newInput()
		next, cmd := p.reload(e)
		return next, nil, cmd
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case key.Matches(msg, k.search):
		p.searching = true
	case !chosen || p.busy:
	case key.Matches(msg, k.toggleUser) && user.IsActive:
		sure := newConfirm("pages.users.sure", "pages.action.disable", user)
		p.sure = &sure
	case key.Matches(msg, k.toggleUser):
		return p.setActive(user, true)
	case key.Matches(msg, k.copy):
		return p, copyText{user.Username + " <" + user.Email + ">"}, nil
	}
	return p, nil, nil
}

func (p usersPage) setActive(user marquee.User, active bool) (page, intent, tea.Cmd) {
	p.acts++
	p.busy, p.changing = true, user
	return p, clearError{}, p.api.setActive(p.acts, user.ID, active)
}

func (p usersPage) sureKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	sure, answer := p.sure.key(e, msg)
	p.sure = &sure
	if answer == unanswered {
		return p, nil, nil
	}
	p.sure = nil
	if answer == refused {
		return p, nil, nil
	}
	return p.setActive(sure.about.(marquee.User), false)
}

func (p usersPage) searchKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch {
	case key.Matches(msg, e.keys.submit, e.keys.next):
		p.searching = false
		p.query = p.input.Value()
		next, cmd := p.reload(e)
		return next, nil, cmd
	case key.Matches(msg, e.keys.clear):
		p.searching, p.query = false, ""
		p.input = newInput()
		next, cmd := p.reload(e)
		return next, nil, cmd
	}
	was := p.input.Value()
	p.input = typeInto(p.input, msg)
	if p.input.Value() == was {
		return p, nil, nil
	}
	return p, nil, after(e, p.api, searchPause, p.list.gen, searchDue{p.input.Value()})
}
