package app

import (
	"context"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/app/window"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// activityPage is what happened to the account, the newest first.
type activityPage struct {
	api  api
	size Size
	list pager[marquee.Activity]
}

func newActivity(a api) activityPage { return activityPage{api: a} }

func (p activityPage) place() place       { return placeActivity }
func (p activityPage) title(e env) string { return e.say.T("pages.title.activity") }
func (p activityPage) typing() bool       { return false }

func (p activityPage) init(e env) (page, tea.Cmd) {
	var cmd tea.Cmd
	p.list, cmd = p.list.reload(e, p.api, p.fetch(), "")
	return p, cmd
}

func (p activityPage) setSize(size Size) page {
	p.size = size
	p.list.items = p.list.items.Show(p.listRows())
	return p
}

func (p activityPage) keys(e env) []key.Binding {
	k := e.keys
	return []key.Binding{k.back, k.goSessions, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

// fetch asks for older entries only, since the API knows no other way. A
// cursor of this page is the way that led to it, so that it knows the way back.
func (p activityPage) fetch() fetcher {
	return func(gen int, side window.Direction, r marquee.PageRequest) tea.Cmd {
		return findPage(p.api, gen, side, r.Cursor, func(ctx context.Context) (page marquee.Page[marquee.Activity], err error) {
			way := strings.Fields(r.Cursor)
			if len(way) == 0 {
				way = []string{activityStart}
			}
			cursor := way[len(way)-1]
			if cursor == activityStart {
				cursor = ""
			}
			got, err := p.api.account.Activity(ctx, marquee.PageRequest{Limit: r.Limit, Cursor: cursor})
			page.Items, page.TotalIs = got.Items, marquee.TotalAtLeast
			if got.NextCursor != nil {
				next := strings.Join(append(way, *got.NextCursor), " ")
				page.NextCursor = &next
			}
			if len(way) > 1 {
				back := strings.Join(way[:len(way)-1], " ")
				page.PrevCursor = &back
			}
			return page, err
		})
	}
}

// activityStart stands for the beginning, which has no cursor.
const activityStart = "-"

func (p activityPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case pageFound[marquee.Activity]:
		list, want, cmd := p.list.found(e, p.api, p.fetch(), msg, p.listRows())
		p.list = list
		return p, want, cmd
	case clicked:
		list, _, cmd := p.list.click(p.fetch(), msg.y-1, p.listRows())
		p.list = list
		return p, nil, cmd
	case accountTold:
		next, cmd := p.init(e)
		return next, nil, cmd
	case reconnected:
		var cmd tea.Cmd
		p.list, cmd = p.list.again(e, p.api, p.fetch(), msg.all, p.listRows())
		return p, nil, cmd
	case delayed:
		if _, ok := msg.what.(slowDue); ok {
			p.list = p.list.late(msg.gen)
		}
	}
	return p, nil, nil
}

func (p activityPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	if key.Matches(msg, e.keys.last) { // the API knows no way to the oldest: as far as is known
		var cmd tea.Cmd
		p.list, cmd = p.list.move(p.fetch(), p.list.items.Len(), p.listRows())
		return p, nil, cmd
	}
	if list, cmd, ok := p.list.key(e, p.api, p.fetch(), msg, p.listRows()); ok {
		p.list = list
		return p, nil, cmd
	}
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case key.Matches(msg, k.copy):
		if a, ok := p.list.items.Selected(); ok {
			return p, copyText{moment(e, a.At) + " " + activityText(e, a) + " " + activityFrom(e, a)}, nil
		}
	}
	return p, nil, nil
}

// listRows leaves room for the entry under the cursor in full.
func (p activityPage) listRows() int {
	if p.size.Height < 8 {
		return max(1, p.size.Height-1)
	}
	return max(1, p.size.Height-1-activityBelow)
}

// activityBelow is how many lines the entry under the cursor takes.
const activityBelow = 3

func (p activityPage) view(e env) string {
	width := p.size.Width
	lines := []string{e.theme.Faint.Render(cells.Sides("  "+e.say.T("pages.activity.when"), p.placeText(e)+" ", width))}
	switch {
	case !p.list.loaded:
		lines = append(lines, skeleton(e, p.list.slow, p.listRows(), width)...)
	case p.list.items.Len() == 0:
		lines = append(lines, viewEmpty(e, e.say.T("pages.activity.none"), width)...)
	default:
		from, to := p.list.items.Visible(p.listRows())
		for i := from; i < to; i++ {
			a, _ := p.list.items.At(i)
			line := cells.Fit(moment(e, a.At), 16) + "  " + activityText(e, a)
			if width >= 70 {
				line = cells.Sides(line, activityFrom(e, a), width-3)
			}
			lines = append(lines, viewLine(e, line, rowKey{width: width, selected: i == p.list.items.Cursor(), dim: p.list.slow}))
		}
	}
	return strings.Join(p.viewBelow(e, lines), "\n")
}

func (p activityPage) placeText(e env) string {
	if p.list.slow {
		return e.say.T("tui.loading")
	}
	return ""
}

// viewBelow adds the entry under the cursor in full.
func (p activityPage) viewBelow(e env, lines []string) []string {
	a, ok := p.list.items.Selected()
	if !ok || p.size.Height < 8 {
		return lines
	}
	for len(lines) < 1+p.listRows()+1 {
		lines = append(lines, "")
	}
	width := textWidth(p.size)
	lines = append(lines, "  "+e.theme.Text.Render(cells.Truncate(strings.TrimSpace(activityText(e, a)+"  "+cells.CleanLabel(a.Key, 64)), width)))
	return append(lines, "  "+e.theme.Faint.Render(cells.Truncate(activityFrom(e, a)+"  "+cells.CleanLabel(a.Agent, 256), width)))
}

// activityText says what happened, why, who did it and how often.
func activityText(e env, a marquee.Activity) string {
	return cells.CleanLabel(e.say.Activity(a.Kind, a.Reason, a.By, a.Times), 256)
}

// activityFrom is where it came from, as far as that is known.
func activityFrom(e env, a marquee.Activity) string {
	device := ""
	if a.Client != "" || a.Agent != "" {
		device = cells.Truncate(deviceName(e, a.Client, a.Agent), 24)
	}
	return strings.TrimSpace(device + "  " + cells.CleanLabel(a.Address, 45))
}
