package app

import (
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// searchPause is how long after the last character a search begins.
const searchPause = 200 * time.Millisecond

// The timers of what is typed.
type (
	searchDue struct{ text string }
	jumpDue   struct{ text string }
)

// searchKey is a key while the search has the focus.
func (p filmsPage) searchKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch {
	case key.Matches(msg, e.keys.submit, e.keys.next):
		p.searching = false
		if p.input.Value() != p.want.query {
			next, cmd := p.search(e, p.input.Value())
			return next, nil, cmd
		}
		return p, nil, nil
	case key.Matches(msg, e.keys.clear):
		next, cmd := p.endSearch(e)
		return next, clearError{}, cmd
	}
	was := p.input.Value()
	p.input = typeInto(p.input, msg)
	if p.input.Value() == was {
		return p, nil, nil
	}
	return p, nil, after(e, p.api, searchPause, p.list.gen, searchDue{p.input.Value()})
}

// newQuery makes an input for what the server looks for, which takes no more.
func newQuery() *textinput.Model {
	in := newInput()
	in.CharLimit = marquee.QueryMax
	return in
}

// search asks for the films that text finds.
func (p filmsPage) search(e env, text string) (filmsPage, tea.Cmd) {
	if p.before == nil && p.want.query == "" && p.list.loaded && !p.list.waiting.on {
		p.before = &filmsBefore{p.list.items, p.want}
	}
	p.want.query = text
	if text == "" && p.before != nil {
		return p.restore(e)
	}
	return p.reload(e, "")
}

// endSearch goes back to the list as it was before the search.
func (p filmsPage) endSearch(e env) (filmsPage, tea.Cmd) {
	p.searching = false
	p.input = newQuery()
	if p.want.query == "" {
		return p, nil
	}
	p.want.query = ""
	if p.before == nil {
		return p.reload(e, "")
	}
	return p.restore(e)
}

func (p filmsPage) restore(e env) (filmsPage, tea.Cmd) {
	films := p.before.films
	p.meant, p.want, p.before = "", p.before.want, nil
	var cmd tea.Cmd
	p.list, cmd = p.list.put(films, p.fetch(e), p.listRows())
	return p, cmd
}

// toLetters goes to where titles begin with text. Letters lead nowhere in
// other orders.
func (p filmsPage) toLetters(e env, text string) (page, intent, tea.Cmd) {
	p.jumped = text
	if text == atEnd {
		text = strings.ToUpper(text) // letters, not the word for the last page
	}
	p.want.sort = marquee.SortTitle
	next, cmd := p.reload(e, text)
	return next, nil, cmd
}

// jumpKey is a key while letters of a title are typed: the list goes to the
// first title that begins with them, or comes after.
func (p filmsPage) jumpKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch {
	case key.Matches(msg, e.keys.submit) && p.letters.Value() != p.jumped:
		p.jumping = false
		return p.toLetters(e, p.letters.Value()) // typed faster than the pause
	case key.Matches(msg, e.keys.submit, e.keys.back):
		p.jumping = false
		return p, nil, nil
	}
	was := p.letters.Value()
	p.letters = typeInto(p.letters, msg)
	if p.letters.Value() == was {
		return p, nil, nil
	}
	return p, nil, after(e, p.api, searchPause, p.list.gen, jumpDue{p.letters.Value()})
}
