package verb

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

func newMovie(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "movie FILM", Short: w.say("movie_short"), Long: w.say("film_long"), Args: atLeast(1)}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return w.onFilm(cmd, oneName(args), *asJSON, nil, w.printFilm)
	}
	return cmd
}

// onFilm does something with a film and shows it as it is then; act is nil
// where it is only looked at.
func (w World) onFilm(cmd *cobra.Command, name string, asJSON bool,
	act func(ctx context.Context, s Service, id string) error, show func(marquee.Movie) error,
) error {
	return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
		film, err := w.find(ctx, s, name)
		if err != nil {
			return err
		}
		if act != nil {
			if err := act(ctx, s, film.ID); err != nil {
				return err
			}
			if film, err = s.FindMovie(ctx, film.ID, w.Say.Tag()); err != nil {
				return err
			}
		}
		if asJSON {
			return WriteJSON(w.Out, film)
		}
		return show(film)
	})
}

func (w World) printFilm(m marquee.Movie) error {
	head := titles(m)
	if m.Year != 0 {
		head += " (" + strconv.Itoa(m.Year) + ")"
	}
	if err := w.line(cells.Clean(head)); err != nil {
		return err
	}
	say := w.Say.T
	minutes, average, mine, watched := "", say("tui.film.unrated"), say("tui.film.not_rated"), say("tui.film.not_watched")
	if m.RuntimeMinutes > 0 {
		minutes = say("tui.film.minutes", "N", m.RuntimeMinutes)
	}
	if m.RatingCount > 0 {
		average = strconv.FormatFloat(m.RatingAverage, 'f', 1, 64) + " " + say("tui.film.ratings", "N", m.RatingCount)
	}
	if m.MyRating > 0 {
		mine = strconv.Itoa(m.MyRating)
	}
	if m.WatchedOn != nil {
		watched = say("tui.film.watched_on", "Date", string(*m.WatchedOn))
	}
	onList := say("tui.film.off_watchlist")
	if m.OnWatchlist {
		onList = say("tui.film.on_watchlist")
	}
	pairs := []string{
		say("tui.film.directors"), strings.Join(m.Directors, ", "),
		say("tui.film.cast"), strings.Join(m.Cast, ", "),
		say("tui.film.genres"), strings.Join(w.Say.Words(m.Genres), ", "),
		say("tui.film.languages"), strings.Join(w.Say.Words(m.Languages), ", "),
		w.say("length"), minutes,
		say("tui.film.average"), average,
		say("tui.film.mine"), mine,
		say("tui.film.watchlist"), onList,
		say("tui.film.watched"), watched,
	}
	for _, l := range m.Links() {
		pairs = append(pairs, say("tui.film."+l.Site), l.URL)
	}
	err := w.Pairs(append(pairs, "ID", m.ID)...)
	if err != nil || m.Overview == "" {
		return err
	}
	return w.line("\n" + strings.Join(w.wrapped(cells.Clean(m.Overview), 0), "\n"))
}
