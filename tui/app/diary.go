package app

import (
	"context"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/window"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

type monthsFound struct {
	reply
	months []marquee.MonthCount
}

func (a api) findMonths(gen int) tea.Cmd {
	var months []marquee.MonthCount
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		months, err = a.movies.DiaryMonths(ctx)
		return err
	}, func(r reply) tea.Msg { return monthsFound{r, months} })
}

// diaryPage is what the person saw, a month at a time, the last first.
type diaryPage struct {
	api    api
	size   Size
	months []marquee.MonthCount
	month  int // index in months
	asked  int // number of the question for months
	known  bool
	failed bool
	list   pager[marquee.Movie]
}

func newDiary(a api) diaryPage { return diaryPage{api: a} }

func (p diaryPage) place() place       { return placeDiary }
func (p diaryPage) title(e env) string { return e.say.T("pages.title.diary") }
func (p diaryPage) typing() bool       { return false }

func (p diaryPage) init(env) (page, tea.Cmd) { return p.reload() }

// reload asks which months there are; the films of one follow.
func (p diaryPage) reload() (diaryPage, tea.Cmd) {
	p.asked++
	p.failed = false
	return p, p.api.findMonths(p.asked)
}

func (p diaryPage) setSize(size Size) page {
	p.size = size
	p.list.items = p.list.items.Show(p.listRows())
	return p
}

func (p diaryPage) keys(e env) []key.Binding {
	k := e.keys
	return []key.Binding{k.back, k.open, k.older, k.newer, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

func (p diaryPage) fetch(e env) fetcher {
	f := marquee.DiaryFilter{Language: e.say.Tag()}
	if p.month < len(p.months) {
		f.Month = p.months[p.month].Month
	}
	return func(gen int, side window.Direction, r marquee.PageRequest) tea.Cmd {
		f := f
		f.Page = r
		return findPage(p.api, gen, side, r.Cursor, func(ctx context.Context) (marquee.Page[marquee.Movie], error) {
			return p.api.movies.Diary(ctx, f)
		})
	}
}

func (p diaryPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case monthsFound:
		return p.monthsFound(e, msg)
	case pageFound[marquee.Movie]:
		list, want, cmd := p.list.found(e, p.api, p.fetch(e), msg, p.listRows())
		p.list = list
		return p, want, cmd
	case filmChanged:
		return p.changed(msg.film)
	case clicked:
		if msg.y < diaryHead || msg.x >= listWidth(p.size) {
			return p, nil, nil
		}
		list, open, cmd := p.list.click(p.fetch(e), msg.y-diaryHead, p.listRows())
		p.list = list
		if film, ok := list.items.Selected(); ok && open {
			return p, goFilm{film}, cmd
		}
		return p, nil, cmd
	case reconnected:
		if p.failed || msg.all {
			next, cmd := p.reload()
			return next, nil, cmd
		}
		var cmd tea.Cmd
		p.list, cmd = p.list.again(e, p.api, p.fetch(e), false, p.listRows())
		return p, nil, cmd
	case pickLanguage:
		next, cmd := p.reload()
		return next, nil, cmd
	case delayed:
		if _, ok := msg.what.(slowDue); ok {
			p.list = p.list.late(msg.gen)
		}
	}
	return p, nil, nil
}

// monthsFound keeps to the month that is shown, if it has entries still.
func (p diaryPage) monthsFound(e env, msg monthsFound) (page, intent, tea.Cmd) {
	if msg.gen != p.asked {
		return p, nil, nil
	}
	if p.failed = msg.err != nil; p.failed {
		return p, showError{msg.err, "tui.again.refresh"}, nil
	}
	var shown marquee.Month
	if p.month < len(p.months) {
		shown = p.months[p.month].Month
	}
	p.months, p.known, p.month = msg.months, true, 0
	for i, m := range p.months {
		if m.Month == shown {
			p.month = i
		}
	}
	return p.show(e)
}

// show asks for the films of the month.
func (p diaryPage) show(e env) (page, intent, tea.Cmd) {
	if len(p.months) == 0 {
		p.list = pager[marquee.Movie]{gen: p.list.gen + 1}
		return p, nil, nil
	}
	var cmd tea.Cmd
	p.list, cmd = p.list.reload(e, p.api, p.fetch(e), "")
	return p, nil, cmd
}

// changed takes what is the same in every entry of a film. Another viewing, or
// one less, changes the entries themselves: they are asked for again.
func (p diaryPage) changed(film marquee.Movie) (page, intent, tea.Cmd) {
	viewings := -1
	for i := range p.list.items.Len() {
		entry, _ := p.list.items.At(i)
		if entry.ID != film.ID {
			continue
		}
		viewings = entry.WatchCount
		now := film
		now.WatchedOn, now.Rewatch, now.NotedAt = entry.WatchedOn, entry.Rewatch, entry.NotedAt
		p.list.items = p.list.items.Replace(now, func(m marquee.Movie) bool {
			return m.ID == entry.ID && *m.WatchedOn == *entry.WatchedOn
		})
	}
	if viewings < 0 && film.WatchCount == 0 && p.known || viewings == film.WatchCount && !p.list.underWay() {
		return p, nil, nil
	}
	next, cmd := p.reload()
	return next, nil, cmd
}

func (p diaryPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	if list, cmd, ok := p.list.key(e, p.api, p.fetch(e), msg, p.listRows()); ok {
		p.list = list
		return p, nil, cmd
	}
	film, chosen := p.list.items.Selected()
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case key.Matches(msg, k.older) && p.month < len(p.months)-1:
		p.month++
		return p.show(e)
	case key.Matches(msg, k.newer) && p.month > 0:
		p.month--
		return p.show(e)
	case key.Matches(msg, k.older, k.newer) || !chosen:
	case key.Matches(msg, k.open):
		return p, goFilm{film}, nil
	case key.Matches(msg, k.copy):
		return p, copyText{filmLine(film)}, nil
	}
	return p, nil, nil
}
