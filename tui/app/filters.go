package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of the filter.
const (
	actShow  = "pages.action.show"
	actClear = "pages.action.clear"
)

// The years that a filter takes, as the API does.
const leastYear, mostYear = 1, 9999

type genresFound struct {
	reply
	genres []string
}

func (a api) findGenres(gen int) tea.Cmd {
	var genres []string
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		genres, err = a.movies.Genres(ctx)
		return err
	}, func(r reply) tea.Msg { return genresFound{r, genres} })
}

// filterPanel chooses which films are listed, and in which order.
type filterPanel struct{ form form }

func newFilterPanel(w wanted, genres []string) filterPanel {
	year := func(name string, value int) field {
		f := newField(name, false, func(f form) *marquee.FieldError { return checkYear(name, f.value(name)) })
		f.input.CharLimit = 4
		f.input.SetValue(number(value))
		return f
	}
	var orders []choice
	for _, s := range sorts {
		orders = append(orders, choice{value: string(s)})
	}
	to := year("year_to", w.to)
	to.check = func(f form) *marquee.FieldError {
		if problem := checkYear("year_to", f.value("year_to")); problem != nil {
			return problem
		}
		if from, to := toYear(f.value("year_from")), toYear(f.value("year_to")); to != 0 && to < from {
			return &marquee.FieldError{Field: "year_to", Code: marquee.FieldRange}
		}
		return nil
	}
	return filterPanel{form{
		fields: []field{newChoice("genre", w.genre, genreChoices(w.genre, genres)), year("year_from", w.from), to,
			newChoice("sort", string(w.sort), orders)},
		actions: []string{actShow, actClear},
	}}
}

// genreChoices are all genres, the chosen one as long as they are not known.
func genreChoices(chosen string, genres []string) []choice {
	if chosen != "" && !slices.Contains(genres, chosen) {
		genres = append([]string{chosen}, genres...)
	}
	choices := []choice{{}}
	for _, g := range genres {
		choices = append(choices, choice{g, g})
	}
	return choices
}

// withGenres offers genres, keeping the one that is chosen.
func (p filterPanel) withGenres(genres []string) filterPanel {
	chosen := p.form.value("genre")
	p.form.fields = append([]field(nil), p.form.fields...)
	p.form.fields[0] = newChoice("genre", chosen, genreChoices(chosen, genres))
	return p
}

// checkYear takes nothing, or a year.
func checkYear(name, text string) *marquee.FieldError {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if n := toYear(text); n < leastYear || n > mostYear {
		return &marquee.FieldError{Field: name, Code: marquee.FieldFormat}
	}
	return nil
}

// toYear reads a year, 0 for none.
func toYear(text string) int { n, _ := strconv.Atoi(strings.TrimSpace(text)); return n }

func (p filterPanel) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.choose, e.keys.next, e.keys.back, e.keys.previous}
}

// wanted is what the panel says, for the same search.
func (p filterPanel) wanted(query string) wanted {
	return wanted{query: query, genre: p.form.value("genre"), from: toYear(p.form.value("year_from")), to: toYear(p.form.value("year_to")),
		sort: marquee.Sort(p.form.value("sort"))}
}

// view draws the panel; the labels of choices are in the language of now.
func (p filterPanel) view(e env, size Size) []string {
	f := p.form
	f.fields = append([]field(nil), f.fields...)
	label := func(i int, text func(string) string) {
		f.fields[i].choices = append([]choice(nil), f.fields[i].choices...)
		for j, c := range f.fields[i].choices {
			f.fields[i].choices[j].label = text(c.value)
		}
	}
	label(0, func(genre string) string {
		if genre == "" {
			return e.say.T("pages.filter.all")
		}
		return e.say.Word(genre)
	})
	label(3, func(sort string) string { return e.say.T("tui.sort." + sortName(marquee.Sort(sort))) })
	return f.view(e, size)
}

// withForm is the filter's, while it is open.
func (p filmsPage) withForm(do func(form) form) page {
	if p.panel != nil {
		panel := *p.panel
		panel.form = do(panel.form)
		p.panel = &panel
	}
	return p
}

// panelKey is a key while the filter is open.
func (p filmsPage) panelKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	panel := *p.panel
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		p.panel = nil
		return p, nil, nil
	case key.Matches(msg, k.submit) && panel.form.action() == actClear:
		p.panel = nil
		return p.show(e, wanted{query: p.want.query, sort: marquee.SortTitle})
	case key.Matches(msg, k.submit):
		var ok bool
		if panel.form, ok = panel.form.checkAll(); !ok {
			break
		}
		p.panel = nil
		if want := panel.wanted(p.want.query); want != p.want {
			return p.show(e, want)
		}
		return p, nil, nil
	default:
		panel.form = panel.form.press(k, msg)
	}
	p.panel = &panel
	return p, nil, nil
}
