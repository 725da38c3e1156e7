package marquee

import (
	"net/url"
	"slices"
	"strings"
)

// The sites whose pages tell of films, as Link.Site names them.
const (
	SiteIMDb      = "imdb"
	SiteWikipedia = "wikipedia"
)

// linkHosts are the only hosts that a film leads to.
var linkHosts = []string{"www.imdb.com", "en.wikipedia.org"}

// linkMax bounds an address, in bytes: what browsers, terminals and lists of
// bookmarks all take.
const linkMax = 2000

// Link is a page elsewhere that tells of a film.
type Link struct{ Site, URL string }

// Links are the pages that tell of m, those whose address may be shown: see
// KnownLink.
func (m Movie) Links() []Link {
	var links []Link
	for _, l := range []Link{{SiteIMDb, m.IMDbURL}, {SiteWikipedia, m.WikipediaURL}} {
		if KnownLink(l.URL) {
			links = append(links, l)
		}
	}
	return links
}

// KnownLink reports whether an address leads by https to a site that is known,
// in characters that can be put into a page or between the escape sequences of
// a terminal (OSC 8 takes 32 to 126). A server may be anybody's: its word alone
// makes nothing a link.
func KnownLink(address string) bool {
	if len(address) > linkMax || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.User == nil && slices.Contains(linkHosts, u.Host)
}

// IMDbURL is the address of the film with an id such as "tt0389052"; "" for "".
func IMDbURL(id string) string {
	if id == "" {
		return ""
	}
	return "https://www.imdb.com/title/" + url.PathEscape(id) + "/"
}

// WikipediaURL is the address of a page of the English Wikipedia by its name,
// as it reads and not escaped; "" for "".
func WikipediaURL(page string) string {
	if page == "" {
		return ""
	}
	u := url.URL{Scheme: "https", Host: "en.wikipedia.org", Path: "/wiki/" + strings.ReplaceAll(page, " ", "_")}
	// Brackets need no escape, and most names of films have some; a semicolon
	// ends an address for some terminals.
	return strings.NewReplacer("%28", "(", "%29", ")", "%21", "!", ";", "%3B").Replace(u.String())
}
