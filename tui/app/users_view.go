package app

import (
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

func (p usersPage) listRows() int { return max(1, p.size.Height-headRows) }

func (p usersPage) view(e env) string {
	width := p.size.Width
	lines := []string{p.viewSearch(e, width), p.viewHead(e, width)}
	switch {
	case p.sure != nil:
		user := p.sure.about.(marquee.User)
		lines = append(lines, "", "  "+e.theme.Heading.Render(cells.Truncate(cells.CleanLabel(user.Username, 64), width-4)))
		for _, line := range p.sure.view(e, max(1, min(width-4, maxTextWidth))) {
			lines = append(lines, "  "+line)
		}
	case !p.list.loaded:
		lines = append(lines, skeleton(e, p.list.slow, p.listRows(), width)...)
	case p.list.items.Len() == 0:
		lines = append(lines, viewEmpty(e, e.say.T("pages.users.none", "Key", firstKey(e.keys.clear)), width)...)
	default:
		from, to := p.list.items.Visible(p.listRows())
		for i := from; i < to; i++ {
			user, _ := p.list.items.At(i)
			lines = append(lines, viewUser(e, user, rowKey{width: width, selected: i == p.list.items.Cursor(), dim: p.list.slow}))
		}
	}
	return strings.Join(lines, "\n")
}

func (p usersPage) viewSearch(e env, width int) string {
	place := p.list.place(e)
	room := max(4, width-cells.Width(place)-3)
	left := e.theme.Faint.Render(cells.Truncate(" "+e.say.T("tui.films.hint", "Key", firstKey(e.keys.search)), room))
	switch {
	case p.searching:
		left = e.theme.Accent.Render(" / ") + viewInput(e, p.input, 0, max(1, room-3), true)
	case p.query != "":
		left = e.theme.Accent.Render(" / ") + e.theme.Text.Render(cells.Truncate(cells.Clean(p.query), room-3))
	}
	return cells.Sides(left, e.theme.Faint.Render(place)+" ", width)
}

// userColumns are the widths of a row; 0 leaves a column out.
type userColumns struct{ name, email, since int }

func userColumnsIn(width int) userColumns {
	rest := width - 3 - userState - 1
	c := userColumns{name: rest}
	if width >= 90 {
		c.since = 10
		rest -= 1 + c.since
	}
	if width >= 60 {
		c.email = rest / 2
		rest -= 1 + c.email
	}
	c.name = max(1, rest)
	return c
}

// userState is the width of what an account is.
const userState = 12

func (p usersPage) viewHead(e env, width int) string {
	c := userColumnsIn(width)
	line := "  " + cells.Fit(e.say.T("tui.field.username"), c.name)
	if c.email > 0 {
		line += " " + cells.Fit(e.say.T("tui.field.email"), c.email)
	}
	if c.since > 0 {
		line += " " + cells.Fit(e.say.T("tui.account.since"), c.since)
	}
	return e.theme.Faint.Render(cells.Fit(line+" "+e.say.T("pages.users.state"), width))
}

// viewUser draws an account in exactly k.width cells; its state is in words.
func viewUser(e env, u marquee.User, k rowKey) string {
	c := userColumnsIn(k.width)
	line := cells.Fit(cells.CleanLabel(u.Username, 64), c.name)
	if c.email > 0 {
		line += " " + cells.Fit(cells.CleanLabel(u.Email, 254), c.email)
	}
	if c.since > 0 {
		line += " " + cells.Fit(local(e, u.CreatedAt).Format(time.DateOnly), c.since)
	}
	state := "pages.users.active"
	switch {
	case !u.IsActive:
		state = "pages.users.disabled"
	case u.IsSuperuser:
		state = "tui.account.superuser"
	}
	return viewLine(e, line+" "+e.say.T(state), k)
}
