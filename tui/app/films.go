package app

import (
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/window"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

const (
	pageLimit   = 50                     // films asked for at once
	searchPause = 200 * time.Millisecond // after the last character, before a search
	slowAfter   = 150 * time.Millisecond // before "loading" shows
)

// filmsPage is the list of films with its search.
type filmsPage struct {
	api  api
	size Size

	films  window.Window[marquee.Movie]
	loaded bool // films has come at least once
	query  string
	meant  string // what the query is taken for as well, "" for itself alone
	sort   marquee.Sort
	before *filmsBefore // the list as it was before the search

	input     textinput.Model
	searching bool

	gen     int     // of the list; answers of older ones are dropped
	waiting ask     // the list that was asked for and has not come
	slow    bool    // and has not for a while
	failed  bool    // what was asked for did not come
	busy    [3]bool // a page is on its way, by window.Direction

	rows rowCache
}

// ask is what a fresh list was asked for.
type ask struct {
	on    bool
	atEnd bool
}

// filmsBefore is where a search came from and esc leads back to.
type filmsBefore struct {
	films window.Window[marquee.Movie]
	sort  marquee.Sort
}

// The timers of the page.
type (
	searchDue struct{ text string }
	slowDue   struct{}
)

func newFilms(a api) filmsPage {
	return filmsPage{api: a, sort: marquee.SortTitle, input: newInput(), rows: newRowCache()}
}

func (p filmsPage) init(e env) (page, tea.Cmd) { return p.reload(e, false) }

func (p filmsPage) setSize(size Size) page {
	p.size = size
	p.films = p.films.Show(p.listRows())
	return p
}

func (p filmsPage) title(e env) string { return e.say.T("tui.title.films") }
func (p filmsPage) typing() bool       { return p.searching }

func (p filmsPage) keys(e env) []key.Binding {
	k := e.keys
	if p.searching {
		return []key.Binding{k.submit, k.clear}
	}
	list := []key.Binding{k.open, k.search}
	if p.query != "" {
		list = append(list, k.clear)
	}
	return append(list, k.sort, k.account, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last)
}

func (p filmsPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if p.searching {
			return p.searchKey(e, msg)
		}
		return p.listKey(e, msg)
	case filmsFound:
		return p.found(e, msg)
	case filmChanged:
		return p.changed(msg.film), nil, nil
	case reconnected:
		if p.failed || msg.all {
			next, cmd := p.reload(e, p.waiting.atEnd)
			return next, nil, cmd
		}
		p, cmd := p.prefetch(e)
		return p, nil, cmd
	case pickLanguage:
		p.before = nil
		next, cmd := p.reload(e, false)
		return next, nil, cmd
	case delayed:
		return p.timer(e, msg)
	}
	return p, nil, nil
}

func (p filmsPage) timer(e env, msg delayed) (page, intent, tea.Cmd) {
	switch due := msg.what.(type) {
	case slowDue:
		p.slow = msg.gen == p.gen && p.waiting.on && !p.failed
	case searchDue:
		if due.text == p.input.Value() && due.text != p.query {
			next, cmd := p.search(e, due.text)
			return next, nil, cmd
		}
	}
	return p, nil, nil
}

// changed puts a film as it is now in the place of the one listed.
func (p filmsPage) changed(film marquee.Movie) filmsPage {
	same := func(m marquee.Movie) bool { return m.ID == film.ID }
	p.films = p.films.Replace(film, same)
	if p.before != nil {
		p.before = &filmsBefore{p.before.films.Replace(film, same), p.before.sort}
	}
	p.rows = newRowCache()
	return p
}

// after sends what to this page when d has passed.
func (p filmsPage) after(e env, d time.Duration, what any) tea.Cmd {
	to, gen := p.api.page, p.gen
	return e.tick(d, func(time.Time) tea.Msg { return delayed{to, gen, what} })
}

