package verb

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

func newWatchlist(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "watchlist", Short: w.say("watchlist_short"), Args: NoArguments}
	list := w.listFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return list.run(cmd, func(ctx context.Context, s Service, p marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
			return s.Watchlist(ctx, p, w.Say.Tag())
		})
	}
	cmd.AddCommand(
		w.newListChange("add FILM", "watchlist_add", Service.AddToWatchlist),
		w.newListChange("remove FILM", "watchlist_remove", Service.RemoveFromWatchlist),
	)
	return cmd
}

// newListChange puts a film on the watchlist or takes it off. id is that of
// the sentence that says it was done, and with "_short" of what the verb is.
func (w World) newListChange(use, id string, act func(Service, context.Context, string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: w.say(id + "_short"), Long: w.say("film_long"), Args: atLeast(1)}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return w.onFilm(cmd, oneName(args), *asJSON, func(ctx context.Context, s Service, film string) error {
			return act(s, ctx, film)
		}, func(m marquee.Movie) error { return w.line(w.say(id, "Film", cells.Clean(m.Title))) })
	}
	return cmd
}
