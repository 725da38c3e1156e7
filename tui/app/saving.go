package app

import (
	"maps"
	"slices"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

// saves are what waits to be done to films, by id. One thing at a time is done
// to a film, whichever page asked: what a page is told of it is then never older
// than what another was told before. A film that is there has something under way.
type saves map[string]saving

// saving is the film as it will be when all that was asked is done, which a
// toggle that is pressed meanwhile starts from.
type saving struct {
	film    marquee.Movie
	waiting []saveTurn
}

// saveTurn is one thing that waits. A page that asks for the same again, as a
// key that is held down does, wants the last of it only.
type saveTurn struct {
	page int
	what string
	do   tea.Cmd
}

// save does something to a film, or has it wait.
func (m Model) save(s saveFilm) (Model, tea.Cmd) {
	m.status = status{}
	now, busy := m.saves[s.film.ID]
	if !busy {
		now.film = s.film
	}
	do := s.change(&now.film)
	if busy {
		same := func(t saveTurn) bool { return t.page == s.page && t.what == s.what }
		now.waiting = append(slices.DeleteFunc(slices.Clone(now.waiting), same), saveTurn{s.page, s.what, do})
		do = nil
	}
	m.saves = maps.Clone(m.saves)
	if m.saves == nil {
		m.saves = saves{}
	}
	m.saves[s.film.ID] = now
	return m, do
}

// saved goes on with what waited for an answer, and leaves when it was the last
// one. After one that failed the person stays to read of it.
func (m Model) saved(id string, err error) (Model, tea.Cmd) {
	now, busy := m.saves[id]
	m.leaving = m.leaving && err == nil
	if !busy {
		return m, nil // of somebody who has signed out since
	}
	m.saves = maps.Clone(m.saves)
	if len(now.waiting) == 0 {
		delete(m.saves, id)
		if m.leaving && len(m.saves) == 0 {
			return m.quit()
		}
		return m, nil
	}
	m.saves[id] = saving{now.film, now.waiting[1:]}
	return m, now.waiting[0].do
}
