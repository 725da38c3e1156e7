package main

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/letterboxd"
	"example.com/marquee/tui/verb"
)

func newExport(e environment, at *target) *cobra.Command {
	c := verb.Group(&cobra.Command{Use: "export", Short: e.say.T("letterboxd.export_group")})
	c.AddCommand(newExportLetterboxd(e, at), newExportAccount(e, at))
	return c
}

func newExportLetterboxd(e environment, at *target) *cobra.Command {
	var lists [3][]marquee.Movie // diary, ratings, watchlist
	return export{
		name: func(username string) string {
			return "letterboxd-" + strings.TrimSuffix(marquee.ExportName(username, time.Now()), ".json") + ".zip"
		},
		gather: func(ctx context.Context, c *connection, _ marquee.User, w *bytes.Buffer) (err error) {
			for i, list := range []func(marquee.PageRequest) (marquee.Page[marquee.Movie], error){
				func(p marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
					return c.Diary(ctx, marquee.DiaryFilter{Page: p})
				},
				func(p marquee.PageRequest) (marquee.Page[marquee.Movie], error) { return c.Ratings(ctx, p, "") },
				func(p marquee.PageRequest) (marquee.Page[marquee.Movie], error) { return c.Watchlist(ctx, p, "") },
			} {
				if lists[i], err = wholeList(list); err != nil {
					return err
				}
			}
			return letterboxd.Write(w, lists[0], lists[1], lists[2])
		},
		written: func(file string) string {
			return e.say.T("letterboxd.written", "File", file, "Diary", len(lists[0]), "Ratings", len(lists[1]), "Watchlist", len(lists[2]))
		},
	}.command(&cobra.Command{
		Use: "letterboxd [FILE.zip]", Short: e.say.T("letterboxd.export_short"), Long: e.say.T("letterboxd.export_long"),
	}, e, at)
}

// wholeList walks a list from its first page to its last.
func wholeList(list func(marquee.PageRequest) (marquee.Page[marquee.Movie], error)) ([]marquee.Movie, error) {
	var all []marquee.Movie
	for p := (marquee.PageRequest{Limit: 100}); ; {
		page, err := list(p)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.NextCursor == nil || len(page.Items) == 0 {
			return all, nil
		}
		p.Cursor = *page.NextCursor
	}
}
