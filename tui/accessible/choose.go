package accessible

import (
	"context"
	"strconv"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// chooseFilms asks which films, by genre and years, and in which order; an
// empty answer is no bound.
func (p *program) chooseFilms() error {
	f := marquee.MovieFilter{Language: p.Messages.Tag()}
	genres, err := p.Service.Genres(p.ctx)
	if err != nil {
		return err
	}
	labels := []string{p.say("pages.filter.all")}
	for _, g := range genres {
		labels = append(labels, cells.CleanLabel(p.Messages.Word(g), 64))
	}
	n, err := p.pick(p.say("tui.field.genre"), labels)
	if err != nil {
		return back(err)
	}
	if n > 0 {
		f.Genre = genres[n-1]
	}
	for _, year := range []struct {
		id string
		to *int
	}{{"year_from", &f.YearFrom}, {"year_to", &f.YearTo}} {
		n, err := p.number(p.say("accessible.or_none", "Label", p.say("tui.field."+year.id)), 1, 9999)
		if err != nil {
			return err
		}
		*year.to = max(0, n)
	}
	orders := []marquee.Sort{marquee.SortTitle, marquee.SortYearDesc, marquee.SortYear, marquee.SortRating}
	n, err = p.pick(p.say("tui.field.sort"), []string{p.say("tui.sort.title"), p.say("tui.sort.year_desc"), p.say("tui.sort.year"), p.say("tui.sort.rating")})
	if err != nil {
		return back(err)
	}
	f.Sort = orders[n]
	return p.filmsFrom(p.filterText(f), func(ctx context.Context, page marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
		f.Page = page
		return p.Service.FindMovies(ctx, f)
	}, f.Sort == marquee.SortTitle)
}

func (p *program) filterText(f marquee.MovieFilter) string {
	parts := []string{p.say("tui.title.films")}
	if f.Genre != "" {
		parts = append(parts, cells.CleanLabel(p.Messages.Word(f.Genre), 64))
	}
	if f.YearFrom > 0 {
		parts = append(parts, p.say("tui.field.year_from")+" "+strconv.Itoa(f.YearFrom))
	}
	if f.YearTo > 0 {
		parts = append(parts, p.say("tui.field.year_to")+" "+strconv.Itoa(f.YearTo))
	}
	return strings.Join(parts, ", ")
}

// pick asks for one of some answers and returns its index; errBack for none.
func (p *program) pick(title string, labels []string) (int, error) {
	p.text(title)
	for i, l := range labels {
		p.text(strconv.Itoa(i+1) + ". " + l)
	}
	p.text("0. " + p.say("accessible.back"))
	n, err := p.number(p.say("accessible.choice"), 0, len(labels))
	switch {
	case err != nil:
		return 0, err
	case n <= 0:
		return 0, errBack
	}
	return n - 1, nil
}
