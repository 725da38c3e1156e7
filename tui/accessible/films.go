package accessible

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// filmsShown is how many films are read out before the person says to go on.
const filmsShown = 10

// fetch asks for a page of films.
type fetch func(context.Context, marquee.PageRequest) (marquee.Page[marquee.Movie], error)

// films lists films page by page and opens the one that is picked.
func (p *program) films(title string, list fetch) error { return p.filmsFrom(title, list, false) }

// filmsFrom is films, with a jump to letters where they are ordered by title.
func (p *program) filmsFrom(title string, list fetch, byTitle bool) error {
	at := marquee.PageRequest{Limit: filmsShown}
	for {
		page, err := list(p.ctx, at)
		if err != nil {
			return err
		}
		next := at
		to := func(cursor string) func() error {
			return func() error { next.Cursor, next.At = cursor, ""; return nil }
		}
		err = p.menu(func() (string, string, []choice) {
			if page.CorrectedQuery != "" {
				p.line("tui.films.corrected", "Query", cells.Clean(page.CorrectedQuery))
			}
			choices := make([]choice, 0, len(page.Items)+3)
			for _, m := range page.Items {
				choices = append(choices, choice{p.filmLine(m), func() error { return back(p.untilBack(p.film(m.ID))) }})
			}
			if page.NextCursor != nil {
				choices = append(choices, choice{p.say("accessible.next"), to(*page.NextCursor)})
			}
			if page.PrevCursor != nil {
				choices = append(choices, choice{p.say("accessible.previous"), to(*page.PrevCursor)})
			}
			if byTitle {
				choices = append(choices, choice{p.say("accessible.jump"), func() (err error) { next, err = p.letters(at); return err }})
			}
			return p.say("accessible.films", "Title", title, "Total", page.Total), p.say("accessible.back"), choices
		})
		if err != nil || !p.SignedIn() {
			return err
		}
		at = next
	}
}

// letters asks where titles begin, and leaves what is shown for an empty answer.
func (p *program) letters(at marquee.PageRequest) (marquee.PageRequest, error) {
	text, err := p.Prompt.Line(p.ctx, p.say("accessible.letters"))
	if text = strings.TrimSpace(text); err != nil || text == "" {
		return at, err
	}
	if text == "end" {
		text = "END" // letters, not the word for the last page
	}
	return marquee.PageRequest{Limit: at.Limit, At: text}, nil
}

// filmLine is a film in one line, its marks in words.
func (p *program) filmLine(m marquee.Movie) string {
	parts := []string{cells.Clean(m.Title)}
	if m.OriginalTitle != "" && m.OriginalTitle != m.Title {
		parts = append(parts, cells.Clean(m.OriginalTitle))
	}
	if m.Year != 0 {
		parts = append(parts, strconv.Itoa(m.Year))
	}
	if m.MyRating > 0 {
		parts = append(parts, p.say("accessible.your_rating", "Rating", m.MyRating))
	}
	if m.OnWatchlist {
		parts = append(parts, p.say("tui.film.on_watchlist"))
	}
	if m.WatchedOn != nil {
		parts = append(parts, p.say("accessible.watched", "Date", string(*m.WatchedOn)))
	}
	return strings.Join(parts, ", ")
}

// untilBack shows what comes until the person goes back.
func (p *program) untilBack(show func() (func() (string, string, []choice), error)) error {
	for {
		choices, err := show()
		if err != nil {
			return err
		}
		if err := p.menu(choices); err != nil || !p.SignedIn() {
			return err
		}
	}
}

// film reads out a film, and what can be done with it.
func (p *program) film(id string) func() (func() (string, string, []choice), error) {
	first := true
	return func() (func() (string, string, []choice), error) {
		m, err := p.Service.FindMovie(p.ctx, id, p.Messages.Tag())
		if err != nil {
			return nil, err
		}
		viewings, err := p.Service.Viewings(p.ctx, m.ID)
		if err != nil {
			return nil, err
		}
		if first {
			p.readFilm(m)
			first = false
		}
		return func() (string, string, []choice) {
			return p.filmLine(m), p.say("accessible.back"), p.filmChoices(m, viewings)
		}, nil
	}
}

