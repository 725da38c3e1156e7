package app

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// place is a page that a key leads to from everywhere.
type place int

// The places.
const (
	noPlace place = iota
	placeWatchlist
	placeDiary
	placeAccount
	placeSessions
	placeActivity
	placeToken
	placeUsers
	placeApprove
	placeKeys
)

// goPlace asks for a place.
type goPlace struct{ to place }

// placed is a page that is a place.
type placed interface{ place() place }

// places are those that the person may go to, with their keys.
func (m Model) places() []struct {
	place   place
	binding key.Binding
} {
	type entry = struct {
		place   place
		binding key.Binding
	}
	k := m.env.keys
	list := []entry{
		{placeWatchlist, k.goWatchlist}, {placeDiary, k.goDiary}, {placeAccount, k.goAccount}, {placeSessions, k.goSessions},
	}
	if m.opts.SSHKeys != nil {
		list = append(list, entry{placeKeys, k.goKeys})
	}
	if m.opts.Account != nil {
		list = append(list, entry{placeActivity, k.goActivity})
	}
	if m.opts.Token != nil {
		list = append(list, entry{placeToken, k.goToken})
	}
	if m.opts.Admin != nil && m.user.IsSuperuser {
		list = append(list, entry{placeUsers, k.goUsers})
	}
	if m.opts.Devices != nil {
		list = append(list, entry{placeApprove, k.goApprove})
	}
	return list
}

// placeOf returns the place that a key leads to.
func (m Model) placeOf(msg tea.KeyMsg) place {
	if !m.signedIn || m.lock != nil || m.over != nil {
		return noPlace
	}
	for _, p := range m.places() {
		if key.Matches(msg, p.binding) {
			return p.place
		}
	}
	return noPlace
}

// goTo shows a place: the one on the stack, if there is one, else a new page
// on top, so that esc leads back to where one was.
func (m Model) goTo(to place) (Model, tea.Cmd) {
	for i, f := range m.stack {
		if p, ok := f.page.(placed); ok && p.place() == to {
			for len(m.stack) > i+1 {
				m = m.pop()
			}
			return m, nil
		}
	}
	return m.push(func(a api) page { return m.newPlace(a, to) })
}

func (m Model) newPlace(a api, to place) page {
	switch to {
	case placeWatchlist:
		return newWatchlist(a)
	case placeDiary:
		return newDiary(a)
	case placeSessions:
		return newSessions(a)
	case placeActivity:
		return newActivity(a)
	case placeToken:
		return newToken(a)
	case placeUsers:
		return newUsers(a)
	case placeApprove:
		return newApprove(a)
	case placeKeys:
		return newKeys(a)
	}
	return newAccount(a, m.user, m.opts.ServerName)
}
