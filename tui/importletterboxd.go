package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/letterboxd"
	"example.com/marquee/tui/verb"
)

const (
	importBatch = 50 // films of a request: a bar that moves, and far below what a body may have
	importTries = 4  // of a request that the server could not take
)

func newImport(e environment, at *target) *cobra.Command {
	c := verb.Group(&cobra.Command{Use: "import", Short: e.say.T("letterboxd.import_group")})
	var asJSON bool
	from := &cobra.Command{
		Use: "letterboxd FILE", Short: e.say.T("letterboxd.import_short"), Long: e.say.T("letterboxd.import_long"), Args: verb.Exactly(1), ValidArgsFunction: files,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return importLetterboxd(ctx, cmd, e, *at, args[0], asJSON)
		},
	}
	from.Flags().BoolVar(&asJSON, "json", false, e.say.T("letterboxd.flag_json"))
	c.AddCommand(from)
	return c
}

// importLetterboxd reads everything before anything is sent, so that what is
// no export changes nothing.
func importLetterboxd(ctx context.Context, cmd *cobra.Command, e environment, at target, path string, asJSON bool) error {
	library, err := letterboxd.Read(ctx, path, e.now())
	var fault *fs.PathError // says the path itself
	if err != nil && !errors.As(err, &fault) {
		return fileError{path, err}
	}
	if err != nil {
		return err
	}
	im := importing{report: newImportReport(library), progress: newProgress(cmd.ErrOrStderr(), e.say, len(library.Films))}
	err = askWithin(ctx, e, at, func(ctx context.Context, c *connection) error {
		waiting := func(wait time.Duration) {
			im.progress.note(e.say.T("letterboxd.waiting", "Seconds", int(wait.Seconds())))
		}
		// Somebody must be signed in before rows are shown as bad.
		if _, err := patiently(ctx, waiting, func() (marquee.User, error) { return c.Me(ctx) }); err != nil {
			return err
		}
		im.started = true
		return im.send(ctx, c, library.Films, waiting)
	})
	im.progress.end()
	// askWithin listens to ctrl+c as well, and may hear of it a moment before ctx.
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		err, im.report.Interrupted = context.Canceled, true
	}
	if !im.started {
		return err
	}
	if asJSON {
		out := json.NewEncoder(cmd.OutOrStdout())
		out.SetEscapeHTML(false)
		if err := out.Encode(im.report); err != nil {
			return err
		}
	} else {
		im.report.print(cmd.OutOrStdout(), cmd.ErrOrStderr(), e.say)
	}
	if err == nil && len(im.report.Faults) > 0 {
		return fileError{library.Faults[0].File, errPartly}
	}
	return err
}

// importing is an import under way.
type importing struct {
	report   importReport
	progress *progress
	started  bool
}

// send brings in batch after batch. What was sent stays when it ends early;
// the next run finds it unchanged and goes on.
func (im *importing) send(ctx context.Context, movies marquee.MovieService, films []letterboxd.Film, waiting func(time.Duration)) error {
	im.progress.at(0)
	for len(films) > 0 {
		batch := films[:min(importBatch, len(films))]
		entries := make([]marquee.LibraryEntry, len(batch))
		for i, f := range batch {
			entries[i] = f.LibraryEntry
		}
		results, err := patiently(ctx, waiting, func() ([]marquee.LibraryResult, error) { return movies.SaveLibrary(ctx, entries) })
		if err != nil {
			return err
		}
		for i, r := range results {
			im.report.count(batch[i], r.Outcome)
		}
		films = films[len(batch):]
		im.progress.at(im.report.Films - len(films))
	}
	return nil
}

// patiently asks again while the server is away, starts, or wants a pause;
// only for what may be asked twice.
func patiently[T any](ctx context.Context, waiting func(time.Duration), ask func() (T, error)) (T, error) {
	for try := 1; ; try++ {
		answer, err := ask()
		wait, later := pauseOf(err)
		if !later || try == importTries || ctx.Err() != nil {
			return answer, err
		}
		waiting(wait)
		if err := rest(ctx, wait, nil); err != nil {
			return answer, err
		}
	}
}
