package web

import (
	"net/url"

	"example.com/marquee/common/marquee"
)

// list is a page of films. The address of a film remembers the list that a
// person came from, so that he gets back to it as he left it. Nothing but what
// a list may hold is kept: the way back never leads out of ours.
type list struct {
	path  string
	name  string   // in the address of a film; "" for the films themselves
	title string   // id of its heading
	holds []string // what its own address may hold
}

var (
	filmsList     = list{"/films", "", "web.films", []string{"q", "genre", "sort", "year_from", "year_to", "cursor"}}
	watchlistList = list{"/watchlist", "watchlist", "web.watchlist", []string{"cursor"}}
	diaryList     = list{"/diary", "diary", "web.diary", []string{"month", "cursor"}}
)

// listOf returns the list that the address of a film remembers.
func listOf(film url.Values) list {
	for _, l := range []list{watchlistList, diaryList} {
		if film.Get("list") == l.name {
			return l
		}
	}
	return filmsList
}

// unsaid are values that are the same as none; the form of the search sends them.
var unsaid = map[string]string{"sort": string(marquee.SortTitle)}

// kept is what an address says of the list.
func (l list) kept(q url.Values) url.Values {
	kept := url.Values{}
	for _, name := range l.holds {
		if value := q.Get(name); value != "" && value != unsaid[name] {
			kept.Set(name, value)
		}
	}
	return kept
}

// address is that of the list as q says.
func (l list) address(q url.Values) string { return l.path + query(l.kept(q)) }

// remembered is what the address of a film ends in that is opened from the
// list as q says.
func (l list) remembered(q url.Values) string {
	kept := l.kept(q)
	if l.name != "" {
		kept.Set("list", l.name)
	}
	return query(kept)
}

// neighbours are the addresses of the pages before and after: the same list
// with another cursor.
func (l list) neighbours(q url.Values, prev, next *string) (before, after string) {
	at := func(cursor *string) string {
		if cursor == nil || *cursor == "" {
			return ""
		}
		kept := l.kept(q)
		kept.Set("cursor", *cursor)
		return l.path + query(kept)
	}
	return at(prev), at(next)
}

// noSuchPage tells whether err is about the page of a list alone: its address
// was kept for too long, or changed by hand.
func noSuchPage(err error) bool {
	errs := fieldErrors(err)
	return len(errs) == 1 && errs[0].Field == "cursor"
}

// firstPage is the address of a list without the page.
func firstPage(of *url.URL) string {
	q := of.Query()
	q.Del("cursor")
	return of.Path + query(q)
}

func query(q url.Values) string {
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}