// listKey is a key while the list has the focus.
func (p filmsPage) listKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	rows := p.listRows()
	half := max(1, rows/2)
	switch k := e.keys; {
	case key.Matches(msg, k.down):
		return p.moved(e, 1)
	case key.Matches(msg, k.up):
		return p.moved(e, -1)
	case key.Matches(msg, k.pageDown):
		return p.moved(e, half)
	case key.Matches(msg, k.pageUp):
		return p.moved(e, -half)
	case key.Matches(msg, k.first):
		return p.jump(e, false)
	case key.Matches(msg, k.last):
		return p.jump(e, true)
	case key.Matches(msg, k.open):
		if film, ok := p.films.Selected(); ok {
			return p, goFilm{film}, nil
		}
	case key.Matches(msg, k.search):
		p.searching = true
	case key.Matches(msg, k.clear) && p.query != "":
		next, cmd := p.endSearch(e)
		return next, nil, cmd
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case key.Matches(msg, k.sort):
		p.sort = nextSort(p.sort)
		p.before = nil
		next, cmd := p.reload(e, false)
		return next, nil, cmd
	case key.Matches(msg, k.account):
		return p, goAccount{}, nil
	}
	return p, nil, nil
}

// moved moves the cursor and asks for more as an edge comes near.
func (p filmsPage) moved(e env, by int) (page, intent, tea.Cmd) {
	p.films = p.films.Move(by, p.listRows())
	p, cmd := p.prefetch(e)
	return p, nil, cmd
}

// jump goes to an end of the list, asking for its page if it is not here.
func (p filmsPage) jump(e env, end bool) (page, intent, tea.Cmd) {
	if here := end && p.films.AtEnd() || !end && p.films.AtStart(); here {
		by := p.films.Len()
		if !end {
			by = -by
		}
		return p.moved(e, by)
	}
	next, cmd := p.reload(e, end)
	return next, nil, cmd
}

// searchKey is a key while the search has the focus.
func (p filmsPage) searchKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch {
	case key.Matches(msg, e.keys.submit) || msg.Type == tea.KeyDown || msg.Type == tea.KeyTab:
		p.searching = false
		if p.input.Value() != p.query {
			next, cmd := p.search(e, p.input.Value())
			return next, nil, cmd
		}
		return p, nil, nil
	case key.Matches(msg, e.keys.clear):
		next, cmd := p.endSearch(e)
		return next, nil, cmd
	}
	was := p.input.Value()
	p.input = typeInto(p.input, msg)
	if p.input.Value() == was {
		return p, nil, nil
	}
	return p, nil, p.after(e, searchPause, searchDue{p.input.Value()})
}

// search asks for the films that text finds.
func (p filmsPage) search(e env, text string) (filmsPage, tea.Cmd) {
	if p.before == nil && p.query == "" && p.loaded && !p.waiting.on {
		p.before = &filmsBefore{p.films, p.sort}
	}
	p.query = text
	if text == "" && p.before != nil {
		return p.restore(e)
	}
	return p.reload(e, false)
}

// endSearch goes back to the list as it was before the search.
func (p filmsPage) endSearch(e env) (filmsPage, tea.Cmd) {
	p.searching = false
	p.input.Reset()
	if p.query == "" {
		return p, nil
	}
	p.query = ""
	if p.before == nil {
		return p.reload(e, false)
	}
	return p.restore(e)
}

func (p filmsPage) restore(e env) (filmsPage, tea.Cmd) {
	p.meant = ""
	p.films, p.sort, p.before = p.before.films.Show(p.listRows()), p.before.sort, nil
	p.gen++
	p.waiting, p.slow, p.failed, p.busy = ask{}, false, false, [3]bool{}
	return p.prefetch(e)
}

func nextSort(s marquee.Sort) marquee.Sort {
	all := []marquee.Sort{marquee.SortTitle, marquee.SortYearDesc, marquee.SortYear, marquee.SortRating}
	for i, one := range all {
		if one == s {
			return all[(i+1)%len(all)]
		}
	}
	return all[0]
}

func (p filmsPage) filter(e env) marquee.MovieFilter {
	return marquee.MovieFilter{
		Query: strings.TrimSpace(p.query), Sort: p.sort, Language: e.say.Tag(),
		Page: marquee.PageRequest{Limit: pageLimit},
	}
}
