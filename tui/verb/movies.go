package verb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
)

func newMovies(w World) *cobra.Command {
	cmd := &cobra.Command{
		Use: "movies [WORDS...]", Short: w.say("movies_short"), Long: w.say("movies_long"),
		Args: cobra.ArbitraryArgs,
	}
	var filter marquee.MovieFilter
	flags := cmd.Flags()
	flags.StringVar(&filter.Genre, "genre", "", w.say("flag_genre"))
	flags.IntVar(&filter.YearFrom, "from", 0, w.say("flag_from"))
	flags.IntVar(&filter.YearTo, "to", 0, w.say("flag_to"))
	flags.StringVar((*string)(&filter.Sort), "sort", string(marquee.SortTitle), w.say("flag_sort"))
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions([]cobra.Completion{
		string(marquee.SortTitle), string(marquee.SortYear), string(marquee.SortYearDesc), string(marquee.SortRating),
	}, cobra.ShellCompDirectiveNoFileComp))
	list := w.listFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		filter.Query, filter.Language = oneName(args), w.Say.Tag()
		return list.run(cmd, func(ctx context.Context, s Service, p marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
			filter.Page = p
			return s.FindMovies(ctx, filter)
		})
	}
	return cmd
}

// filmList is a verb that lists films page by page.
type filmList struct {
	world  World
	json   *bool
	limit  int
	cursor string
	dated  bool // when each film was watched is what the list is about
}

func (w World) listFlags(cmd *cobra.Command) *filmList {
	l := &filmList{world: w, json: w.JSONFlag(cmd)}
	cmd.Flags().IntVar(&l.limit, "limit", 20, w.say("flag_limit"))
	cmd.Flags().StringVar(&l.cursor, "cursor", "", w.say("flag_cursor"))
	return l
}

// run prints one page; with --json as the server sent it.
func (l *filmList) run(cmd *cobra.Command, ask func(context.Context, Service, marquee.PageRequest) (marquee.Page[marquee.Movie], error)) error {
	if l.limit < 1 || l.limit > 100 {
		return Usage("verb.limit_range")
	}
	return l.world.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
		page, err := ask(ctx, s, marquee.PageRequest{Limit: l.limit, Cursor: l.cursor})
		if err != nil {
			return err
		}
		if *l.json {
			return WriteJSON(l.world.Out, page)
		}
		return l.print(page)
	})
}

func (l *filmList) print(page marquee.Page[marquee.Movie]) error {
	w := l.world
	if page.CorrectedQuery != "" {
		fmt.Fprintln(w.Err, w.Say.T("tui.films.corrected", "Query", marquee.CleanText(page.CorrectedQuery, 0)))
	}
	if len(page.Items) == 0 {
		fmt.Fprintln(w.Err, w.say("none"))
		return nil
	}
	date := Column{Head: w.say("column_date")}
	title := Column{Head: w.Say.T("tui.column.title"), Flex: true}
	year := Column{Head: w.Say.T("tui.column.year"), Right: true}
	all := Column{Head: w.Say.T("tui.column.average"), Right: true}
	mine := Column{Head: w.Say.T("tui.column.mine"), Right: true}
	id := Column{Head: "ID", Spare: true}
	for _, m := range page.Items {
		date.Cells = append(date.Cells, dateOf(m.WatchedOn))
		title.Cells = append(title.Cells, titles(m))
		year.Cells = append(year.Cells, number(m.Year))
		all.Cells = append(all.Cells, average(m.RatingAverage))
		mine.Cells = append(mine.Cells, number(m.MyRating))
		id.Cells = append(id.Cells, m.ID)
	}
	columns := []Column{title, year, all, mine, id}
	if l.dated {
		columns = append([]Column{date}, columns...)
	}
	if err := w.Table(columns...); err != nil {
		return err
	}
	if page.NextCursor != nil {
		fmt.Fprintln(w.Err, w.say("more", "Cursor", marquee.CleanText(*page.NextCursor, 0)))
	}
	return nil
}

// number writes n, and nothing for 0, which says that it is not known.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func average(f float64) string {
	if f == 0 {
		return ""
	}
	return strconv.FormatFloat(f, 'f', 1, 64)
}

func dateOf(d *marquee.Date) string {
	if d == nil {
		return ""
	}
	return string(*d)
}
