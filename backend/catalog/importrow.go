package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
)

// Bounds of an imported film's texts, in characters, and of its lists.
const (
	nameMax     = 100
	genreTagMax = 60
	overviewMax = 600
	castMax     = 50
	genresMax   = 20
)

// Reason says why a row was not imported.
type Reason string

// The reasons.
const (
	ReasonMalformed    Reason = "malformed"     // not an object of JSON, or not as many columns as the header
	ReasonEncoding     Reason = "bad_encoding"  // not UTF-8
	ReasonWrongType    Reason = "wrong_type"    // a member or column is not what it should be
	ReasonMissingTitle Reason = "missing_title" //
	ReasonMissingName  Reason = "missing_name"  // of a person
	ReasonBadYear      Reason = "bad_year"      // missing, or out of 1888 to 2100
	ReasonBadRating    Reason = "bad_rating"    // out of the site's scale, or without votes
	ReasonBadID        Reason = "bad_id"        // no id of the site
	ReasonRepeated     Reason = "repeated"      // an id that the table has told of before
	ReasonTooLarge     Reason = "too_large"     // the row, its title or a list
)

// importRow is a row of the Wikipedia data set. Members that are not used are
// not read. A pointer tells a missing year from 0.
type importRow struct {
	Title   string   `json:"title"`
	Year    *int     `json:"year"`
	Cast    []string `json:"cast"`
	Genres  []string `json:"genres"`
	Href    string   `json:"href"`
	Extract string   `json:"extract"`
}

// readRow makes a film of a row or says why not.
func readRow(text []byte) (Film, *BadRow) {
	refuse := func(r Reason, format string, args ...any) (Film, *BadRow) { return Film{}, refused(r, format, args...) }
	if !utf8.Valid(text) {
		return refuse(ReasonEncoding, "the row is not UTF-8")
	}
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return refuse(ReasonMalformed, "the row is not an object")
	}
	var r importRow
	if err := json.Unmarshal(text, &r); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return refuse(ReasonWrongType, "%s is a %s", kind.Field, kind.Value)
		}
		return refuse(ReasonMalformed, "the row is not JSON: %v", err)
	}
	title := tidy(r.Title, marquee.TitleMax+1)
	switch {
	case title == "":
		return refuse(ReasonMissingTitle, "the row has no title")
	case len([]rune(title)) > marquee.TitleMax:
		return refuse(ReasonTooLarge, "the title is longer than %d characters", marquee.TitleMax)
	case r.Year == nil:
		return refuse(ReasonBadYear, "the row has no year")
	case *r.Year < marquee.YearMin || *r.Year > marquee.YearMax:
		return refuse(ReasonBadYear, "the year %d is not between %d and %d", *r.Year, marquee.YearMin, marquee.YearMax)
	}
	page, cast := pageName(r.Href), tidyAll(r.Cast, nameMax, castMax, tidyName)
	return withDigest(Film{
		Movie: marquee.Movie{
			ID: idOf(page, title, *r.Year, cast), Title: title, Year: *r.Year, Cast: cast,
			Genres: genresOf(r.Genres),
		},
		Page: page, Also: otherIDs(page, title, *r.Year),
		OverviewEN: firstSentences(tidy(r.Extract, 4*overviewMax)), Source: sourceWikipedia,
	}), nil
}

// tidy cleans a text of what a terminal would obey and of needless space. More
// than most characters are cut off.
func tidy(s string, most int) string {
	s = strings.Join(strings.Fields(marquee.CleanText(s, 0)), " ")
	return strings.TrimSpace(firstRunes(s, most))
}

// tidyAll tidies a list, without what is empty then or said twice.
func tidyAll(list []string, most, length int, tidy func(string, int) string) []string {
	out := []string{}
	for _, s := range list {
		if s = tidy(s, most); s != "" && !slices.Contains(out, s) && len(out) < length {
			out = append(out, s)
		}
	}
	return out
}

// tidyName returns a name, or "" for what is left over from the page it was
// scraped from: ")", "and", "(narrator)", "[a]", "Voices of", "Music by",
// "survivors", the half of a bracket.
func tidyName(s string, most int) string {
	s = tidy(s, most)
	if open := strings.LastIndexAny(s, "(["); open > 0 && strings.HasSuffix(s, ")") {
		s = strings.TrimSpace(s[:open]) // John Wood (English actor)
	}
	s = strings.TrimPrefix(s, "and ")
	s = strings.NewReplacer(", Jr.", " Jr.", ", Sr.", " Sr.").Replace(s)
	s = withoutFullStop(s)
	if strings.ContainsAny(s, "()[]{}<>|") || !strings.ContainsFunc(s, isLetterOrDigit) || isPhrase(s) || isHeading(s) {
		return ""
	}
	switch strings.ToLower(s) {
	case "and", "none", "n/a", "et al", "et al.", "uncredited", "voice", "voices", "narrator":
		return ""
	}
	return s
}

// withoutFullStop takes the end of a sentence off a name ("Jude Law."), not
// that of a short form ("Robert Downey Jr.", "Run D.M.C.", "Noel G.").
func withoutFullStop(s string) string {
	name, stopped := strings.CutSuffix(s, ".")
	last := name[strings.LastIndexByte(name, ' ')+1:]
	if !stopped || len(last) < 3 || strings.ContainsRune(last, '.') || last == "Esq" {
		return s
	}
	return name
}

// isPhrase reports whether s is in small letters throughout, in a script that
// has capitals: "drag queens", but not 송강호 nor will.i.am.
func isPhrase(s string) bool {
	return strings.ContainsFunc(s, unicode.IsLower) && !strings.ContainsFunc(s, unicode.IsUpper) && !strings.ContainsRune(s, '.')
}

// isHeading reports whether s goes on with names: "Narrated by", "Footage of".
func isHeading(s string) bool {
	switch strings.ToLower(s[strings.LastIndexByte(s, ' ')+1:]) {
	case "by", "of", "with":
		return true
	}
	return false
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// firstSentences returns the whole sentences at the beginning of s that fit
// into overviewMax characters; the first one is cut if it is longer.
func firstSentences(s string) string {
	runes := []rune(s)
	if len(runes) <= overviewMax {
		return s
	}
	for end := overviewMax; end > 0; end-- {
		if endsSentence(runes, end) {
			return string(runes[:end])
		}
	}
	short := string(runes[:overviewMax-1])
	if space := strings.LastIndexByte(short, ' '); space > 0 {
		short = short[:space]
	}
	return short + "…"
}

// endsSentence reports whether a sentence ends before runes[end]: a mark, a
// space and a capital, the word before it being more than an initial or a title.
func endsSentence(runes []rune, end int) bool {
	if end+1 >= len(runes) || runes[end] != ' ' || !strings.ContainsRune(`.!?"`, runes[end-1]) || unicode.IsLower(runes[end+1]) {
		return false
	}
	start := end - 1
	for start > 0 && runes[start-1] != ' ' {
		start--
	}
	word := strings.TrimSuffix(string(runes[start:end]), ".")
	return len([]rune(word)) > 3 || !unicode.IsUpper(runes[start])
}
