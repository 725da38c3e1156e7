package app

import (
	"slices"
	"time"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// filmPage shows one film and takes what the person did with it. A change is
// shown once the server has it; until then the page says that it is saving.
type filmPage struct {
	api     api
	size    Size
	film    marquee.Movie
	top     int // first visible line
	gen     int // of loading
	failed  bool
	acts    int  // number of the last change asked for
	saving  bool // and it has not been answered
	loading bool
	again   bool // it is loaded once more after the change

	viewings []marquee.Viewing // the last first
	looked   int               // number of the question for them
	day      *form             // asks for a date, when not nil
	asked    *form             // as it was when a date was last sent
}

func newFilm(a api, film marquee.Movie) filmPage { return filmPage{api: a, film: film} }

func (p filmPage) init(e env) (page, tea.Cmd) { return p.reload(e) }
func (p filmPage) typing() bool               { return p.day != nil }
func (p filmPage) title(e env) string         { return e.say.T("tui.title.film") }
func (p filmPage) setSize(size Size) page     { p.size = size; return p }

func (p filmPage) keys(e env) []key.Binding {
	k := e.keys
	if p.day != nil {
		return []key.Binding{k.submit, k.dayAfter, k.dayBefore, k.back}
	}
	return []key.Binding{k.back, k.rate, k.watchlist, k.watched, k.day, k.unrate, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

// reload asks for the film, while it is being changed not before that is done:
// an answer from before would undo what is shown.
func (p filmPage) reload(e env) (page, tea.Cmd) {
	if p.saving {
		p.again = true
		return p, nil
	}
	p.gen++
	p.failed, p.loading, p.again = false, true, false
	next, look := p.look()
	return next, tea.Batch(p.api.findFilm(p.gen, p.film.ID, e.say.Tag()), look)
}

func (p filmPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if p.day != nil {
			return p.dayKey(e, msg)
		}
		return p.key(e, msg)
	case viewingsFound:
		if msg.gen == p.looked && msg.err == nil {
			p.viewings = msg.viewings
		}
	case filmFound:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.loading = false
		if p.failed = msg.err != nil; p.failed {
			return p, showError{msg.err, "tui.again.refresh"}, nil
		}
		p.film = msg.film
		return p, filmChanged{msg.film}, nil
	case filmChanged:
		if msg.film.ID != p.film.ID || p.saving {
			return p, nil, nil
		}
		p.film = msg.film
		if p.loading { // what comes may be from before the change
			next, cmd := p.reload(e)
			return next, nil, cmd
		}
	case filmSaved:
		if msg.gen != p.acts && msg.err == nil {
			return p, nil, nil // more is under way
		}
		p.saving = msg.gen != p.acts
		return p.saved(e, msg)
	case reconnected:
		if p.failed || msg.all {
			next, cmd := p.reload(e)
			return next, nil, cmd
		}
	case pickLanguage:
		next, cmd := p.reload(e)
		return next, nil, cmd
	}
	return p, nil, nil
}

// saved shows the film as it is after a change, or what went wrong.
func (p filmPage) saved(e env, msg filmSaved) (page, intent, tea.Cmd) {
	var want intent = showError{msg.err, "tui.again.key"}
	var look tea.Cmd
	if again, ok := p.askAgain(msg.err); ok {
		p, want = again, clearError{}
	}
	if msg.err == nil {
		p.film, want = msg.film, filmChanged{msg.film}
		p, look = p.look()
	}
	if !p.again || p.saving {
		return p, want, look
	}
	next, load := p.reload(e)
	return next, want, tea.Batch(look, load)
}

func (p filmPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	language := e.say.Tag()
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case key.Matches(msg, k.day):
		p.day = newDay(today(e))
	case key.Matches(msg, k.copy):
		return p, copyText{filmAndLink(p.film)}, nil
	case key.Matches(msg, k.rate):
		rating := ratingOf(k.rate, msg)
		return p.save(func(a api, gen int) saveFilm { return a.rate(gen, p.film, rating, language) })
	case key.Matches(msg, k.unrate):
		return p.save(func(a api, gen int) saveFilm { return a.rate(gen, p.film, 0, language) })
	case key.Matches(msg, k.watchlist):
		return p.save(func(a api, gen int) saveFilm { return a.toggleWatchlist(gen, p.film, language) })
	case key.Matches(msg, k.watched):
		on := today(e)
		p.asked = newDay(on)
		return p.save(func(a api, gen int) saveFilm { return a.toggleWatched(gen, p.film, on, language) })
	}
	p.top, _ = scrollKey(e, msg, p.top, max(0, len(p.text(e))-p.size.Height), p.size.Height)
	return p, nil, nil
}

// save asks for a change. The answer to the last one is shown; what was being
// loaded is from before it.
func (p filmPage) save(change func(a api, gen int) saveFilm) (page, intent, tea.Cmd) {
	if p.loading {
		p.gen++
		p.loading, p.again = false, true
	}
	p.acts++
	p.saving = true
	return p, change(p.api, p.acts), nil
}

// filmLine is a film in a line of text, as it is copied.
func filmLine(m marquee.Movie) string {
	if m.Year == 0 {
		return m.Title
	}
	return m.Title + " (" + number(m.Year) + ")"
}

// filmAndLink is a film in a line of text with a page that tells of it.
func filmAndLink(m marquee.Movie) string {
	if links := m.Links(); len(links) > 0 {
		return filmLine(m) + " " + links[0].URL
	}
	return filmLine(m)
}

// ratingOf is which of the ten keys that rate was pressed.
func ratingOf(rate key.Binding, msg tea.KeyMsg) int {
	return slices.Index(rate.Keys(), msg.String()) + 1
}

// today is the person's calendar date, not UTC's.
func today(e env) marquee.Date { return marquee.Date(e.now().Format(time.DateOnly)) }

func (p filmPage) text(e env) []string {
	lines := append(viewFilm(e, p.film, p.size.Width-4, true), p.viewViewings(e)...)
	lines = append(lines, viewLinks(e, p.film, textWidth(p.size))...)
	if p.saving {
		lines[0] += e.theme.Faint.Render("  " + e.say.T("tui.saving"))
	}
	return lines
}

func (p filmPage) view(e env) string {
	if p.day != nil {
		return p.viewWithDay(e)
	}
	return viewScrolled(e, p.text(e), p.top, p.size)
}
