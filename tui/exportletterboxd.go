package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/letterboxd"
	"example.com/marquee/tui/verb"
)

var (
	errToTerminal = errors.New("letterboxd.to_terminal")
	errExists     = errors.New("letterboxd.exists")
)

func newExport(e environment, at *target) *cobra.Command {
	c := &cobra.Command{Use: "export", Short: e.say.T("letterboxd.export_group"), Args: verb.NoArguments}
	var force bool
	to := &cobra.Command{
		Use: "letterboxd [FILE.zip]", Short: e.say.T("letterboxd.export_short"), Long: e.say.T("letterboxd.export_long"),
		Args: verb.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			return exportLetterboxd(ctx, cmd, e, *at, path, force)
		},
	}
	to.Flags().BoolVar(&force, "force", false, e.say.T("letterboxd.flag_force"))
	c.AddCommand(to, newExportAccount(e, at))
	return c
}

// exportLetterboxd asks for everything before it writes: a file that is there
// is whole. path is "" for a name of its own, "-" for standard output.
func exportLetterboxd(ctx context.Context, cmd *cobra.Command, e environment, at target, path string, force bool) error {
	out := cmd.OutOrStdout()
	if f, ok := out.(*os.File); path == "-" && ok && term.IsTerminal(int(f.Fd())) {
		return verb.UsageError{Err: errToTerminal}
	}
	if err := mayWrite(path, force); err != nil {
		return err
	}
	var content bytes.Buffer
	var counts [3]int
	err := askWithin(ctx, e, at, func(ctx context.Context, c *connection) error {
		user, err := c.Me(ctx)
		if err != nil {
			return err
		}
		if path == "" {
			path = fmt.Sprintf("letterboxd-marquee-%s-%s.zip", user.Username, time.Now().Format(time.DateOnly))
			if err := mayWrite(path, force); err != nil {
				return err
			}
		}
		var lists [3][]marquee.Movie
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
			counts[i] = len(lists[i])
		}
		return letterboxd.Write(&content, lists[0], lists[1], lists[2])
	})
	if ctx.Err() != nil {
		return context.Canceled
	}
	if err != nil {
		return err
	}
	if path == "-" {
		_, err := out.Write(content.Bytes())
		return err
	}
	if err := writeFile(path, content.Bytes(), force); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, e.say.T("letterboxd.written", "File", marquee.CleanText(path, 0), "Diary", counts[0], "Ratings", counts[1], "Watchlist", counts[2]))
	return err
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

// mayWrite refuses a file that is there before anything is asked for.
func mayWrite(path string, force bool) error {
	if path == "" || path == "-" || force {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return fileError{path, errExists}
	}
	return nil
}

// writeFile writes a file for its owner's eyes. It takes the place of another
// only as a whole, and with force.
func writeFile(path string, content []byte, force bool) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".marquee-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already if all went well
	if _, err = io.Copy(f, bytes.NewReader(content)); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if force {
		return os.Rename(f.Name(), path)
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return fileError{path, errExists}
	} else if err != nil { // a file system without links
		return os.Rename(f.Name(), path)
	}
	return nil
}
