package catalog

import (
	"context"
	"errors"
	"slices"
)

// Listener hears of an import under way. It is called by one goroutine at a
// time.
type Listener interface {
	// Progress replaces the progress told before.
	Progress(Progress)
	// Bad tells of a row that was refused.
	Bad(BadRow)
	// FileDone tells that a file was read, to its end or as far as could be.
	FileDone(FileReport)
	// FilmsDone tells what became of the films of a source, also when the
	// import could not go on.
	FilmsDone(source string, saved Saved)
	// Settling tells that all films are in, that they were many, and that they
	// are now made quick to find.
	Settling()
}

// Progress is how far an import has come.
type Progress struct {
	// Name is the file that is being read, or the source whose films are being
	// saved.
	Name string
	// Done of Total: bytes of a file as it lies there, or films of a source if
	// Films is set. Total is 0 where it is unknown.
	Done, Total int64
	Films       bool
	Rows        int // read, or saved
	Saved       Saved
}

// BadRow is a row that was not imported.
type BadRow struct {
	File string
	// Line is where it begins, from 1; in a table the header is the first.
	Line int
	// Index is its place in a JSON array, from 0; nil in a table.
	Index  *int
	Reason Reason
	Detail string // in English, for the operator
}

// FileReport says what was in a file.
type FileReport struct {
	File string
	// Rows = those used + LeftOut + Bad. LeftOut are rows of things that are not
	// wanted here: series, people of other films.
	Rows, LeftOut, Bad int
	// Films is what became of them, where the rows of this file alone are films.
	Films *Saved
	// Fault is set when the file breaks off or cannot be used; what came before
	// is used. It is a sentence in English for the operator.
	Fault string
	// FaultLine is the line it breaks off on, from 1.
	FaultLine int
}

// fault is what is wrong with a file as a whole.
type fault struct{ error }

// What is wrong with files that cannot be used.
var (
	errUnknownFile  = errors.New("this is none of the files that can be imported: a JSON array of films, IMDb's title.basics, title.ratings, title.principals or name.basics, or MovieLens' movies, ratings or links")
	errNoNames      = errors.New("the people of a film are numbers here: name.basics must be given as well")
	errNoPrincipals = errors.New("these are the names of people: title.principals must be given as well")
	errNoLinks      = errors.New("films are numbers of MovieLens' here: links.csv, which knows their IMDb ids, must be given as well")
	errOnlyLinks    = errors.New("these are numbers alone: movies.csv or ratings.csv must be given as well")
)

// ImportFiles imports films, their people and what other sites' people think of
// them from files of any of the kinds there are, in any order. What a file
// holds is told by its content; files that belong together are put together:
//
//   - a JSON array of films in the shape of the Wikipedia data set
//   - IMDb's public tables: title.basics, title.ratings, title.principals with
//     name.basics, each of them as TSV. Of title.basics films are taken: "movie"
//     and "tvMovie", no shorts, videos, series or episodes, none that is for
//     adults only, and none without a year. Ratings and people given without it
//     are those of films that are there.
//   - MovieLens' movies.csv, links.csv and ratings.csv: films with the average
//     of their ratings, 0.5 to 5 there and 1 to 10 here
//
// Each compressed by gzip or not. The same files again change nothing; newer
// ones replace what the same source said before.
//
// Memory does not grow with the files: what must be sorted is sorted in files
// under os.TempDir, about 0.3 KB for each film with its people: less than 1 GB
// for all that IMDb has.
//
// A file that cannot be used keeps none of the others from going in. The error
// is for what keeps the import from going on: a store that is away, or a ctx
// that has ended. Batches saved before it stay, none is saved by half.
//
// When it returns after many films, searches are as quick as they will be.
func (s *Service) ImportFiles(ctx context.Context, files []ImportFile, hear Listener) error {
	count := &savedCount{Listener: hear}
	hear = count
	byKind := map[kind][]*table{}
	for _, f := range files {
		o, columns, err := open(f)
		t := &table{opened: o, columns: columns, hear: hear, report: FileReport{File: f.Name}}
		switch {
		case err != nil:
			t.report.Fault = err.Error()
		case o.kind != kindUnknown:
			byKind[o.kind] = append(byKind[o.kind], t)
			continue
		case f.Aside:
			continue
		default:
			t.report.Fault = errUnknownFile.Error()
		}
		hear.FileDone(t.report)
	}
	// IMDb first: films of other sources are recognised among its.
	for _, part := range []func(context.Context, map[kind][]*table, Listener) error{s.importIMDb, s.importMovieLens, s.importWikipedias} {
		if err := part(ctx, byKind, hear); err != nil {
			return err
		}
	}
	return s.settle(ctx, count)
}

// each reads several tables of a kind.
func each(ctx context.Context, tables []*table, take func(tableRow) (bool, *BadRow, error)) error {
	for _, t := range tables {
		if err := t.each(ctx, take); err != nil {
			return err
		}
	}
	return nil
}

// unusable says of tables why they are not used.
func unusable(tables []*table, why error) {
	for _, t := range tables {
		t.report.Fault = why.Error()
		t.hear.FileDone(t.report)
	}
}

// given reports whether there is a file of each of the kinds.
func given(files map[kind][]*table, kinds ...kind) bool {
	return !slices.ContainsFunc(kinds, func(k kind) bool { return len(files[k]) == 0 })
}
