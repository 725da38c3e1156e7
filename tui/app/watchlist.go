package app

import (
	"context"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/app/window"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// watchlistPage is what the person wants to see, the newest entry first. A
// film that is taken off stays where it is until the list is loaded again, so
// that the same key puts it back.
type watchlistPage struct {
	api  api
	size Size
	list pager[marquee.Movie]
}

func newWatchlist(a api) watchlistPage { return watchlistPage{api: a} }

func (p watchlistPage) place() place       { return placeWatchlist }
func (p watchlistPage) title(e env) string { return e.say.T("pages.title.watchlist") }
func (p watchlistPage) typing() bool       { return false }

func (p watchlistPage) init(e env) (page, tea.Cmd) {
	var cmd tea.Cmd
	p.list, cmd = p.list.reload(e, p.api, p.fetch(e), "")
	return p, cmd
}

func (p watchlistPage) setSize(size Size) page {
	p.size = size
	p.list.items = p.list.items.Show(p.listRows())
	return p
}

func (p watchlistPage) keys(e env) []key.Binding {
	k := e.keys
	return []key.Binding{k.back, k.open, k.watchlist, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

func (p watchlistPage) fetch(e env) fetcher {
	language := e.say.Tag()
	return func(gen int, side window.Direction, r marquee.PageRequest) tea.Cmd {
		return findPage(p.api, gen, side, r.Cursor, func(ctx context.Context) (marquee.Page[marquee.Movie], error) {
			return p.api.movies.Watchlist(ctx, r, language)
		})
	}
}

func (p watchlistPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case pageFound[marquee.Movie]:
		list, want, cmd := p.list.found(e, p.api, p.fetch(e), msg, p.listRows())
		p.list = list
		return p, want, cmd
	case filmSaved:
		if msg.err != nil {
			return p, showError{msg.err, "tui.again.key"}, nil
		}
		return p, filmChanged{msg.film}, nil
	case filmChanged:
		return p.changed(e, msg.film)
	case clicked:
		if msg.y < 1 || msg.x >= listWidth(p.size) {
			return p, nil, nil
		}
		list, open, cmd := p.list.click(p.fetch(e), msg.y-1, p.listRows())
		p.list = list
		if film, ok := list.items.Selected(); ok && open {
			return p, goFilm{film}, cmd
		}
		return p, nil, cmd
	case reconnected:
		var cmd tea.Cmd
		p.list, cmd = p.list.again(e, p.api, p.fetch(e), msg.all, p.listRows())
		return p, nil, cmd
	case pickLanguage:
		next, cmd := p.init(e)
		return next, nil, cmd
	case delayed:
		if _, ok := msg.what.(slowDue); ok {
			p.list = p.list.late(msg.gen)
		}
	}
	return p, nil, nil
}

// changed shows a film as it is now. One that was put on the watchlist from
// elsewhere is not here yet: it is asked for, at the top where new entries are.
func (p watchlistPage) changed(e env, film marquee.Movie) (page, intent, tea.Cmd) {
	same := func(m marquee.Movie) bool { return m.ID == film.ID }
	here := false
	for i := range p.list.items.Len() {
		m, _ := p.list.items.At(i)
		here = here || same(m)
	}
	p.list = p.list.replace(film, same)
	if here || !film.OnWatchlist || !p.list.items.AtStart() {
		return p, nil, nil
	}
	var cmd tea.Cmd
	p.list, cmd = p.list.again(e, p.api, p.fetch(e), true, p.listRows())
	return p, nil, cmd
}

func (p watchlistPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	if list, cmd, ok := p.list.key(e, p.api, p.fetch(e), msg, p.listRows()); ok {
		p.list = list
		return p, nil, cmd
	}
	film, chosen := p.list.items.Selected()
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case !chosen:
	case key.Matches(msg, k.open):
		return p, goFilm{film}, nil
	case key.Matches(msg, k.watchlist):
		return p, p.api.toggleWatchlist(0, film, e.say.Tag()), nil
	case key.Matches(msg, k.copy):
		return p, copyText{filmLine(film)}, nil
	}
	return p, nil, nil
}

func (p watchlistPage) listRows() int { return max(1, p.size.Height-1) }

func (p watchlistPage) view(e env) string {
	width := listWidth(p.size)
	lines := []string{viewColumns(e, width, p.list.place(e))}
	switch {
	case !p.list.loaded:
		lines = append(lines, skeleton(e, p.list.slow, p.listRows(), width)...)
	case p.list.items.Len() == 0:
		lines = append(lines, viewEmpty(e, e.say.T("pages.watchlist.none"), p.size.Width)...)
	default:
		from, to := p.list.items.Visible(p.listRows())
		for i := from; i < to; i++ {
			film, _ := p.list.items.At(i)
			lines = append(lines, viewRow(e, film, rowKey{width: width, selected: i == p.list.items.Cursor(), dim: p.list.slow || !film.OnWatchlist}))
		}
	}
	if film, ok := p.list.items.Selected(); ok && p.size.Width >= previewFrom {
		lines = beside(e, lines, film, width, p.size)
	}
	return strings.Join(lines, "\n")
}

// viewColumns names the columns of a list of films, with the place in it.
func viewColumns(e env, width int, place string) string {
	c := columnsIn(width)
	title := e.say.T("tui.column.title")
	if place != "" {
		title += "  " + place
	}
	line := "  " + cells.Fit(title, c.title) + " " + cells.FitRight(e.say.T("tui.column.year"), 4)
	if c.average > 0 {
		line += " " + cells.FitRight(e.say.T("tui.column.average"), c.average)
	}
	return e.theme.Faint.Render(cells.Fit(line+" "+cells.FitRight(e.say.T("tui.column.mine"), 4), width))
}
