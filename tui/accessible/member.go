package accessible

import (
	"context"
	"errors"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// member is the menu of who is signed in.
func (p *program) member() (string, string, []choice) {
	return p.say("accessible.member"), p.say("accessible.quit"), []choice{
		{p.say("accessible.find"), p.search},
		{p.say("accessible.all_films"), func() error {
			return p.filmsFrom(p.say("tui.title.films"), func(ctx context.Context, page marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
				return p.Service.FindMovies(ctx, marquee.MovieFilter{Language: p.Messages.Tag(), Page: page})
			}, true)
		}},
		{p.say("accessible.choose_films"), p.chooseFilms},
		{p.say("tui.film.watchlist"), func() error {
			return p.films(p.say("tui.film.watchlist"), func(ctx context.Context, page marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
				return p.Service.Watchlist(ctx, page, p.Messages.Tag())
			})
		}},
		{p.say("accessible.diary"), p.diary},
		{p.say("accessible.sessions"), func() error { return back(p.until(p.sessions)) }},
		{p.say("tui.title.account"), p.account},
		{p.say("tui.action.other_language"), p.otherLanguage},
		{p.say("tui.action.sign_out"), p.signOut},
	}
}

// diary lists the months that have entries, and the films of one or of all.
func (p *program) diary() error {
	months, err := p.Service.DiaryMonths(p.ctx)
	if err != nil {
		return err
	}
	of := func(month marquee.Month) func() error {
		title := strings.TrimSpace(p.say("accessible.diary") + " " + cells.CleanLabel(string(month), 7))
		return func() error {
			return back(p.films(title, func(ctx context.Context, page marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
				return p.Service.Diary(ctx, marquee.DiaryFilter{Month: month, Language: p.Messages.Tag(), Page: page})
			}))
		}
	}
	return back(p.until(func() (string, string, []choice) {
		choices := []choice{{p.say("accessible.all_months"), of("")}}
		for _, m := range months {
			choices = append(choices, choice{p.say("accessible.month", "Month", cells.CleanLabel(string(m.Month), 7), "N", m.Count), of(m.Month)})
		}
		return p.say("accessible.diary"), p.say("accessible.back"), choices
	}))
}

// back makes nothing of having left a menu.
func back(err error) error {
	if errors.Is(err, errBack) {
		return nil
	}
	return err
}

func (p *program) search() error {
	words, err := p.Prompt.Line(p.ctx, p.say("accessible.words"))
	if err != nil {
		return err
	}
	title := p.say("accessible.found", "Words", cells.Clean(words))
	return p.films(title, func(ctx context.Context, page marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
		return p.Service.FindMovies(ctx, marquee.MovieFilter{Query: strings.TrimSpace(words), Language: p.Messages.Tag(), Page: page})
	})
}

func (p *program) signOut() error {
	if err := p.Service.Logout(p.ctx, marquee.LogoutLocal); err != nil {
		return err
	}
	p.line("command.signed_out")
	return nil
}
