package store_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// heard keeps what an import tells.
type heard struct {
	files map[string]catalog.FileReport
	films map[string]catalog.Saved
	bad   []catalog.BadRow
}

func (*heard) Progress(catalog.Progress)                      {}
func (h *heard) Bad(b catalog.BadRow)                         { h.bad = append(h.bad, b) }
func (h *heard) FileDone(r catalog.FileReport)                { h.files[r.File] = r }
func (h *heard) FilmsDone(source string, saved catalog.Saved) { h.films[source] = saved }
func (*heard) Settling()                                      {}

// importing imports files in the order of their names, or backwards.
func (c *cinema) importing(tb testing.TB, files map[string]string, backwards ...bool) *heard {
	tb.Helper()
	h := &heard{files: map[string]catalog.FileReport{}, films: map[string]catalog.Saved{}}
	order := slices.Sorted(maps.Keys(files))
	if len(backwards) > 0 && backwards[0] {
		slices.Reverse(order)
	}
	var opened []catalog.ImportFile
	for _, n := range order {
		opened = append(opened, catalog.ImportFile{Name: n, Reader: strings.NewReader(files[n])})
	}
	if err := c.ImportFiles(tb.Context(), opened, h); err != nil {
		tb.Fatal(err)
	}
	for n, r := range h.files {
		if r.Fault != "" {
			tb.Errorf("%s: %s", n, r.Fault)
		}
	}
	return h
}

// tsv makes a table of IMDb's; the fields of a row are parted by bars here.
func tsv(header string, rows ...string) string {
	lines := append([]string{strings.Join(strings.Fields(header), "|")}, rows...)
	return strings.ReplaceAll(strings.Join(lines, "\n"), "|", "\t") + "\n"
}

func basics(rows ...string) string {
	return tsv("tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres", rows...)
}

func ratings(rows ...string) string { return tsv("tconst averageRating numVotes", rows...) }

func principals(rows ...string) string {
	return tsv("tconst ordering nconst category job characters", rows...)
}

func names(rows ...string) string {
	return tsv("nconst primaryName birthYear deathYear primaryProfession knownForTitles", rows...)
}

// imdbSet is a whole set of tables about a few films, none of them in order.
func imdbSet() map[string]string {
	return map[string]string{
		"basics": basics(
			`tt6751668|movie|Parasite|Gisaengchung|0|2019|\N|132|Drama,Thriller`,
			`tt0000009|movie|Miss "Jerry" 'X|Miss Jerry|0|1894|\N|45|Romance`,
			`tt11286314|tvMovie|Somewhere|Somewhere|0|2021|\N|\N|Sci-Fi,Animation`,
			`tt0000010|tvSeries|A Series|A Series|0|2001|2003|\N|\N`,
			`tt0000011|movie|For Adults|For Adults|1|2001|\N|\N|Adult`,
			`tt0000012|movie|Announced|Announced|0|\N|\N|\N|Drama`,
		),
		"ratings": ratings(`tt11286314|7.3|5`, `tt6751668|8.5|3000000`, `tt0000009|5.4|215`, `tt0000010|9.9|100000`),
		"principals": principals(
			`tt11286314|2|nm0000020|actress|\N|["Anna"]`, `tt11286314|1|nm0000021|self|\N|["Self"]`, `tt11286314|3|nm0000022|director|\N|\N`,
			`tt11286314|4|nm0000099|actor|\N|\N`, `tt0000009|1|nm0000020|actress|\N|\N`, `tt0000009|2|nm0000023|producer|\N|\N`,
			`tt0000010|1|nm0000024|actor|\N|\N`,
		),
		"names": names(`nm0000022|Dora Director|\N|\N|\N|\N`, `nm0000020|Anna Player|\N|\N|\N|\N`, `nm0000021|Bert Himself|\N|\N|\N|\N`, `nm0000024|Nobody Here|\N|\N|\N|\N`),
	}
}

// movieLensSet is a set of MovieLens about a few films.
func movieLensSet() map[string]string {
	return map[string]string{
		"movies": "movieId,title,genres\r\n1,\"Matrix, The (1999)\",Action|Sci-Fi\r\n2,\"City of Lost Children, The (Cité des enfants perdus, La) (1995)\",Children|IMAX\r\n" +
			"3,Seven (a.k.a. Se7en) (1995),(no genres listed)\r\n4,Somewhere (2021),Drama\r\n5,\"Eau froide, L' (1994)\",Drama\r\n6,Parasite (2019),Comedy\r\n",
		"links":   "movieId,imdbId,tmdbId\n1,0133093,603\n2,0112682,902\n3,0114369,807\n4,11286314,\n5,0109676,\n6,6751668,496243\n7,0000007,\n",
		"ratings": "userId,movieId,rating,timestamp\n1,1,5.0,964982703\n2,1,4.5,964982703\n3,1,0.5,964982703\n1,4,5,1\n2,4,3.0,1\n1,7,2.5,1\n1,99,2.5,1\n",
	}
}

