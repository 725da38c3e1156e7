package app

import (
	"maps"

	tea "github.com/charmbracelet/bubbletea"
)

// saves are what waits to be done to films, by id. One thing at a time is done
// to a film, whichever page asked: what a page is told of it is then never older
// than what another was told before. A film that is there has something under way.
type saves map[string][]tea.Cmd

// save does something to a film, or has it wait.
func (m Model) save(s saveFilm) (Model, tea.Cmd) {
	m.status = status{}
	waiting, busy := m.saves[s.id]
	next := saves{s.id: nil}
	maps.Copy(next, m.saves)
	m.saves = next
	if !busy {
		return m, s.do
	}
	m.saves[s.id] = append(append([]tea.Cmd(nil), waiting...), s.do)
	return m, nil
}

// saved goes on with what waited for an answer.
func (m Model) saved(id string) (Model, tea.Cmd) {
	waiting, busy := m.saves[id]
	if !busy {
		return m, nil // of somebody who has signed out since
	}
	m.saves = maps.Clone(m.saves)
	if len(waiting) == 0 {
		delete(m.saves, id)
		return m, nil
	}
	m.saves[id] = waiting[1:]
	return m, waiting[0]
}
