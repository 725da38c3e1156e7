package app

import (
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/window"
	tea "github.com/charmbracelet/bubbletea"
)

// showing puts the rows that were seen last on the screen; they stay, dimmed,
// until the list that is asked for comes.
func (p filmsPage) showing(top marquee.Page[marquee.Movie]) filmsPage {
	if len(top.Items) > 0 {
		p.list.items, p.list.loaded = window.Start(top, false), true
	}
	return p
}

// remembered is the command that keeps the top of the unfiltered list for the
// next start.
func (p filmsPage) remembered(e env, msg pageFound[marquee.Movie]) tea.Cmd {
	top := msg.err == nil && msg.gen == p.list.gen && msg.side == window.Fresh && p.list.waiting.at == ""
	if !top || p.api.remember == nil || p.want != newFilms(p.api).want {
		return nil
	}
	keep, language := p.api.remember, e.say.Tag()
	return func() tea.Msg {
		keep(language, msg.page)
		return nil
	}
}