func (c *cinema) one(tb testing.TB, query string) marquee.Movie {
	tb.Helper()
	p := c.find(tb, marquee.MovieFilter{Query: query})
	if len(p.Items) != 1 {
		tb.Fatalf("%q finds %v", query, titles(p.Items))
	}
	return p.Items[0]
}

// The order of IMDb's tables makes no difference, nor does a second time.
func TestIMDbTables(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		if h := c.importing(t, imdbSet(), true); h.films["imdb"] != (catalog.Saved{Added: 3}) || len(h.bad) != 0 ||
			h.files["basics"].LeftOut != 3 || h.files["ratings"].LeftOut != 1 || h.files["principals"].LeftOut != 2 {
			t.Fatalf("%+v", h)
		}
		before := c.find(t, marquee.MovieFilter{})
		if h := c.importing(t, imdbSet()); h.films["imdb"] != (catalog.Saved{Unchanged: 3}) {
			t.Errorf("again: %+v", h.films)
		}
		if after := c.find(t, marquee.MovieFilter{}); !reflect.DeepEqual(before, after) || after.Total != 3 {
			t.Errorf("again: %+v", after)
		}
		m := c.one(t, "player somew")
		want := marquee.Movie{
			ID: m.ID, Title: "Somewhere", Year: 2021, Genres: []string{"Science Fiction", "Animated"}, Directors: []string{"Dora Director"},
			Cast: []string{"Bert Himself", "Anna Player"}, Countries: []string{}, Languages: []string{}, RatingAverage: 7.3, RatingCount: 5,
			IMDbURL: "https://www.imdb.com/title/tt11286314/",
		}
		if !reflect.DeepEqual(m, want) {
			t.Errorf("%+v", m)
		}
		if m := c.one(t, "parasite"); m.RatingAverage != 8.5 || m.RatingCount != 3_000_000 || m.OriginalTitle != "Gisaengchung" || m.RuntimeMinutes != 132 {
			t.Errorf("%+v", m)
		}
		if m := c.one(t, "jerry"); m.Title != `Miss "Jerry" 'X` || m.RuntimeMinutes != 45 {
			t.Errorf("quotes are text: %+v", m)
		}
		if got := titles(c.find(t, marquee.MovieFilter{Sort: marquee.SortRating}).Items); !slices.Equal(got, []string{"Parasite", "Somewhere", `Miss "Jerry" 'X`}) {
			t.Errorf("by rating: %v", got)
		}
	})
}

// Tables that come later tell of the films that are there, and search finds
// films by people who came later.
func TestIMDbTablesOneByOne(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		set := imdbSet()
		c.importing(t, map[string]string{"basics": set["basics"]})
		if p := c.find(t, marquee.MovieFilter{Query: "anna"}); p.Total != 0 {
			t.Errorf("%+v", p.Items)
		}
		if h := c.importing(t, map[string]string{"ratings": set["ratings"]}); h.films["imdb"] != (catalog.Saved{Updated: 3}) {
			t.Errorf("%+v", h.films)
		}
		for i, want := range []catalog.Saved{{Updated: 2}, {Unchanged: 2}} {
			if h := c.importing(t, map[string]string{"names": set["names"], "principals": set["principals"]}); h.films["imdb"] != want {
				t.Errorf("%d: %+v", i, h.films)
			}
		}
		if h := c.importing(t, map[string]string{"basics": set["basics"]}); h.films["imdb"] != (catalog.Saved{Unchanged: 3}) {
			t.Errorf("films without their people: %+v", h.films)
		}
		if m := c.one(t, "dora somewhere"); m.RatingAverage != 7.3 || len(m.Cast) != 2 {
			t.Errorf("%+v", m)
		}
	})
}

