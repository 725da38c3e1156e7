package app

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/window"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

const (
	pageLimit = 50                     // items asked for at once
	slowAfter = 150 * time.Millisecond // before "loading" shows
	atEnd     = "end"                  // marquee.PageRequest.At of the last page
)

// pager is a long list that comes in keyset pages: the window that is held,
// and what of it is under way. A page that shows such a list has one, and
// tells it how to ask.
type pager[T any] struct {
	items  window.Window[T]
	loaded bool // items has come at least once

	gen     int     // of the list; answers of older ones are dropped
	waiting ask     // the list that was asked for and has not come
	slow    bool    // and has not for a while
	failed  bool    // what was asked for did not come
	busy    [3]bool // a page is on its way, by window.Direction
	stay    bool    // what was asked for is what is here: the cursor keeps its place
	// since are changes of items that were made while pages were on their way:
	// those may tell of the items as they were.
	since []func(window.Window[T]) window.Window[T]
}

// ask is what a fresh list was asked for.
type ask struct {
	on bool
	at string
}

// slowDue is the timer after which a list that has not come counts as slow.
type slowDue struct{}

// fetcher asks for one page of a list.
type fetcher func(gen int, side window.Direction, p marquee.PageRequest) tea.Cmd

// pageFound answers a fetcher.
type pageFound[T any] struct {
	reply
	side   window.Direction
	cursor string // the one asked with
	page   marquee.Page[T]
}

// findPage asks for a page by find.
func findPage[T any](a api, gen int, side window.Direction, cursor string, find func(context.Context) (marquee.Page[T], error)) tea.Cmd {
	var page marquee.Page[T]
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		page, err = find(ctx)
		return err
	}, func(r reply) tea.Msg { return pageFound[T]{r, side, cursor, page} })
}

// reload asks for the list anew; what is there stays, dimmed, until it comes.
func (l pager[T]) reload(e env, a api, get fetcher, at string) (pager[T], tea.Cmd) {
	l.gen++
	l.waiting, l.slow, l.failed, l.busy, l.since = ask{true, at}, false, false, [3]bool{}, nil
	l.stay = false
	return l, tea.Batch(get(l.gen, window.Fresh, marquee.PageRequest{Limit: pageLimit, At: at}), after(e, a, slowAfter, l.gen, slowDue{}))
}

// again is reload after a failure or, with all set, of what may be old.
func (l pager[T]) again(e env, a api, get fetcher, all bool, rows int) (pager[T], tea.Cmd) {
	if l.failed || all {
		l, cmd := l.reload(e, a, get, l.waiting.at)
		return l.staying(), cmd
	}
	return l.prefetch(get, rows)
}

// staying keeps the cursor where it is, also where it is moved meanwhile, if
// what was asked for is the beginning that is here.
func (l pager[T]) staying() pager[T] {
	l.stay = l.waiting.at == "" && l.items.AtStart()
	return l
}

// put shows a window that was kept and drops what is under way.
func (l pager[T]) put(items window.Window[T], get fetcher, rows int) (pager[T], tea.Cmd) {
	l.items = items.Show(rows)
	l.gen++
	l.waiting, l.slow, l.failed, l.busy, l.since = ask{}, false, false, [3]bool{}, nil
	return l.prefetch(get, rows)
}

// prefetch asks for the pages that the window wants, one at a time a side.
func (l pager[T]) prefetch(get fetcher, rows int) (pager[T], tea.Cmd) {
	if l.waiting.on {
		return l, nil
	}
	var cmds []tea.Cmd
	for _, side := range []window.Direction{window.Forward, window.Backward} {
		cursor := l.items.Wanted(side, rows)
		if cursor == "" || l.busy[side] {
			continue
		}
		l.busy[side] = true
		cmds = append(cmds, get(l.gen, side, marquee.PageRequest{Limit: pageLimit, Cursor: cursor}))
	}
	return l, tea.Batch(cmds...)
}

