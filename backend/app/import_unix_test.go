//go:build unix

package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// ctrl+c leaves whole batches, the server goes on, and so does the next import.
// What is interrupted reads from a pipe that nobody has closed: however long
// this process was held up, it was not over by then.
func TestImportInterrupted(t *testing.T) {
	environ := embeddedPair(t)
	s := serve(t, environ)
	v := visit(t, s.URL()).login(newPerson(t, s.URL()))
	rows := make([]string, 700)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"title":"Film %d","year":1999,"cast":[],"genres":["Drama"],"href":"Film_%d","extract":"%s"}`, i, i, strings.Repeat("So long. ", 20))
	}
	films := "[" + strings.Join(rows, ",\n")
	pipe := filepath.Join(t.TempDir(), "films.json")
	check(t, syscall.Mkfifo(pipe, 0o600))
	feed, err := os.OpenFile(pipe, os.O_RDWR, 0)
	check(t, err)
	var fed sync.WaitGroup
	fed.Go(func() { _, _ = feed.WriteString(films + ",") })
	count := func() int {
		p, err := v.FindMovies(t.Context(), marquee.MovieFilter{})
		check(t, err)
		return p.Total
	}
	before := count()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = app.Operate(ctx, load(t, environ), app.Options{}, operator.ImportFilms{Paths: []string{pipe}}, lang.In(lang.English), &interrupting{stop: cancel})
	check(t, feed.Close())
	fed.Wait()
	if err == nil {
		t.Error("the command says that all is well")
	}
	paths := writeFiles(t, t.TempDir(), map[string]string{"films.json": films + "]"})
	if code, out := operate(t, environ, operator.ImportFilms{Paths: paths}); code != 0 || strings.Contains(out.String(), " 700 added") || !strings.Contains(out.String(), "700 rows: ") {
		t.Error(code, out)
	}
	if n := count(); n != before+700 {
		t.Errorf("%d films, %d before", n, before)
	}
}

// interrupting presses ctrl+c when the first films are in.
type interrupting struct {
	said
	stop func()
}

func (i *interrupting) Progress(p operator.Progress) {
	if p.Added > 0 {
		i.stop()
	}
}