func (p *program) readFilm(m marquee.Movie) {
	for _, part := range []struct{ id, text string }{
		{"tui.film.directors", strings.Join(m.Directors, ", ")}, {"tui.film.cast", strings.Join(m.Cast, ", ")},
		{"tui.film.genres", strings.Join(p.Messages.Words(m.Genres), ", ")}, {"tui.film.languages", strings.Join(p.Messages.Words(m.Languages), ", ")},
		{"tui.film.average", p.average(m)}, {"accessible.overview", m.Overview},
	} {
		if part.text != "" {
			p.text(p.say(part.id) + ": " + cells.Clean(part.text))
		}
	}
	for _, l := range m.Links() {
		p.text(p.say("tui.film."+l.Site) + ": " + l.URL)
	}
}

func (p *program) average(m marquee.Movie) string {
	if m.RatingCount == 0 {
		return p.say("tui.film.unrated")
	}
	return fmt.Sprintf("%.1f %s", m.RatingAverage, p.say("tui.film.ratings", "N", m.RatingCount))
}

func (p *program) filmChoices(m marquee.Movie, viewings []marquee.Viewing) []choice {
	done := func(act func() error, id string, pairs ...any) func() error {
		return func() error {
			if err := act(); err != nil {
				return err
			}
			p.line(id, append(pairs, "Film", cells.Clean(m.Title))...)
			return nil
		}
	}
	today := marquee.Date(time.Now().In(p.zone()).Format(time.DateOnly))
	list := []choice{{p.say("accessible.rate"), func() error { return p.rate(m) }}}
	if m.MyRating > 0 {
		list = append(list, choice{p.say("accessible.unrate"), done(func() error { return p.Service.UnrateMovie(p.ctx, m.ID) }, "verb.unrated")})
	}
	if m.OnWatchlist {
		list = append(list, choice{p.say("accessible.off_watchlist"), done(func() error { return p.Service.RemoveFromWatchlist(p.ctx, m.ID) }, "verb.watchlist_remove")})
	} else {
		list = append(list, choice{p.say("accessible.onto_watchlist"), done(func() error { return p.Service.AddToWatchlist(p.ctx, m.ID) }, "verb.watchlist_add")})
	}
	list = append(list, choice{p.say("accessible.watch"), done(func() error { return p.Service.MarkWatched(p.ctx, m.ID, today) }, "verb.watched", "Date", string(today))},
		choice{p.say("accessible.watch_on"), func() error { return p.watchedOn(m) }})
	for _, v := range viewings {
		on := v.WatchedOn
		list = append(list, choice{p.say("accessible.unwatch", "Date", string(on)), done(func() error { return p.Service.UnmarkWatched(p.ctx, m.ID, on) }, "verb.unwatched")})
	}
	return list
}

// watchedOn asks for a day on which the film was seen.
func (p *program) watchedOn(m marquee.Movie) error {
	for {
		text, err := p.Prompt.Line(p.ctx, p.say("accessible.date"))
		if text = strings.TrimSpace(text); err != nil || text == "" {
			return err
		}
		on, err := marquee.ParseDate(text)
		if err != nil {
			p.wrong(marquee.FieldError{Code: marquee.FieldFormat})
			continue
		}
		err = p.Service.MarkWatched(p.ctx, m.ID, on)
		var e *marquee.Error
		if errors.As(err, &e) && len(e.Fields) > 0 {
			p.wrong(e.Fields[0])
			continue
		}
		if err != nil {
			return err
		}
		p.line("verb.watched", "Film", cells.Clean(m.Title), "Date", string(on))
		return nil
	}
}

func (p *program) rate(m marquee.Movie) error {
	n, err := p.number(p.say("accessible.rating"), 1, 10)
	if err != nil || n < 0 {
		return err
	}
	if err := p.Service.RateMovie(p.ctx, m.ID, n); err != nil {
		return err
	}
	p.line("verb.rated", "Film", cells.Clean(m.Title), "Rating", n)
	return nil
}

func (p *program) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}
