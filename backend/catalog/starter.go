package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"example.com/marquee/common/marquee"
)

// starterJSON holds the films that are there from the first start.
//
//go:embed starter.json
var starterJSON []byte

// sourceStarter is Film.Source of the starter films.
const sourceStarter = "starter"

// formVersion counts the ways in which films were made into rows. Raise it when
// titleKey, terms or idOf change, so that films are written again.
const formVersion = 1

// starterFilm is a film of starter.json.
type starterFilm struct {
	// Page is the film's page in the English Wikipedia, whose name an import
	// of that data set knows the film by.
	Page          string   `json:"page"`
	IMDb          string   `json:"imdb"`
	Title         string   `json:"title"`
	OriginalTitle string   `json:"original_title"`
	Year          int      `json:"year"`
	Runtime       int      `json:"runtime"`
	Countries     []string `json:"countries"` // ISO 3166-1, two letters
	Languages     []string `json:"languages"` // ISO 639-1
	Genres        []string `json:"genres"`
	Directors     []string `json:"directors"`
	Cast          []string `json:"cast"`
	EN            string   `json:"en"`
	KO            string   `json:"ko"`
}

// LoadStarter puts the starter films into the store. Later starts find the
// mark of these very films and do nothing more; processes that start together
// agree. Films that people rated keep their ratings when facts are corrected.
func (s *Service) LoadStarter(ctx context.Context) error {
	mark := Mark{Name: "starter", Value: starterMark()}
	there, err := s.store.CatalogueMark(ctx, mark.Name)
	if err != nil || there == mark.Value {
		return err
	}
	films, err := starterFilms()
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

// starterMark names the contents of starter.json and the form they are stored in.
func starterMark() int64 {
	sum := sha256.Sum256(append([]byte{formVersion}, starterJSON...))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 1)
}

func starterFilms() ([]Film, error) {
	d := json.NewDecoder(bytes.NewReader(starterJSON))
	d.DisallowUnknownFields()
	var rows []starterFilm
	if err := d.Decode(&rows); err != nil {
		return nil, err
	}
	films := make([]Film, 0, len(rows))
	for i, r := range rows {
		if r.Page == "" || r.Title == "" {
			return nil, fmt.Errorf("film %d lacks its page or title", i)
		}
		films = append(films, r.film())
	}
	return films, nil
}

func (r starterFilm) film() Film {
	return finish(Film{
		Movie: marquee.Movie{
			ID: idOf(r.Page, r.Title, r.Year, nil), Title: r.Title, OriginalTitle: r.OriginalTitle, Year: r.Year,
			RuntimeMinutes: r.Runtime, Countries: r.Countries, Languages: r.Languages, Genres: r.Genres,
			Directors: r.Directors, Cast: r.Cast,
		},
		OverviewEN: r.EN, OverviewKO: r.KO, IMDbID: r.IMDb, Source: sourceStarter, Prevails: true,
	})
}
