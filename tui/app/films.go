package app

import (
	"context"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/window"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// filmsPage is the list of films with its search, its filter and its orders.
type filmsPage struct {
	api  api
	size Size

	list   pager[marquee.Movie]
	want   wanted
	meant  string       // what the query is taken for as well, "" for itself alone
	before *filmsBefore // the list as it was before the search

	input     *textinput.Model // of the search
	searching bool
	letters   *textinput.Model // of the jump to a title
	jumping   bool
	jumped    string       // the letters that the list was last asked for in this jump
	panel     *filterPanel // over the rows, when not nil
	genres    []string     // what the panel offers, once it is known

	rows rowCache
}

// wanted is what the list shows and how.
type wanted struct {
	query    string
	genre    string // "" for all
	from, to int    // years; 0 is no bound
	sort     marquee.Sort
}

func (w wanted) filtered() bool { return w.genre != "" || w.from != 0 || w.to != 0 }

// filmsBefore is where a search came from and esc leads back to.
type filmsBefore struct {
	films window.Window[marquee.Movie]
	want  wanted
}

func newFilms(a api) filmsPage {
	return filmsPage{api: a, want: wanted{sort: marquee.SortTitle}, input: newQuery(), letters: newQuery(), rows: newRowCache()}
}

func (p filmsPage) init(e env) (page, tea.Cmd) {
	p, cmd := p.reload(e, "")
	p.list = p.list.staying()
	return p, cmd
}

func (p filmsPage) setSize(size Size) page {
	p.size = size
	p.list.items = p.list.items.Show(p.listRows())
	return p
}

func (p filmsPage) title(e env) string { return e.say.T("tui.title.films") }
func (p filmsPage) typing() bool {
	return p.searching || p.jumping || p.panel != nil && p.panel.form.onField()
}

func (p filmsPage) keys(e env) []key.Binding {
	k := e.keys
	switch {
	case p.panel != nil:
		return p.panel.keys(e)
	case p.searching:
		return []key.Binding{k.submit, k.clear}
	case p.jumping:
		return []key.Binding{k.submit, k.back}
	}
	list := []key.Binding{k.open, k.search}
	if p.want.query != "" {
		list = append(list, k.clear)
	} else if p.want.filtered() {
		list = append(list, k.unfilter)
	}
	return append(list, k.filter, k.sort, k.watchlist, k.jump, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last)
}

func (p filmsPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		switch {
		case p.panel != nil:
			return p.panelKey(e, msg)
		case p.searching:
			return p.searchKey(e, msg)
		case p.jumping:
			return p.jumpKey(e, msg)
		}
		return p.listKey(e, msg)
	case pageFound[marquee.Movie]:
		return p.found(e, msg)
	case genresFound:
		if msg.err == nil && p.panel != nil {
			p.genres = msg.genres
			panel := p.panel.withGenres(msg.genres)
			p.panel = &panel
		}
	case filmSaved:
		if msg.err != nil {
			return p, showError{msg.err, "tui.again.key"}, nil
		}
		return p, filmChanged{msg.film}, nil
	case filmChanged:
		return p.changed(msg.film), nil, nil
	case reconnected:
		next, cmd := p.list.again(e, p.api, p.fetch(e), msg.all, p.listRows())
		p.list = next
		return p, nil, cmd
	case pickLanguage:
		p.before = nil
		next, cmd := p.reload(e, "")
		return next, nil, cmd
	case clicked:
		return p.clicked(e, msg)
	case delayed:
		return p.timer(e, msg)
	}
	return p, nil, nil
}

func (p filmsPage) timer(e env, msg delayed) (page, intent, tea.Cmd) {
	switch due := msg.what.(type) {
	case slowDue:
		p.list = p.list.late(msg.gen)
	case searchDue:
		if due.text == p.input.Value() && due.text != p.want.query {
			next, cmd := p.search(e, due.text)
			return next, nil, cmd
		}
	case jumpDue:
		if due.text == p.letters.Value() && p.jumping {
			return p.toLetters(e, due.text)
		}
	}
	return p, nil, nil
}

