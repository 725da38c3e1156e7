package catalog

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/marquee/common/marquee"
)

// movieLensMost bounds the films of MovieLens that are held in memory while its
// files are put together, 24 bytes and an entry of a map for each; the largest
// data set has 90,000.
const movieLensMost = 1_000_000

// movieLensImport is an import of MovieLens' files under way.
type movieLensImport struct {
	imdb    map[uint32]uint32 // the IMDb number of a film's number
	tallies map[uint32]*Tally
	whole   bool // every rating was read: a film without any has none
	seen    numberSet
	told    numberSet // IMDb numbers of films that were told of
	save    *saver
}

func (s *Service) importMovieLens(ctx context.Context, files map[kind][]*table, hear Listener) error {
	movies, ratings, links := files[kindMovieLensMovies], files[kindMovieLensRatings], files[kindMovieLensLinks]
	switch {
	case len(links) == 0:
		unusable(append(movies, ratings...), errNoLinks)
		return nil
	case len(movies)+len(ratings) == 0:
		unusable(links, errOnlyLinks)
		return nil
	}
	i := movieLensImport{imdb: map[uint32]uint32{}, tallies: map[uint32]*Tally{}, save: s.newSaver()}
	if err := each(ctx, links, i.link); err != nil {
		return err
	}
	if err := each(ctx, ratings, i.rating); err != nil {
		return err
	}
	i.whole = len(ratings) > 0 && !slices.ContainsFunc(ratings, func(t *table) bool { return t.report.Fault != "" })
	err := each(ctx, movies, func(r tableRow) (bool, *BadRow, error) { return i.movie(ctx, r) })
	if err == nil {
		err = i.rest(ctx)
	}
	err = i.save.end(ctx, err)
	hear.FilmsDone(sourceMovieLens, i.save.total)
	return err
}

func movieLensNumber(r tableRow) (uint32, *BadRow) {
	n, err := strconv.ParseUint(r.field("movieId"), 10, 32)
	if err != nil || n == 0 || n > imdbMax {
		return 0, refused(ReasonBadID, "%q is no movieId", r.field("movieId"))
	}
	return uint32(n), nil
}

func (i *movieLensImport) link(r tableRow) (bool, *BadRow, error) {
	n, bad := movieLensNumber(r)
	switch {
	case bad != nil || r.field("imdbId") == "":
		return false, bad, nil
	case len(i.imdb) >= movieLensMost:
		return false, refused(ReasonTooLarge, "there are more than %d films", movieLensMost), nil
	}
	imdb, ok := imdbNumber("tt"+r.field("imdbId"), "tt")
	if !ok {
		return false, refused(ReasonBadID, "%q is no imdbId", r.field("imdbId")), nil
	}
	i.imdb[n] = imdb
	return true, nil, nil
}

// rating counts a rating of 0.5 to 5 stars as one of 1 to 10 points.
func (i *movieLensImport) rating(r tableRow) (bool, *BadRow, error) {
	n, bad := movieLensNumber(r)
	if bad != nil {
		return false, bad, nil
	}
	stars, err := strconv.ParseFloat(r.field("rating"), 64)
	points := int64(stars * 2)
	if err != nil || float64(points) != stars*2 || points < marquee.RatingMin || points > marquee.RatingMax {
		return false, refused(ReasonBadRating, "the rating is %q, not 0.5 to 5 in steps of 0.5", r.field("rating")), nil
	}
	t, ok := i.tallies[n]
	if !ok {
		if len(i.tallies) >= movieLensMost {
			return false, refused(ReasonTooLarge, "there are more than %d films", movieLensMost), nil
		}
		t = &Tally{}
		i.tallies[n] = t
	}
	t.Sum += 10 * points
	t.Votes++
	return true, nil, nil
}

