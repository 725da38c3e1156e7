package letterboxd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"example.com/marquee/common/marquee"
)

// Library is what an export says, film by film.
type Library struct {
	Films  []Film   // in the order in which the files name them
	Files  []string // that were read
	Rows   int      // in them, bad ones included
	Bad    []BadRow
	Faults []Fault
}

// Film is what the rows of one film say together.
type Film struct {
	marquee.LibraryEntry
	// File and Line are where the film is first named.
	File string
	Line int
}

// BadRow is a row that was left out.
type BadRow struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason Reason `json:"reason"`
}

// Fault is a file that breaks off, or cannot be told.
type Fault struct {
	File string
	Err  error
}

// collector puts rows together.
type collector struct {
	library Library
	now     time.Time    // no row tells of a later day
	places  map[name]int // of films in the library
	// rated says of each film what settles its rating.
	rated []rated
	// viewings are their places among those of their films.
	viewings map[viewing]int
}

type viewing struct {
	film int
	on   marquee.Date
}

type name struct {
	title string
	year  int
}

// rated says where a film's rating comes from: that of the ratings is the
// person's last word, else the last one of the diary is.
type rated struct {
	final bool
	on    marquee.Date
}

func newCollector(now time.Time) *collector {
	return &collector{now: now, places: map[name]int{}, viewings: map[viewing]int{}}
}

// file reads one file; one that is not of the export is no error.
func (c *collector) file(ctx context.Context, f file) error {
	r, err := f.open()
	if err != nil {
		return err
	}
	defer r.Close()
	l := newLines(r)
	header, k, err := c.head(l, f.name)
	if err != nil || k == other {
		return err
	}
	c.library.Files = append(c.library.Files, f.name)
	for {
		line, tooLong, err := l.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case l.number%1000 == 0 && ctx.Err() != nil:
			return ctx.Err()
		case len(line) == 0 && !tooLong:
			continue
		}
		c.library.Rows++
		r, reason := row{}, ReasonTooLong
		if !tooLong {
			r, reason = readRow(k, header, line, c.now)
		}
		if reason != "" {
			c.library.Bad = append(c.library.Bad, BadRow{File: f.name, Line: l.number, Reason: reason})
			continue
		}
		if err := c.take(k, r, f.name, l.number); err != nil {
			return err
		}
	}
}

// head reads the header.
func (c *collector) head(l *lines, name string) (header []string, k kind, err error) {
	line, tooLong, err := l.next()
	if errors.Is(err, io.EOF) {
		return nil, other, nil
	}
	if err != nil || tooLong {
		return nil, other, err
	}
	header, err = fieldsOf(bytes.TrimPrefix(line, []byte("\uFEFF")))
	if err != nil {
		return nil, other, nil // of another format
	}
	k = kindOf(header, name)
	if k == unclearKind {
		return nil, other, ErrUnclear
	}
	return header, k, nil
}

func (c *collector) take(k kind, r row, file string, line int) error {
	n := name{r.title, r.year}
	i, there := c.places[n]
	if !there {
		if len(c.library.Films) == filmsMax {
			return ErrTooMany
		}
		i = len(c.library.Films)
		c.places[n] = i
		c.library.Films = append(c.library.Films, Film{LibraryEntry: marquee.LibraryEntry{Title: r.title, Year: r.year}, File: file, Line: line})
		c.rated = append(c.rated, rated{})
	}
	f := &c.library.Films[i]
	switch k {
	case diaryKind:
		c.view(i, marquee.LibraryViewing{WatchedOn: r.watched, Rewatch: r.rewatch, NotedOn: r.date})
		if r.rating != 0 && !c.rated[i].final && r.watched >= c.rated[i].on {
			c.rated[i].on = r.watched
			f.Rating, f.RatedOn = r.rating, r.watched
		}
	case ratingsKind:
		c.rated[i] = rated{final: true}
		f.Rating, f.RatedOn = r.rating, r.date
	case watchlistKind:
		f.ListedOn = r.date
	case watchedKind:
		f.SeenOn = r.date
	}
	return nil
}

// view adds a viewing of film i. Two of one day are one: it is a rewatch if
// either of them is.
func (c *collector) view(i int, v marquee.LibraryViewing) {
	f, n := &c.library.Films[i], viewing{i, v.WatchedOn}
	if k, there := c.viewings[n]; there {
		f.Viewings[k].Rewatch = f.Viewings[k].Rewatch || v.Rewatch
		return
	}
	c.viewings[n] = len(f.Viewings)
	f.Viewings = append(f.Viewings, v)
}

// finish cuts films with many viewings into several of the same name, since
// an entry has room for marquee.LibraryViewingsMax.
func (c *collector) finish() Library {
	var films []Film
	for _, f := range c.library.Films {
		rest := f.Viewings
		for len(rest) > marquee.LibraryViewingsMax {
			part := f
			part.Viewings, rest = rest[:marquee.LibraryViewingsMax], rest[marquee.LibraryViewingsMax:]
			films = append(films, part)
		}
		f.Viewings = rest
		films = append(films, f)
	}
	c.library.Films = films
	return c.library
}
