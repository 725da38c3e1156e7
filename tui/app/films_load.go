package app

import (
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/window"
	tea "github.com/charmbracelet/bubbletea"
)

// reload asks for the list anew; the rows that are there stay, dimmed, until
// it comes.
func (p filmsPage) reload(e env, atEnd bool) (filmsPage, tea.Cmd) {
	p.gen++
	p.waiting, p.slow, p.failed, p.busy = ask{true, atEnd}, false, false, [3]bool{}
	f := p.filter(e)
	if atEnd {
		f.Page.At = "end"
	}
	return p, tea.Batch(p.api.findFilms(p.gen, window.Fresh, f), p.after(e, slowAfter, slowDue{}))
}

// prefetch asks for the pages that the window wants, one at a time a side.
func (p filmsPage) prefetch(e env) (filmsPage, tea.Cmd) {
	if p.waiting.on {
		return p, nil
	}
	var cmds []tea.Cmd
	for _, side := range []window.Direction{window.Forward, window.Backward} {
		cursor := p.films.Wanted(side, p.listRows())
		if cursor == "" || p.busy[side] {
			continue
		}
		p.busy[side] = true
		f := p.filter(e)
		f.Page.Cursor = cursor
		cmds = append(cmds, p.api.findFilms(p.gen, side, f))
	}
	return p, tea.Batch(cmds...)
}

// found takes an answer, unless a newer request has overtaken it.
func (p filmsPage) found(e env, msg filmsFound) (page, intent, tea.Cmd) {
	if msg.gen != p.gen {
		return p, nil, nil
	}
	p.busy[msg.side] = false
	switch {
	case msg.err != nil && msg.side != window.Fresh && marquee.IsCode(msg.err, marquee.CodeInvalid):
		// The server no longer knows the cursor, as after a change of its
		// secret: begin again.
		next, cmd := p.reload(e, false)
		return next, nil, cmd
	case msg.err != nil:
		p.failed = msg.side == window.Fresh
		p.slow = false
		return p, showError{msg.err, "tui.again.refresh"}, nil
	case msg.side == window.Fresh:
		p.films = window.Start(msg.page, p.waiting.atEnd).Show(p.listRows())
		p.meant = msg.page.CorrectedQuery
		p.loaded, p.waiting, p.slow, p.failed = true, ask{}, false, false
	default:
		p.films = p.films.Add(msg.page, msg.side, msg.cursor, p.listRows())
	}
	p, cmd := p.prefetch(e)
	return p, nil, cmd
}