func (i *movieLensImport) movie(ctx context.Context, r tableRow) (bool, *BadRow, error) {
	n, bad := movieLensNumber(r)
	if bad != nil {
		return false, bad, nil
	}
	if !i.seen.add(n) {
		return false, refused(ReasonRepeated, "%d was there before", n), nil
	}
	if imdb := i.imdb[n]; imdb != 0 && !i.told.add(imdb) {
		return false, refused(ReasonRepeated, "its film %s was there before", formatIMDb(imdb)), nil
	}
	title, original, year := movieLensTitle(tidy(r.field("title"), 2*marquee.TitleMax))
	if bad := checkTitle(title, year); bad != nil {
		return false, bad, nil
	}
	f := Film{Movie: marquee.Movie{
		Title: title, OriginalTitle: tidy(original, marquee.TitleMax), Year: atoi(year), Genres: genresOf(strings.Split(r.field("genres"), "|")),
	}}
	return true, nil, i.save.add(ctx, withDigest(i.known(f, n)))
}

// rest tells what was thought of films that are in no movies.csv here.
func (i *movieLensImport) rest(ctx context.Context) error {
	for _, n := range slices.Sorted(maps.Keys(i.tallies)) {
		if i.imdb[n] == 0 || i.seen.has(n) || !i.told.add(i.imdb[n]) {
			continue
		}
		if err := i.save.add(ctx, i.known(Film{Patch: true}, n)); err != nil {
			return err
		}
	}
	return nil
}

// known adds to a film what is known of its number.
func (i *movieLensImport) known(f Film, n uint32) Film {
	f.Source, f.MovieLens = sourceMovieLens, i.tallies[n]
	if f.MovieLens == nil && i.whole {
		f.MovieLens = &Tally{}
	}
	if imdb := i.imdb[n]; imdb != 0 {
		f.IMDbID = formatIMDb(imdb)
		f.ID = idOfIMDb(f.IMDbID)
	} else {
		f.ID = idOf("movielens "+strconv.Itoa(int(n)), f.Title, f.Year, nil)
	}
	return f
}

// movieLensTitle takes a title of MovieLens apart, whose forms are
//
//	Matrix, The (1999)
//	City of Lost Children, The (Cité des enfants perdus, La) (1995)
//	Seven (a.k.a. Se7en) (1995)
//
// Other titles in brackets that are no original ones are left out. year is "" if
// there is none; of two ("2006-2007") it is the first.
func movieLensTitle(s string) (title, original, year string) {
	title = s
	if rest, inside, ok := lastBrackets(s); ok && len(inside) >= 4 && strings.Trim(inside, "0123456789-– ") == "" {
		title, year = rest, strings.TrimSpace(firstRunes(inside, 4))
	}
	for {
		rest, inside, ok := lastBrackets(title)
		if !ok || rest == "" {
			return articleFirst(title), original, year
		}
		title = rest
		if lower := strings.ToLower(inside); !strings.HasPrefix(lower, "a.k.a.") && !strings.HasPrefix(lower, "aka ") {
			original = articleFirst(inside)
		}
	}
}

// lastBrackets parts a text from what is in brackets at its end.
func lastBrackets(s string) (rest, inside string, ok bool) {
	if !strings.HasSuffix(s, ")") {
		return s, "", false
	}
	open := strings.LastIndexByte(s, '(')
	if open < 0 {
		return s, "", false
	}
	return strings.TrimSpace(s[:open]), strings.TrimSpace(s[open+1 : len(s)-1]), true
}

// articleFirst puts an article back that was moved behind a comma.
func articleFirst(title string) string {
	at := strings.LastIndex(title, ", ")
	if at < 0 {
		return title
	}
	switch article := title[at+2:]; article {
	case "The", "A", "An", "Le", "La", "Les", "Un", "Une", "Der", "Die", "Das", "Ein", "Eine", "Il", "Lo", "Gli", "El", "Los", "Las", "Una",
		"Den", "Det", "De", "Het", "En", "Et", "O", "Os":
		return article + " " + title[:at]
	case "L'":
		return article + title[:at]
	}
	return title
}
