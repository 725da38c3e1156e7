package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"

	"example.com/marquee/common/marquee"
)

// starterFolder holds the films that are there from the first start, in one
// file for each part of the world.
//
//go:embed starter/*.json
var starterFolder embed.FS

// formVersion counts the ways in which films were made into rows. Raise it when
// titleKey, originalKey, terms, idOf, digest or names.tsv change, so that films are
// written again: the starter's at the next start, others when they are imported again.
const formVersion = 7

// starterFilm is a film of the starter folder. No member is left out.
type starterFilm struct {
	// Page is the film's page in the English Wikipedia, whose name an import
	// of that data set knows the film by.
	Page          string   `json:"page"`
	IMDb          string   `json:"imdb"` // "tt" and digits
	Title         string   `json:"title"`
	OriginalTitle string   `json:"original_title"`
	Year          int      `json:"year"`
	Runtime       int      `json:"runtime"`   // minutes
	Countries     []string `json:"countries"` // as they are called in English
	Languages     []string `json:"languages"` // likewise
	Genres        []string `json:"genres"`
	Directors     []string `json:"directors"`
	Cast          []string `json:"cast"` // the leading ones, as they are billed
	EN            string   `json:"en"`   // the overview in English: one sentence
	KO            string   `json:"ko"`   // and in Korean
}

// LoadStarter puts the starter films into the store. Later starts find the
// mark of these very films and do nothing more; processes that start together
// agree. Films that people rated keep their ratings when facts are corrected.
func (s *Service) LoadStarter(ctx context.Context) error {
	text, err := starterText(starterFolder)
	if err != nil {
		return marquee.Wrap(marquee.CodeInternal, "read the starter films", err)
	}
	mark := Mark{Name: "starter", Value: starterMark(text)}
	there, err := s.store.CatalogueMark(ctx, mark.Name)
	if err != nil || there == mark.Value {
		return err
	}
	films, err := starterFilms(text)
	if err != nil {
		return marquee.Wrap(marquee.CodeInternal, "read the starter films", err)
	}
	saved, err := s.store.SaveFilms(ctx, films, mark)
	if err != nil {
		return err
	}
	s.log.InfoContext(ctx, "starter films loaded", "added", saved.Added, "updated", saved.Updated)
	return nil
}

// starterText is the text of the starter files, one after the other in the
// order of their names.
func starterText(folder fs.FS) ([]byte, error) {
	files, err := fs.Glob(folder, "starter/*.json") // sorted
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, name := range files {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		all = append(all, text...)
	}
	return all, nil
}

// starterMark names the starter films and the form they are stored in.
func starterMark(text []byte) int64 {
	sum := sha256.Sum256(append([]byte{formVersion}, text...))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 1)
}

// starterFilms reads what starterText returns. It refuses a film that lacks
// something or that was there before.
func starterFilms(text []byte) ([]Film, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var films []Film
	there := map[string]bool{}
	for {
		var rows []starterFilm
		if err := d.Decode(&rows); errors.Is(err, io.EOF) {
			return films, nil
		} else if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if what := r.lacks(); what != "" {
				return nil, fmt.Errorf("film %q lacks its %s", r.Page, what)
			}
			f := r.film()
			if there[f.ID] || there[f.IMDbID] {
				return nil, fmt.Errorf("film %q is there twice", r.Page)
			}
			there[f.ID], there[f.IMDbID] = true, true
			films = append(films, f)
		}
	}
}

// lacks names the first member that r leaves empty, or "".
func (r starterFilm) lacks() string {
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		if f := v.Field(i); f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0 {
			return v.Type().Field(i).Tag.Get("json")
		}
	}
	return ""
}

func (r starterFilm) film() Film {
	page := pageName(r.Page)
	return Finish(Film{
		Movie: marquee.Movie{
			ID: idOf(page, r.Title, r.Year, nil), Title: r.Title, OriginalTitle: r.OriginalTitle, Year: r.Year,
			RuntimeMinutes: r.Runtime, Countries: r.Countries, Languages: r.Languages, Genres: r.Genres,
			Directors: r.Directors, Cast: r.Cast,
		},
		Page: page, Also: otherIDs(page, r.Title, r.Year),
		OverviewEN: r.EN, OverviewKO: r.KO, IMDbID: r.IMDb, Source: sourceStarter,
	})
}