// A newer table of ratings replaces what it said before, beside what our own
// people think, who rate meanwhile.
func TestOutsideRatingsBesideOurs(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		c.importing(t, imdbSet())
		id := c.one(t, "somewhere").ID
		var people []context.Context
		for i := range 6 {
			people = append(people, c.register(t, fmt.Sprintf("person%d", i)))
		}
		var rating sync.WaitGroup
		for _, p := range people {
			rating.Go(func() {
				for _, points := range []int{1, 10, 4} {
					if err := c.RateMovie(p, id, points); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for votes := 6; votes <= 10; votes++ {
			c.importing(t, map[string]string{"ratings": ratings(fmt.Sprintf("tt11286314|9.1|%d", votes))})
		}
		rating.Wait()
		m := c.one(t, "somewhere")
		if want := (10*9.1 + 6*4) / 16; m.RatingCount != 16 || m.RatingAverage < want-1e-9 || m.RatingAverage > want+1e-9 {
			t.Errorf("%v of %d, want %v", m.RatingAverage, m.RatingCount, want)
		}
		c.importing(t, movieLensSet())
		if m := c.one(t, "somewhere"); m.RatingCount != 18 {
			t.Errorf("with MovieLens: %d", m.RatingCount)
		}
	})
}

func TestMovieLens(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		for i, want := range []catalog.Saved{{Added: 6, Unknown: 1}, {Unchanged: 6, Unknown: 1}} {
			if h := c.importing(t, movieLensSet(), i == 0); h.films["movielens"] != want || len(h.bad) != 0 {
				t.Fatalf("%d: %+v", i, h)
			}
		}
		for query, want := range map[string]marquee.Movie{
			"matrix":  {Title: "The Matrix", Year: 1999, Genres: []string{"Action", "Science Fiction"}, RatingAverage: 200.0 / 30, RatingCount: 3, IMDbURL: marquee.IMDbURL("tt0133093")},
			"enfants": {Title: "The City of Lost Children", OriginalTitle: "La Cité des enfants perdus", Year: 1995, Genres: []string{"Family"}, IMDbURL: marquee.IMDbURL("tt0112682")},
			"seven":   {Title: "Seven", Year: 1995, Genres: []string{}, IMDbURL: marquee.IMDbURL("tt0114369")},
			"froide":  {Title: "L'Eau froide", Year: 1994, Genres: []string{"Drama"}, IMDbURL: marquee.IMDbURL("tt0109676")},
		} {
			want.ID = c.one(t, query).ID
			want.Countries, want.Languages, want.Directors, want.Cast = []string{}, []string{}, []string{}, []string{}
			if m := c.one(t, query); !reflect.DeepEqual(m, want) {
				t.Errorf("%s: %+v", query, m)
			}
		}
		// Ratings of a newer file, without the films.
		set := movieLensSet()
		delete(set, "movies")
		set["ratings"] = "userId,movieId,rating,timestamp\n9,1,1.0,5\n"
		if h := c.importing(t, set); h.films["movielens"] != (catalog.Saved{Updated: 1}) {
			t.Errorf("%+v", h.films)
		}
		if m := c.one(t, "matrix"); m.RatingAverage != 2 || m.RatingCount != 1 {
			t.Errorf("%+v", m)
		}
	})
}

// Films of one IMDb id are one film, whichever source comes first, and what
// they say in the end does not depend on that either.
func TestSourcesShareFilms(t *testing.T) {
	parasite := rows(`{"title":"Parasite","year":2019,"cast":["Song Kang-ho"],"genres":["Satire"],"href":"Parasite_(2019_film)","extract":"Elsewhere."}`)
	sources := map[string]func(*testing.T, *cinema){
		"starter":   func(t *testing.T, c *cinema) { c.starters(t) },
		"imdb":      func(t *testing.T, c *cinema) { c.importing(t, imdbSet()) },
		"movielens": func(t *testing.T, c *cinema) { c.importing(t, movieLensSet()) },
		"wikipedia": func(t *testing.T, c *cinema) { c.importing(t, map[string]string{"films": parasite}) },
	}
	results := map[string][]marquee.Movie{}
	for _, order := range [][]string{
		{"wikipedia", "starter", "movielens", "imdb"}, {"movielens", "imdb", "starter", "wikipedia"},
		{"imdb", "wikipedia", "starter", "movielens"}, // which is there twice until the starter film knows both
	} {
		t.Run(strings.Join(order, " "), func(t *testing.T) {
			onBothDatabases(t, func(t *testing.T, c *cinema) {
				for range 2 {
					for _, source := range order {
						sources[source](t, c)
					}
				}
				found := c.find(t, marquee.MovieFilter{Query: "parasite", YearFrom: 2019, YearTo: 2019}).Items
				for i := range found {
					found[i].ID = ""
				}
				if len(found) != 1 || !slices.Contains(found[0].Cast, "Song Kang-ho") || found[0].RatingCount != 3_000_000 || found[0].OriginalTitle != "기생충" {
					t.Errorf("%+v", found)
				}
				results[t.Name()] = found
			})
		})
	}
	for _, a := range results {
		for _, b := range results {
			if !reflect.DeepEqual(a, b) {
				t.Errorf("the order of sources shows:\n%+v\n%+v", a, b)
			}
		}
	}
}