// found takes an answer, unless a newer request has overtaken it.
func (l pager[T]) found(e env, a api, get fetcher, msg pageFound[T], rows int) (pager[T], intent, tea.Cmd) {
	if msg.gen != l.gen {
		return l, nil, nil
	}
	l.busy[msg.side] = false
	switch {
	case msg.err != nil && msg.side != window.Fresh && marquee.IsCode(msg.err, marquee.CodeInvalid):
		// The server no longer knows the cursor, as after a change of its
		// secret: begin again.
		l, cmd := l.reload(e, a, get, "")
		return l, nil, cmd
	case msg.err != nil:
		l.failed = msg.side == window.Fresh
		l.slow = false
		return l, showError{msg.err, "tui.again.refresh"}, nil
	case msg.side == window.Fresh:
		stay := 0
		if l.stay && l.items.Cursor() < len(msg.page.Items) {
			stay = l.items.Cursor()
		}
		l.items = window.Start(msg.page, l.waiting.at == atEnd).Show(rows).Move(stay, rows)
		l.loaded, l.waiting, l.slow, l.failed = true, ask{}, false, false
	default:
		l.items = l.items.Add(msg.page, msg.side, msg.cursor, rows)
	}
	for _, change := range l.since {
		l.items = change(l.items)
	}
	if !l.underWay() {
		l.since = nil
	}
	l, cmd := l.prefetch(get, rows)
	return l, nil, cmd
}

// underWay reports whether a page was asked for and has not come.
func (l pager[T]) underWay() bool { return l.waiting.on && !l.failed || l.busy != [3]bool{} }

// replace puts an item as it is now in the place of those that same accepts.
func (l pager[T]) replace(item T, same func(T) bool) pager[T] {
	change := func(w window.Window[T]) window.Window[T] { return w.Replace(item, same) }
	l.items = change(l.items)
	if l.underWay() {
		l.since = append(l.since[:len(l.since):len(l.since)], change)
	}
	return l
}

// late takes the timer of slowDue.
func (l pager[T]) late(gen int) pager[T] {
	l.slow = gen == l.gen && l.waiting.on && !l.failed
	return l
}

// key moves the cursor; ok is false for a key that does not.
func (l pager[T]) key(e env, a api, get fetcher, msg tea.KeyMsg, rows int) (_ pager[T], cmd tea.Cmd, ok bool) {
	half := max(1, rows/2)
	switch k := e.keys; {
	case key.Matches(msg, k.down):
		l, cmd = l.move(get, 1, rows)
	case key.Matches(msg, k.up):
		l, cmd = l.move(get, -1, rows)
	case key.Matches(msg, k.pageDown):
		l, cmd = l.move(get, half, rows)
	case key.Matches(msg, k.pageUp):
		l, cmd = l.move(get, -half, rows)
	case key.Matches(msg, k.first):
		l, cmd = l.jump(e, a, get, "", rows)
	case key.Matches(msg, k.last):
		l, cmd = l.jump(e, a, get, atEnd, rows)
	default:
		return l, nil, false
	}
	return l, cmd, true
}

// move moves the cursor and asks for more as an edge comes near.
func (l pager[T]) move(get fetcher, by, rows int) (pager[T], tea.Cmd) {
	l.items = l.items.Move(by, rows)
	return l.prefetch(get, rows)
}

// jump goes to an end of the list, asking for its page if it is not here.
func (l pager[T]) jump(e env, a api, get fetcher, at string, rows int) (pager[T], tea.Cmd) {
	switch {
	case at == atEnd && l.items.AtEnd() && !l.waiting.on: // what comes may end elsewhere
		return l.move(get, l.items.Len(), rows)
	case at == "" && l.items.AtStart():
		return l.move(get, -l.items.Len(), rows)
	}
	return l.reload(e, a, get, at)
}

// click puts the cursor on a visible row; open reports that it was there.
func (l pager[T]) click(get fetcher, row, rows int) (_ pager[T], open bool, cmd tea.Cmd) {
	from, to := l.items.Visible(rows)
	if row < 0 || from+row >= to {
		return l, false, nil
	}
	by := from + row - l.items.Cursor()
	l, cmd = l.move(get, by, rows)
	return l, by == 0, cmd
}

// place tells the position of the cursor and how many items there are.
func (l pager[T]) place(e env) string {
	switch {
	case l.slow:
		return e.say.T("tui.loading")
	case !l.loaded:
		return ""
	}
	total, exact := l.items.Total()
	count := e.count(total)
	if !exact {
		count += "+"
	}
	position := "–"
	if n := l.items.Position(); n > 0 {
		position = e.count(n)
	}
	if total == 0 {
		position = "0"
	}
	return position + " / " + count
}

// after sends what to a page when d has passed.
func after(e env, a api, d time.Duration, gen int, what any) tea.Cmd {
	to := a.page
	return e.tick(d, func(time.Time) tea.Msg { return delayed{to, gen, what} })
}
