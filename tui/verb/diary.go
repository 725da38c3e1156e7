package verb

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

func newDiary(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "diary", Short: w.say("diary_short"), Args: NoArguments}
	month := cmd.Flags().String("month", "", w.say("flag_month"))
	list := w.listFlags(cmd)
	list.dated = true
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		filter := marquee.DiaryFilter{Language: w.Say.Tag()}
		if *month != "" {
			m, err := marquee.ParseMonth(*month)
			if err != nil {
				return Usage("verb.month_form")
			}
			filter.Month = m
		}
		return list.run(cmd, func(ctx context.Context, s Service, p marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
			filter.Page = p
			return s.Diary(ctx, filter)
		})
	}
	return cmd
}

func newWatched(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "watched FILM", Short: w.say("watched_short"), Long: w.say("film_long"), Args: atLeast(1)}
	asJSON := w.JSONFlag(cmd)
	on := cmd.Flags().String("on", "", w.say("flag_on"))
	remove := cmd.Flags().Bool("remove", false, w.say("flag_remove"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		date := marquee.Date("")
		if *on != "" {
			d, err := marquee.ParseDate(*on)
			if err != nil {
				return Usage("verb.date_form")
			}
			date = d
		}
		return w.onFilm(cmd, oneName(args), *asJSON, func(ctx context.Context, s Service, id string) error {
			if *remove {
				return s.UnmarkWatched(ctx, id, date)
			}
			if date == "" {
				date = w.today()
			}
			return s.MarkWatched(ctx, id, date)
		}, func(m marquee.Movie) error {
			if *remove {
				return w.line(w.say("unwatched", "Film", cells.Clean(m.Title)))
			}
			return w.line(w.say("watched", "Film", cells.Clean(m.Title), "Date", string(date)))
		})
	}
	return cmd
}

func (w World) today() marquee.Date {
	return marquee.Date(w.moment(time.Now())[:len(time.DateOnly)])
}
