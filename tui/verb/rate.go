package verb

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

func newRate(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "rate FILM RATING", Short: w.say("rate_short"), Long: w.say("film_long"), Args: atLeast(2)}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		last := len(args) - 1
		rating, err := strconv.Atoi(args[last])
		if err != nil || rating < 1 || rating > 10 {
			return Usage("verb.rating_range")
		}
		return w.onFilm(cmd, oneName(args[:last]), *asJSON, func(ctx context.Context, s Service, id string) error {
			return s.RateMovie(ctx, id, rating)
		}, func(m marquee.Movie) error {
			return w.line(w.say("rated", "Film", cells.Clean(m.Title), "Rating", m.MyRating))
		})
	}
	return cmd
}

func newUnrate(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "unrate FILM", Short: w.say("unrate_short"), Long: w.say("film_long"), Args: atLeast(1)}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return w.onFilm(cmd, oneName(args), *asJSON, func(ctx context.Context, s Service, id string) error {
			return s.UnrateMovie(ctx, id)
		}, func(m marquee.Movie) error { return w.line(w.say("unrated", "Film", cells.Clean(m.Title))) })
	}
	return cmd
}
