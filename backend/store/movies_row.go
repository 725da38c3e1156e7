package store

import (
	"encoding/json"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// movieRow is a film as it is written.
type movieRow struct {
	bun.BaseModel `bun:"table:movies"`

	ID             string   `bun:"id"`
	Source         string   `bun:"source"`
	Digest         string   `bun:"digest"`
	IMDbID         string   `bun:"imdb_id"`
	Title          string   `bun:"title"`
	OriginalTitle  string   `bun:"original_title"`
	TitleKey       []byte   `bun:"title_key"`
	Year           int      `bun:"year"`
	RuntimeMinutes int      `bun:"runtime_minutes"`
	Countries      listText `bun:"countries"`
	Languages      listText `bun:"languages"`
	Genres         listText `bun:"genres"`
	Directors      listText `bun:"directors"`
	Cast           listText `bun:"cast_names"`
	OverviewEN     string   `bun:"overview_en"`
	OverviewKO     string   `bun:"overview_ko"`
}

// listText is a list of texts kept as one JSON text.
type listText string

func toListText(l []string) listText {
	if l == nil {
		l = []string{}
	}
	b, _ := json.Marshal(l) // strings always marshal
	return listText(b)
}

func (t listText) list() ([]string, error) {
	out := []string{}
	err := json.Unmarshal([]byte(t), &out)
	return out, err
}

func toMovieRow(f catalog.Film) movieRow {
	return movieRow{
		ID: f.ID, Source: f.Source, Digest: f.Digest, IMDbID: f.IMDbID,
		Title: f.Title, OriginalTitle: f.OriginalTitle, TitleKey: f.TitleKey, Year: f.Year, RuntimeMinutes: f.RuntimeMinutes,
		Countries: toListText(f.Countries), Languages: toListText(f.Languages), Genres: toListText(f.Genres),
		Directors: toListText(f.Directors), Cast: toListText(f.Cast),
		OverviewEN: f.OverviewEN, OverviewKO: f.OverviewKO,
	}
}

// foundRow is a film as it is read, with what a person did with it.
type foundRow struct {
	movieRow

	RatingSum   int64   `bun:"rating_sum"`
	RatingCount int64   `bun:"rating_count"`
	Rank        int64   `bun:"rating_rank"`
	MyRating    int     `bun:"my_rating"`
	OnWatchlist bool    `bun:"on_watchlist"`
	WatchedOn   *string `bun:"watched_on"`
	WatchCount  int     `bun:"watch_count"`
	// OwnAt and OwnDate place an entry in a list of the person's own; OwnDate
	// and OwnRewatch are those of a diary's entry.
	OwnAt      int64  `bun:"own_at"`
	OwnDate    string `bun:"own_date"`
	OwnRewatch bool   `bun:"own_rewatch"`
}

// foundColumns are those of foundRow but the last three, given movies AS m and
// ownJoins.
const foundColumns = `m.id, m.source, m.digest, m.imdb_id, m.title, m.original_title, m.title_key, m.year, m.runtime_minutes,
	m.countries, m.languages, m.genres, m.directors, m.cast_names, m.overview_en, m.overview_ko,
	m.rating_sum, m.rating_count, m.rating_rank,
	COALESCE(own_r.rating, 0) AS my_rating, own_l.user_id IS NOT NULL AS on_watchlist, own_w.watched_on,
	(SELECT COUNT(*) FROM watched AS w WHERE w.user_id = own_w.user_id AND w.movie_id = own_w.movie_id) AS watch_count`

// ownJoins bring what a person did with each film, of viewings the last one;
// the arguments are his id, three times, in front of those of a WHERE that
// follows.
const ownJoins = ` LEFT JOIN ratings AS own_r ON own_r.user_id = ? AND own_r.movie_id = m.id
	LEFT JOIN watchlist AS own_l ON own_l.user_id = ? AND own_l.movie_id = m.id
	LEFT JOIN watched AS own_w ON own_w.user_id = ? AND own_w.movie_id = m.id
		AND own_w.watched_on = (SELECT MAX(w.watched_on) FROM watched AS w WHERE w.user_id = own_w.user_id AND w.movie_id = own_w.movie_id)`

func (r foundRow) movie(language string) (marquee.Movie, error) {
	m := marquee.Movie{
		ID: r.ID, Title: r.Title, OriginalTitle: r.OriginalTitle, Year: r.Year, RuntimeMinutes: r.RuntimeMinutes,
		Overview: r.OverviewEN, RatingCount: int(r.RatingCount), MyRating: r.MyRating, OnWatchlist: r.OnWatchlist,
		WatchCount: r.WatchCount, Rewatch: r.OwnRewatch,
	}
	if language == "ko" && r.OverviewKO != "" {
		m.Overview = r.OverviewKO
	}
	if r.RatingCount > 0 {
		m.RatingAverage = float64(r.RatingSum) / float64(r.RatingCount)
	}
	if r.OwnDate != "" {
		r.WatchedOn = &r.OwnDate
	}
	if r.WatchedOn != nil {
		on := marquee.Date(*r.WatchedOn)
		m.WatchedOn = &on
	}
	if r.OwnAt != 0 {
		at := timeOf(r.OwnAt)
		m.NotedAt = &at
	}
	for _, l := range []struct {
		from listText
		to   *[]string
	}{{r.Countries, &m.Countries}, {r.Languages, &m.Languages}, {r.Genres, &m.Genres}, {r.Directors, &m.Directors}, {r.Cast, &m.Cast}} {
		var err error
		if *l.to, err = l.from.list(); err != nil {
			return m, err
		}
	}
	return m, nil
}