func (c *cinema) starters(tb testing.TB) {
	tb.Helper()
	if err := c.LoadStarter(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// Where no id says so, films are the same if title, year and a person are.
func TestFilmsRecognisedByTheirPeople(t *testing.T) {
	wikipedia := rows(
		`{"title":"The Sómewhere","year":2021,"cast":["ANNA PLÁYER","Else"],"genres":["Drama"],"href":"Somewhere_(2021)","extract":"A place."}`,
		`{"title":"Somewhere","year":2021,"cast":["Another One"],"genres":["Drama"],"href":"Somewhere_(other)"}`,
		`{"title":"Somewhere","year":2020,"cast":["Anna Player"],"genres":["Drama"],"href":"Somewhere_(2020)"}`,
	)
	for _, imdbFirst := range []bool{true, false} {
		t.Run(fmt.Sprint(imdbFirst), func(t *testing.T) {
			onBothDatabases(t, func(t *testing.T, c *cinema) {
				if imdbFirst {
					c.importing(t, imdbSet())
				}
				for range 2 {
					c.importing(t, map[string]string{"films": wikipedia})
					c.importing(t, imdbSet())
				}
				p := c.find(t, marquee.MovieFilter{Query: "somewhere"})
				slices.SortFunc(p.Items, func(a, b marquee.Movie) int { return cmp.Compare(b.RatingCount, a.RatingCount) })
				if p.Total != 3 || p.Items[0].RatingCount != 5 || p.Items[0].Overview != "A place." || p.Items[1].RatingCount != 0 {
					t.Errorf("%+v", p.Items)
				}
				if h := c.importing(t, map[string]string{"films": wikipedia}); *h.files["films"].Films != (catalog.Saved{Unchanged: 3}) {
					t.Errorf("again: %+v", h.files["films"].Films)
				}
			})
		})
	}
}

// An import that is cut off leaves whole batches, and the next one goes on.
func TestIMDbImportCancelled(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		var films []string
		for i := range 700 {
			films = append(films, fmt.Sprintf(`tt%07d|movie|Film %d|Film %d|0|1990|\N|90|Drama`, i+1, i, i))
		}
		ctx, cancel := context.WithCancel(t.Context())
		file := catalog.ImportFile{Name: "basics", Reader: strings.NewReader(basics(films...))}
		err := c.ImportFiles(ctx, []catalog.ImportFile{file}, whenSaved(cancel))
		there := c.find(t, marquee.MovieFilter{}).Total
		if !marquee.IsCode(err, marquee.CodeUnavailable) || there == 0 || there == len(films) {
			t.Fatalf("%d films, %v", there, err)
		}
		if h := c.importing(t, map[string]string{"basics": basics(films...)}); h.films["imdb"] != (catalog.Saved{Added: len(films) - there, Unchanged: there}) {
			t.Errorf("then: %+v", h.films)
		}
	})
}

// whenSaved calls a function when films have been saved.
type whenSaved func()

func (w whenSaved) Progress(p catalog.Progress) {
	if p.Saved.Added > 0 {
		w()
	}
}
func (whenSaved) Bad(catalog.BadRow)              {}
func (whenSaved) FileDone(catalog.FileReport)     {}
func (whenSaved) FilmsDone(string, catalog.Saved) {}
func (whenSaved) Settling()                       {}

// A film leads to its page in Wikipedia and at IMDb, whichever source brought it
// and whichever came first; one that was stored without learns it the next time.
func TestFilmsLeadToTheirPages(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		const lists = `[{"title":"Somewhere","year":2021,"cast":["Anna Player"],"genres":[],"href":"Somewhere_(2021_film)"},
			{"title":"What's Up, Doc?","year":1972,"cast":["Ryan Oneal"],"genres":[],"href":"What%27s_Up,_Doc%3F_(1972_film)"},
			{"title":"No Page","year":1972,"cast":["Nobody Else"],"genres":[]}]`
		for _, files := range []map[string]string{imdbSet(), {"lists": lists}} {
			c.importing(t, files)
		}
		for query, want := range map[string][2]string{
			"somewhere": {"https://www.imdb.com/title/tt11286314/", "https://en.wikipedia.org/wiki/Somewhere_(2021_film)"},
			"what's":    {"", "https://en.wikipedia.org/wiki/What%27s_Up,_Doc%3F_%281972_film%29"},
			"no page":   {"", ""},
			"jerry":     {"https://www.imdb.com/title/tt0000009/", ""},
		} {
			m := c.one(t, query)
			decode := func(s string) string { plain, _ := url.PathUnescape(s); return plain }
			if m.IMDbURL != want[0] || decode(m.WikipediaURL) != decode(want[1]) {
				t.Errorf("%s leads to %q and %q", query, m.IMDbURL, m.WikipediaURL)
			}
			if whole, err := c.FindMovie(c.person, m.ID, "en"); err != nil || whole.WikipediaURL != m.WikipediaURL || whole.IMDbURL != m.IMDbURL {
				t.Errorf("%s alone leads to %q and %q, %v", query, whole.IMDbURL, whole.WikipediaURL, err)
			}
		}
		if h := c.importing(t, map[string]string{"lists": lists}); h.files["lists"].Films.Unchanged != 3 {
			t.Errorf("the same again: %+v", h.files["lists"].Films)
		}
	})
}
