package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"example.com/marquee/common/marquee"
)

// idOf makes the id of a film, the same one at every load: from its page in the
// English Wikipedia, title and year, since one page can tell of several films.
// A film without a page is known by its title, year and cast.
func idOf(page, title string, year int, cast []string) string {
	name := []string{page, title, strconv.Itoa(year)}
	if page == "" {
		name = append(name, cast...)
	}
	b, _ := json.Marshal(append([]string{"marquee film"}, name...)) // strings always marshal
	return uuid.NewSHA1(uuid.Nil, b).String()                       // version 5: RFC 9562, section 5.5
}

// pageName is the name of a page as it reads. It may come as in an address, with
// its characters escaped.
func pageName(href string) string {
	if plain, err := url.PathUnescape(href); err == nil {
		href = plain
	}
	return tidy(href, marquee.TitleMax)
}

// otherIDs are those of a film's page and title a year before and after. Lists
// disagree about the year by one, and one list tells of a film in both. A page
// may tell of several films, but not of two of one title a year apart.
func otherIDs(page, title string, year int) []string {
	if page == "" {
		return nil
	}
	return []string{idOf(page, title, year-yearsApart, nil), idOf(page, title, year+yearsApart, nil)}
}

// idOfIMDb makes the id of a film that is known by its IMDb id. It begins with
// that number, so that the films of a table sorted by it, a million of them, lie
// side by side in an index of ids.
func idOfIMDb(imdb string) string {
	n, _ := strconv.ParseUint(strings.TrimPrefix(imdb, "tt"), 10, 32) // was checked when it was read
	sum := sha256.Sum256([]byte("marquee film " + imdb))
	id := uuid.UUID(sum[:16])
	binary.BigEndian.PutUint32(id[:4], uint32(n))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8: RFC 9562, section 5.8
	return id.String()
}

// Finish works out what follows from a film's other members: its place among
// titles, what a search finds it by, its digest. SaveFilms takes finished films.
func Finish(f Film) Film { return withDigest(derive(f)) }

func withDigest(f Film) Film {
	f.Digest = digest(f)
	return f
}

// derive works out where a film stands among titles and what finds it.
func derive(f Film) Film {
	f.TitleKey, f.OriginalKey = titleKey(f.Title, f.Year), originalKey(f)
	f.Terms = termsOf(f)
	return f
}

func termsOf(f Film) []string {
	people := slices.Concat(f.Directors, f.Cast)
	if isKorean(f.Movie) {
		people = append(people, inHangul(people)...)
	}
	return terms([]string{f.Title, f.OriginalTitle}, people, f.Genres, f.Year)
}

func digest(f Film) string {
	b, _ := json.Marshal(struct { // plain members always marshal
		Form                         int
		Source, IMDb, Page           string
		Title, Original              string
		Year, Runtime                int
		Countries, Languages, Genres []string
		Directors, Cast              []string
		EN, KO                       string
	}{formVersion, f.Source, f.IMDbID, f.Page, f.Title, f.OriginalTitle, f.Year, f.RuntimeMinutes, f.Countries, f.Languages, f.Genres,
		f.Directors, f.Cast, f.OverviewEN, f.OverviewKO})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
