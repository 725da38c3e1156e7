package store_test

import (
	"slices"
	"testing"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// withNamesakes has the starter films and some that are told of elsewhere.
func withNamesakes(t *testing.T, c *cinema) {
	t.Helper()
	if err := c.LoadStarter(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.load(t, rows(
		`{"title":"The Import","year":2007,"cast":["Kang-ho Song","Somebody Else","Doona Bae"],"genres":[]}`,
		`{"title":"The Namesake","year":2008,"cast":["Song Kang-ho","Somebody Else"],"genres":[]}`,
	))
	film := func(id, title, country string) catalog.Film {
		return catalog.Finish(catalog.Film{
			Movie: marquee.Movie{
				ID: id, Title: title, Year: 2009, Countries: []string{country}, Directors: []string{"Bong Joon Ho"}, Cast: []string{"Bae Doo-na", "Song Kang Ho"},
			},
			Source: "test",
		})
	}
	films := []catalog.Film{film("a", "The Korean", "South Korea"), film("b", "The Norwegian", "Norway")}
	if _, err := c.store.SaveFilms(t.Context(), films, catalog.Mark{}); err != nil {
		t.Fatal(err)
	}
}

func TestPeopleOfKoreanFilmsAreFoundByTheirNamesInHangul(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		withNamesakes(t, c)
		for query, want := range map[string][]string{
			"봉준호": {"The Host", "Memories of Murder", "Mother", "Okja", "Parasite", "Snowpiercer", "The Korean"},
			"송강호": {"The Host", "Parasite", "The Age of Shadows", "The Import", "The Korean"}, "송강": {"The Host", "The Import"}, "봉": {"Parasite", "The Korean"},
			"봉준호 배두나": {"The Host", "The Korean"}, "괴물 송": {"The Host"}, "song 봉준호": {"The Host"}, "봉준오": {"The Host"}, "윤여정": {"Minari"},
			"트위스트": {"The Barefooted Young"}, "스티븐 연": {"Burning", "Minari", "Okja"}, "틸다": nil,
			"봉 준호": {"The Host", "Parasite", "The Korean"}, "준호 봉": {"The Host", "The Korean"}, "봉 준": {"The Host", "The Korean"}, "준호": {"The Host", "Parasite", "The Korean"},
			"강호": {"The Host", "Parasite", "The Import", "The Korean"}, "강호 두나": {"The Host", "The Import", "The Korean"}, "배 두나": {"The Host", "The Import"}, "두나": {"The Host", "The Korean"},
			"스티븐연": {"Burning", "Minari", "Okja"}, "연 스티븐": {"Burning", "Minari", "Okja"}, "빈": {"The Man from Nowhere"}, "괴물 강호": {"The Host"}, "봉 준오": {"The Host"}, "준 호": {"The Host"}, "봉 준 호": {"The Host"},
		} {
			p := c.find(t, marquee.MovieFilter{Query: query, Page: marquee.PageRequest{Limit: 100}})
			got := titles(p.Items)
			for _, w := range want {
				if !slices.Contains(got, w) {
					t.Errorf("%q does not find %s: %q", query, w, got)
				}
			}
			if want == nil && len(got) > 0 || slices.Contains(got, "The Namesake") || slices.Contains(got, "The Norwegian") || p.Total != len(got) {
				t.Errorf("%q finds %q, total %d", query, got, p.Total)
			}
		}
	})
}

func TestPeopleOfKoreanFilmsAreShownInHangulInKoreanOnly(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		withNamesakes(t, c)
		id := c.one(t, "snowpiercer").ID
		if err := c.AddToWatchlist(c.person, id); err != nil {
			t.Fatal(err)
		}
		for language, want := range map[string][]string{
			"ko": {"봉준호", "Chris Evans", "송강호", "Tilda Swinton", "Jamie Bell", "Octavia Spencer"},
			"en": {"Bong Joon-ho", "Chris Evans", "Song Kang-ho", "Tilda Swinton", "Jamie Bell", "Octavia Spencer"},
		} {
			film, err := c.FindMovie(c.person, id, language)
			if err != nil {
				t.Fatal(err)
			}
			listed, err := c.Watchlist(c.person, marquee.PageRequest{}, language)
			if err != nil {
				t.Fatal(err)
			}
			found := c.find(t, marquee.MovieFilter{Query: "snowpiercer", Language: language})
			for _, m := range append(append(listed.Items, found.Items...), film) {
				if got := slices.Concat(m.Directors, m.Cast); !slices.Equal(got, want) {
					t.Errorf("in %s: %q", language, got)
				}
			}
			for query, cast := range map[string][]string{"namesake": {"Song Kang-ho", "Somebody Else"}, "norwegian": {"Bae Doo-na", "Song Kang Ho"}} {
				if m := c.find(t, marquee.MovieFilter{Query: query, Language: language}).Items[0]; !slices.Equal(m.Cast, cast) {
					t.Errorf("%s in %s: %q", query, language, m.Cast)
				}
			}
		}
		stored, err := c.store.StoredFilms(t.Context(), []string{id})
		if err != nil || !slices.Equal(stored[id].Directors, []string{"Bong Joon-ho"}) {
			t.Errorf("stored: %+v %v", stored, err)
		}
	})
}
