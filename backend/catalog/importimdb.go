package catalog

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"example.com/marquee/common/marquee"
)

// Bounds of what IMDb says.
const (
	imdbCastMax   = 15 // actors of a film that are kept, in the order of their credits
	runtimeMax    = 100_000
	votesMax      = 1_000_000_000
	imdbNamesMost = 5 // directors of a film that are kept
)

// imdbTitle reads a row of title.basics. What is no film is left out: ok is
// false then, and bad is nil.
func imdbTitle(r tableRow) (f Film, ok bool, bad *BadRow) {
	n, valid := imdbNumber(r.field("tconst"), "tt")
	if !valid {
		return f, false, refused(ReasonBadID, "%q is no id of a film", r.field("tconst"))
	}
	switch r.field("titleType") {
	case "movie", "tvMovie":
	case "":
		return f, false, refused(ReasonWrongType, "the row has no titleType")
	default:
		return f, false, nil
	}
	switch r.field("isAdult") {
	case "0":
	case "1":
		return f, false, nil
	default:
		return f, false, refused(ReasonWrongType, "isAdult is %q", r.field("isAdult"))
	}
	f = Film{
		Movie:  marquee.Movie{Title: tidy(r.field("primaryTitle"), marquee.TitleMax+1), OriginalTitle: tidy(r.field("originalTitle"), marquee.TitleMax)},
		IMDbID: formatIMDb(n), Source: sourceIMDb,
	}
	year := r.field("startYear")
	if year == "" && f.Title != "" {
		return f, false, nil // announced, not made
	}
	if bad := checkTitle(f.Title, year); bad != nil {
		return f, false, bad
	}
	f.ID, f.Year = idOfIMDb(f.IMDbID), atoi(year)
	if minutes := r.field("runtimeMinutes"); minutes != "" {
		m, err := strconv.Atoi(minutes)
		if err != nil || m < 0 || m > runtimeMax {
			return f, false, refused(ReasonWrongType, "runtimeMinutes is %q", minutes)
		}
		f.RuntimeMinutes = m
	}
	if f.OriginalTitle == f.Title {
		f.OriginalTitle = ""
	}
	if genres := r.field("genres"); genres != "" {
		f.Genres = genresOf(strings.Split(genres, ","))
	}
	return f, true, nil
}

// checkTitle says what is wrong with a title or a year.
func checkTitle(title, year string) *BadRow {
	y, err := strconv.Atoi(year)
	switch {
	case title == "":
		return refused(ReasonMissingTitle, "the row has no title")
	case len([]rune(title)) > marquee.TitleMax:
		return refused(ReasonTooLarge, "the title is longer than %d characters", marquee.TitleMax)
	case year == "":
		return refused(ReasonBadYear, "the row has no year")
	case err != nil:
		return refused(ReasonBadYear, "the year is %q", marquee.CleanText(firstRunes(year, 20), 0))
	case y < marquee.YearMin || y > marquee.YearMax:
		return refused(ReasonBadYear, "the year %d is not between %d and %d", y, marquee.YearMin, marquee.YearMax)
	}
	return nil
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n } // was checked

// imdbRating reads a row of title.ratings.
func imdbRating(r tableRow) (n uint32, t Tally, bad *BadRow) {
	n, valid := imdbNumber(r.field("tconst"), "tt")
	if !valid {
		return n, t, refused(ReasonBadID, "%q is no id of a film", r.field("tconst"))
	}
	average, err := strconv.ParseFloat(r.field("averageRating"), 64)
	if err != nil || !(average >= 1 && average <= 10) {
		return n, t, refused(ReasonBadRating, "the average is %q, not 1 to 10", r.field("averageRating"))
	}
	votes, err := strconv.ParseInt(r.field("numVotes"), 10, 64)
	if err != nil || votes < 1 || votes > votesMax {
		return n, t, refused(ReasonBadRating, "the number of votes is %q", r.field("numVotes"))
	}
	return n, Tally{Sum: int64(math.Round(average*10)) * votes, Votes: votes}, nil
}

// What somebody did for a film, in the order in which they are told.
const (
	didDirect = 1
	didAct    = 2
)

// credit is a row of title.principals that counts.
type credit struct {
	film, person uint32
	did          byte
	place        uint16 // in the order of the film's credits
}

// imdbCredit reads a row of title.principals; ok is false for other work.
func imdbCredit(r tableRow) (c credit, ok bool, bad *BadRow) {
	film, valid := imdbNumber(r.field("tconst"), "tt")
	if !valid {
		return c, false, refused(ReasonBadID, "%q is no id of a film", r.field("tconst"))
	}
	c.film = film
	switch r.field("category") {
	case "director":
		c.did = didDirect
	case "actor", "actress", "self":
		c.did = didAct
	case "":
		return c, false, refused(ReasonWrongType, "the row has no category")
	default:
		return c, false, nil
	}
	if c.person, valid = imdbNumber(r.field("nconst"), "nm"); !valid {
		return c, false, refused(ReasonBadID, "%q is no id of a person", r.field("nconst"))
	}
	place, err := strconv.ParseUint(r.field("ordering"), 10, 16)
	if err != nil {
		return c, false, refused(ReasonWrongType, "the ordering is %q", r.field("ordering"))
	}
	c.place = uint16(place)
	return c, true, nil
}

// key orders a film's credits; rest is everything but the person.
func (c credit) key() []byte {
	return binary.BigEndian.AppendUint16(numberKey(c.film, c.did), c.place)
}