// fetch asks for films as they are wanted now.
func (p filmsPage) fetch(e env) fetcher {
	f := marquee.MovieFilter{
		Query: strings.TrimSpace(p.want.query), Sort: p.want.sort, Language: e.say.Tag(),
		Genre: p.want.genre, YearFrom: p.want.from, YearTo: p.want.to,
	}
	return func(gen int, side window.Direction, r marquee.PageRequest) tea.Cmd {
		f := f
		f.Page = r
		return findPage(p.api, gen, side, r.Cursor, func(ctx context.Context) (marquee.Page[marquee.Movie], error) {
			return p.api.movies.FindMovies(ctx, f)
		})
	}
}

func (p filmsPage) reload(e env, at string) (filmsPage, tea.Cmd) {
	var cmd tea.Cmd
	p.list, cmd = p.list.reload(e, p.api, p.fetch(e), at)
	return p, cmd
}

func (p filmsPage) found(e env, msg pageFound[marquee.Movie]) (page, intent, tea.Cmd) {
	if msg.gen == p.list.gen && msg.err == nil && msg.side == window.Fresh {
		p.meant = msg.page.CorrectedQuery
	}
	if msg.gen == p.list.gen && msg.err == nil {
		p.rows = newRowCache() // a film that has been here may be another now
	}
	keep := p.remembered(e, msg)
	list, want, cmd := p.list.found(e, p.api, p.fetch(e), msg, p.listRows())
	p.list = list
	return p, want, tea.Batch(cmd, keep)
}

// changed puts a film as it is now in the place of the one listed.
func (p filmsPage) changed(film marquee.Movie) filmsPage {
	same := func(m marquee.Movie) bool { return m.ID == film.ID }
	p.list = p.list.replace(film, same)
	if p.before != nil {
		p.before = &filmsBefore{p.before.films.Replace(film, same), p.before.want}
	}
	p.rows = newRowCache()
	return p
}

// listKey is a key while the list has the focus.
func (p filmsPage) listKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	if list, cmd, ok := p.list.key(e, p.api, p.fetch(e), msg, p.listRows()); ok {
		p.list = list
		return p, nil, cmd
	}
	film, chosen := p.list.items.Selected()
	switch k := e.keys; {
	case key.Matches(msg, k.open) && chosen:
		return p, goFilm{film}, nil
	case key.Matches(msg, k.search):
		p.searching = true
	case key.Matches(msg, k.jump):
		p.jumping = true
		p.letters, p.jumped = newQuery(), ""
	case key.Matches(msg, k.filter):
		panel := newFilterPanel(p.want, p.genres)
		p.panel = &panel
		if p.genres == nil {
			return p, nil, p.api.findGenres(p.list.gen)
		}
	case key.Matches(msg, k.clear) && p.want.query != "":
		next, cmd := p.endSearch(e)
		return next, clearError{}, cmd
	case key.Matches(msg, k.clear) && p.want.filtered():
		return p.show(e, wanted{query: p.want.query, sort: p.want.sort})
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case key.Matches(msg, k.sort):
		want := p.want
		want.sort = nextSort(want.sort)
		return p.show(e, want)
	case key.Matches(msg, k.watchlist) && chosen:
		return p, p.api.toggleWatchlist(0, film, e.say.Tag()), nil
	case key.Matches(msg, k.copy) && chosen:
		return p, copyText{filmLine(film)}, nil
	}
	return p, nil, nil
}

// show lists what is wanted from its beginning.
func (p filmsPage) show(e env, want wanted) (page, intent, tea.Cmd) {
	p.want, p.before = want, nil
	next, cmd := p.reload(e, "")
	return next, nil, cmd
}

// clicked puts the cursor on a row; on the row under the cursor it opens.
func (p filmsPage) clicked(e env, at clicked) (page, intent, tea.Cmd) {
	if p.panel != nil || at.y < headRows || at.x >= p.listWidth() {
		return p, nil, nil
	}
	list, open, cmd := p.list.click(p.fetch(e), at.y-headRows, p.listRows())
	p.list = list
	if film, ok := list.items.Selected(); ok && open {
		return p, goFilm{film}, cmd
	}
	return p, nil, cmd
}

func nextSort(s marquee.Sort) marquee.Sort {
	for i, one := range sorts {
		if one == s {
			return sorts[(i+1)%len(sorts)]
		}
	}
	return sorts[0]
}

// sorts are the orders, as the key goes through them.
var sorts = []marquee.Sort{marquee.SortTitle, marquee.SortYearDesc, marquee.SortYear, marquee.SortRating}
