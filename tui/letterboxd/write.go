package letterboxd

import (
	"archive/zip"
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

// Write writes the lists of a person as an export that letterboxd.com takes
// and Read reads. Lists of the same content are written byte by byte the same.
// Texts are written as they are, those that a spreadsheet takes for a formula
// as well: they are titles.
func Write(w io.Writer, diary, ratings, watchlist []marquee.Movie) error {
	z := zip.NewWriter(w)
	for _, f := range []struct {
		name    string
		columns []string
		films   []marquee.Movie
	}{
		{"diary.csv", []string{colDate, colName, colYear, colURI, colRating, colRewatch, colTags, colWatched}, diary},
		{"ratings.csv", []string{colDate, colName, colYear, colURI, colRating}, ratings},
		{"watchlist.csv", []string{colDate, colName, colYear, colURI}, watchlist},
	} {
		if err := writeFile(z, f.name, f.columns, f.films); err != nil {
			return err
		}
	}
	return z.Close()
}

func writeFile(z *zip.Writer, name string, columns []string, films []marquee.Movie) error {
	// Without a time of its own: when it was written is in the zip's name.
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	rows := make([][]string, len(films))
	for i, m := range films {
		for _, c := range columns {
			rows[i] = append(rows[i], valueOf(m, c))
		}
	}
	watched := slices.Index(columns, colWatched)
	slices.SortFunc(rows, func(a, b []string) int {
		if watched >= 0 {
			if c := cmp.Compare(a[watched], b[watched]); c != 0 {
				return c
			}
		}
		return slices.Compare(a, b)
	})
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	return out.WriteAll(rows)
}

// valueOf is what a film has in a column; the address at letterboxd.com and
// tags are not known here.
func valueOf(m marquee.Movie, column string) string {
	switch column {
	case colDate:
		if m.NotedAt != nil {
			return m.NotedAt.UTC().Format(time.DateOnly)
		}
	case colName:
		return oneLine(m.Title)
	case colYear:
		return strconv.Itoa(m.Year)
	case colRating:
		if m.MyRating > 0 {
			return strconv.FormatFloat(float64(m.MyRating)/2, 'f', -1, 64)
		}
	case colRewatch:
		if m.Rewatch {
			return "Yes"
		}
	case colWatched:
		if m.WatchedOn != nil {
			return string(*m.WatchedOn)
		}
	}
	return ""
}

// oneLine keeps a row on its line.
func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }
