package catalog

import (
	"bytes"
	"encoding/binary"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// keyBytes bounds a title's part of its key, so that every index entry and
// every cursor stays small: about 60 letters decide, then the year, then the id.
const keyBytes = 120

// titleKey is the place of a title among titles, compared byte by byte: the
// order of the Unicode collation algorithm (UTS 10) at its first level, which
// looks at neither case nor accents and reads digits as numbers; symbols come
// first, then digits, Latin, Hangul, Han. A leading English article does not
// count. Films of one title go by year.
//
// Stored keys are compared with new ones: TestTitleKeysAreFrozen fails when a
// new version of the library orders differently, and a migration must then
// write the keys again.
func titleKey(title string, year int) []byte {
	return binary.BigEndian.AppendUint16(append(lettersKey(title), 0, 0), uint16(year))
}

// lettersKey is the place of the first title that begins with letters.
func lettersKey(letters string) []byte {
	// A collator is not safe for concurrent use and costs little to make.
	c := collate.New(language.Und, collate.Loose, collate.Numeric)
	var buf collate.Buffer
	key := c.KeyFromString(&buf, withoutArticle(letters))
	return append(make([]byte, 0, keyBytes+4), key[:min(len(key), keyBytes)]...)
}

func withoutArticle(title string) string {
	title = strings.TrimSpace(title)
	for _, article := range []string{"the ", "a ", "an "} {
		if len(title) > len(article) && strings.EqualFold(title[:len(article)], article) {
			if rest := strings.TrimSpace(title[len(article):]); rest != "" {
				return rest
			}
		}
	}
	return title
}

// sameTitle reports whether two titles are one, as titleKey sees them. A key
// holds the beginning of a long title, and nothing of one without letters.
func sameTitle(a, b string) bool {
	ka, kb := lettersKey(a), lettersKey(b)
	if !bytes.Equal(ka, kb) {
		return false
	}
	return len(ka) > 0 && len(ka) < keyBytes || fold(withoutArticle(a)) == fold(withoutArticle(b))
}

// originalKey is the key of a film's original title, nil where it is the title.
func originalKey(f Film) []byte {
	if f.OriginalTitle == "" || sameTitle(f.Title, f.OriginalTitle) {
		return nil
	}
	return titleKey(f.OriginalTitle, f.Year)
}
