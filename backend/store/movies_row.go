package store

import (
	"cmp"
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
	Page           string   `bun:"wikipedia_page"`
	Title          string   `bun:"title"`
	OriginalTitle  string   `bun:"original_title"`
	TitleKey       []byte   `bun:"title_key"`
	OriginalKey    []byte   `bun:"original_key"` // NULL where the original title is the title
	Year           int      `bun:"year"`
	RuntimeMinutes int      `bun:"runtime_minutes"`
	Countries      listText `bun:"countries"`
	Languages      listText `bun:"languages"`
	Genres         listText `bun:"genres"`
	Directors      listText `bun:"directors"`
	Cast           listText `bun:"cast_names"`
	OverviewEN     string   `bun:"overview_en"`
	OverviewKO     string   `bun:"overview_ko"`
	IMDbSum        int64    `bun:"imdb_sum"`
	IMDbVotes      int64    `bun:"imdb_votes"`
	MovieLensSum   int64    `bun:"movielens_sum"`
	MovieLensVotes int64    `bun:"movielens_votes"`
}

// movieColumns are those of movieRow, given movies AS m.
const movieColumns = `m.id, m.source, m.digest, m.imdb_id, m.wikipedia_page, m.title, m.original_title, m.title_key, m.year, m.runtime_minutes,
	m.countries, m.languages, m.genres, m.directors, m.cast_names, m.overview_en, m.overview_ko,
	m.imdb_sum, m.imdb_votes, m.movielens_sum, m.movielens_votes`

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
	r := movieRow{
		ID: f.ID, Source: f.Source, Digest: f.Digest, IMDbID: f.IMDbID, Page: f.Page,
		Title: f.Title, OriginalTitle: f.OriginalTitle, TitleKey: f.TitleKey, OriginalKey: f.OriginalKey, Year: f.Year, RuntimeMinutes: f.RuntimeMinutes,
		Countries: toListText(f.Countries), Languages: toListText(f.Languages), Genres: toListText(f.Genres),
		Directors: toListText(f.Directors), Cast: toListText(f.Cast),
		OverviewEN: f.OverviewEN, OverviewKO: f.OverviewKO,
	}
	if f.IMDb != nil {
		r.IMDbSum, r.IMDbVotes = f.IMDb.Sum, f.IMDb.Votes
	}
	if f.MovieLens != nil {
		r.MovieLensSum, r.MovieLensVotes = f.MovieLens.Sum, f.MovieLens.Votes
	}
	return r
}

// film is the row as the rules know it, without its search terms.
func (r movieRow) film() (catalog.Film, error) {
	m := marquee.Movie{ID: r.ID, Title: r.Title, OriginalTitle: r.OriginalTitle, Year: r.Year, RuntimeMinutes: r.RuntimeMinutes}
	err := r.lists(&m)
	return catalog.Film{
		Movie: m, OverviewEN: r.OverviewEN, OverviewKO: r.OverviewKO, IMDbID: r.IMDbID, Page: r.Page, Source: r.Source, Digest: r.Digest, TitleKey: r.TitleKey,
		IMDb: &catalog.Tally{Sum: r.IMDbSum, Votes: r.IMDbVotes}, MovieLens: &catalog.Tally{Sum: r.MovieLensSum, Votes: r.MovieLensVotes},
	}, err
}

// lists reads the lists of a film into m.
func (r movieRow) lists(m *marquee.Movie) error {
	for _, l := range []struct {
		from listText
		to   *[]string
	}{{r.Countries, &m.Countries}, {r.Languages, &m.Languages}, {r.Genres, &m.Genres}, {r.Directors, &m.Directors}, {r.Cast, &m.Cast}} {
		var err error
		if *l.to, err = l.from.list(); err != nil {
			return err
		}
	}
	return nil
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
const foundColumns = movieColumns + `,
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
		Overview: r.OverviewEN, IMDbURL: marquee.IMDbURL(r.IMDbID), WikipediaURL: marquee.WikipediaURL(r.Page),
		MyRating: r.MyRating, OnWatchlist: r.OnWatchlist, WatchCount: r.WatchCount, Rewatch: r.OwnRewatch,
	}
	// As rating_rank has it: our people's ratings and what other sites counted.
	if n := r.RatingCount + r.IMDbVotes + r.MovieLensVotes; n > 0 {
		m.RatingCount = int(n)
		m.RatingAverage = float64(r.RatingSum*10+r.IMDbSum+r.MovieLensSum) / float64(10*n)
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
	if err := r.lists(&m); err != nil || language != "ko" {
		return m, err
	}
	m.Overview = cmp.Or(r.OverviewKO, r.OverviewEN)
	return catalog.InKorean(m), nil
}
