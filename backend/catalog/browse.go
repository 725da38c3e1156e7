package catalog

import (
	"slices"

	"example.com/marquee/common/marquee"
)

// The sizes of pages.
const (
	limitDefault = 20
	limitMax     = 100
)

// atEnd asks for the last page of a list.
const atEnd = "end"

// browse turns a request for a page into windows of a list and the windows
// into a page. Both kinds of list, films and a person's own, go by it.
type browse struct {
	cursors cursors
	binding string
	request marquee.PageRequest
	meant   string // goes into the cursors
	// jump is where letters lead, nil in lists without them.
	jump func(letters string) *Position
	list lister
}

// lister lists a window.
type lister func(Window) ([]Entry, error)

// chained lists what lists have one after the other: Position.Part says whose
// entry it is.
func chained(lists ...lister) lister {
	return func(w Window) ([]Entry, error) {
		part, step := 0, 1
		if w.Backward {
			part, step = len(lists)-1, -1
		}
		if w.From != nil {
			part = w.From.Part
		}
		var out []Entry
		for ; part >= 0 && part < len(lists) && len(out) < w.Limit; part += step {
			found, err := lists[part](Window{From: w.From, Backward: w.Backward, Limit: w.Limit - len(out)})
			if err != nil {
				return nil, err
			}
			for _, e := range found {
				e.At.Part = part
				out = append(out, e)
			}
			w.From = nil
		}
		return out, nil
	}
}

// start is the window that is asked for and whether there is more behind it.
func (b browse) start() (w Window, behind bool, err error) {
	r := b.request
	if r.Limit < 0 || r.Limit > limitMax {
		return w, false, marquee.Invalid(marquee.FieldError{Field: "limit", Code: marquee.FieldRange, Limit: limitMax})
	}
	w.Limit = r.Limit
	if w.Limit == 0 {
		w.Limit = limitDefault
	}
	switch {
	case r.Cursor != "": // wins over At, which a client may leave in its address
		p, err := b.cursors.read(b.binding, r.Cursor)
		w.From, w.Backward = &p.Position, p.backward
		return w, true, err
	case r.At == atEnd:
		w.Backward = true
	case r.At != "":
		w.From = b.jump(r.At)
		before, err := b.list(Window{From: w.From, Backward: true, Limit: 1})
		return w, len(before) > 0, err
	}
	return w, false, nil
}

// page lists one entry more than asked for, to know whether there are more.
func (b browse) page() (marquee.Page[marquee.Movie], error) {
	var none marquee.Page[marquee.Movie]
	w, behind, err := b.start()
	if err != nil {
		return none, err
	}
	entries, err := b.more(w)
	if err != nil {
		return none, err
	}
	if len(entries) == 0 && w.From != nil {
		// What lay there is gone, or letters lead beyond the last title: the
		// nearest page there is.
		w.From, w.Backward, behind = nil, !w.Backward, false
		if entries, err = b.more(w); err != nil {
			return none, err
		}
	}
	ahead := len(entries) > w.Limit
	entries = entries[:min(len(entries), w.Limit)]
	if w.Backward {
		slices.Reverse(entries)
		ahead, behind = behind, ahead
	}
	return b.cut(entries, ahead, behind), nil
}

func (b browse) more(w Window) ([]Entry, error) {
	w.Limit++
	return b.list(w)
}

// cut makes the page of entries in the list's order.
func (b browse) cut(entries []Entry, next, prev bool) marquee.Page[marquee.Movie] {
	page := marquee.Page[marquee.Movie]{Items: make([]marquee.Movie, 0, len(entries))}
	for _, e := range entries {
		page.Items = append(page.Items, e.Movie)
	}
	if next && len(entries) > 0 {
		page.NextCursor = b.cursors.make(b.binding, place{entries[len(entries)-1].At, false, b.meant})
	}
	if prev && len(entries) > 0 {
		page.PrevCursor = b.cursors.make(b.binding, place{entries[0].At, true, b.meant})
	}
	return page
}

// withTotal says how many there are, given a count that went at least up to one
// above MostCounted.
func withTotal(p marquee.Page[marquee.Movie], n int) marquee.Page[marquee.Movie] {
	p.Total, p.TotalIs = n, marquee.TotalExact
	if n > MostCounted {
		p.Total, p.TotalIs = MostCounted, marquee.TotalAtLeast
	}
	return p
}
