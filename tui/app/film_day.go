package app

import (
	"context"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

type viewingsFound struct {
	reply
	viewings []marquee.Viewing
}

func (a api) findViewings(gen int, id string) tea.Cmd {
	var list []marquee.Viewing
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		list, err = a.movies.Viewings(ctx, id)
		return err
	}, func(r reply) tea.Msg { return viewingsFound{r, list} })
}

// look asks when the person saw the film.
func (p filmPage) look() (filmPage, tea.Cmd) {
	p.looked++
	return p, p.api.findViewings(p.looked, p.film.ID)
}

// newDay asks for a date, beginning at on.
func newDay(on marquee.Date) *form {
	fd := newField("date", false, func(f form) *marquee.FieldError {
		if _, err := marquee.ParseDate(strings.TrimSpace(f.value("date"))); err != nil {
			return &marquee.FieldError{Field: "date", Code: marquee.FieldFormat}
		}
		return nil
	})
	fd.input.CharLimit = len(time.DateOnly)
	fd.input.SetValue(string(on))
	return &form{fields: []field{fd}}
}

// dayKey is a key while a date is typed: arrows go a day up and down.
func (p filmPage) dayKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	f := *p.day
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		p.day = nil
		return p, clearError{}, nil
	case key.Matches(msg, k.submit):
		on := p.typedDay()
		noted := !p.seenOn(on)
		var ok bool
		if f, ok = f.checkAll(); ok && noted { // what is noted can be taken back, whenever it is
			_, err := marquee.ParsePastDate(string(on), e.now())
			f, ok = f.refuse(fieldsOf(err))
			ok = !ok
		}
		if ok {
			p.day, p.asked = nil, &f
			return p.save(func(a api, gen int) saveFilm { return a.setWatched(gen, p.film, on, noted, e.say.Tag()) })
		}
	case key.Matches(msg, k.dayAfter):
		f = f.with("date", dayBeside(p.typedDay(), 1)).checkField(0)
	case key.Matches(msg, k.dayBefore):
		f = f.with("date", dayBeside(p.typedDay(), -1)).checkField(0)
	default:
		f = f.key(msg)
	}
	p.day = &f
	return p, nil, nil
}

// askAgain asks once more for a date that the server refused, whose clock may
// be behind this one.
func (p filmPage) askAgain(err error) (filmPage, bool) {
	problems := fieldsOf(err)
	if p.asked == nil || p.day != nil || len(problems) == 0 || problems[0].Field != "watched_on" {
		return p, false
	}
	here := problems[0]
	here.Field = "date"
	f, _ := p.asked.refuse([]marquee.FieldError{here})
	p.day, p.asked = &f, nil
	return p, true
}

// withForm is that of the date, while it is asked for.
func (p filmPage) withForm(do func(form) form) page {
	if p.day != nil {
		f := do(*p.day)
		p.day = &f
	}
	return p
}

func (p filmPage) typedDay() marquee.Date {
	return marquee.Date(strings.TrimSpace(p.day.value("date")))
}

// seenOn reports whether a viewing of that day is noted.
func (p filmPage) seenOn(on marquee.Date) bool {
	for _, v := range p.viewings {
		if v.WatchedOn == on {
			return true
		}
	}
	return false
}

// dayBeside is the date some days after another; what is no date stays.
func dayBeside(on marquee.Date, days int) string {
	t, err := time.Parse(time.DateOnly, string(on))
	if err != nil {
		return string(on)
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// viewWithDay puts the question for a date below as much of the film as fits.
func (p filmPage) viewWithDay(e env) string {
	width := textWidth(p.size)
	ask := "pages.film.note"
	if p.seenOn(p.typedDay()) {
		ask = "pages.film.take_back"
	}
	below := []string{""}
	below = append(below, e.theme.Heading.Render(cells.Truncate(e.say.T(ask, "Key", firstKey(e.keys.submit)), width)))
	below = append(below, p.day.view(e, Size{width, 2})...)
	above := p.text(e)
	above = above[:min(len(above), max(0, p.size.Height-len(below)))]
	lines := append(append([]string(nil), above...), below...)
	return "  " + strings.Join(lines[:min(len(lines), max(0, p.size.Height))], "\n  ")
}

// viewViewings lists when the person saw the film, where there is more to say
// than the date above.
func (p filmPage) viewViewings(e env) []string {
	if len(p.viewings) < 2 {
		return nil
	}
	dates := make([]string, len(p.viewings))
	for i, v := range p.viewings {
		dates[i] = cells.CleanLabel(string(v.WatchedOn), 10)
	}
	return append([]string{""}, labelled(e, e.say.T("pages.film.viewings"), strings.Join(dates, ", "), textWidth(p.size))...)
}
