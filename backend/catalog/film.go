package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"github.com/google/uuid"
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

// finish works out what follows from a film's other members.
func finish(f Film) Film {
	f.TitleKey = titleKey(f.Title, f.Year)
	people := append(append([]string{}, f.Directors...), f.Cast...)
	f.Terms = terms([]string{f.Title, f.OriginalTitle}, people, f.Genres)
	f.Digest = digest(f)
	return f
}

func digest(f Film) string {
	f.Digest = ""
	b, _ := json.Marshal(struct { // plain members always marshal
		Form int
		Film Film
	}{formVersion, f})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
