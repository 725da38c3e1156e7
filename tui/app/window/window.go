// Package window keeps the part of a long list that is near the screen. The
// list comes in keyset pages; a few of them are held, more are asked for as
// an edge comes near, and far ones are let go. What it costs depends on the
// height of the screen and never on the length of the list.
//
// It knows nothing of the terminal or of the network: it says which page it
// wants and is given it. Every method returns a new Window; a page slice once
// handed in is never changed.
package window

import "example.com/marquee/common/marquee"

// Direction says on which side of the held pages a page belongs.
type Direction int

// The sides of a window. Fresh is a page that begins a new window.
const (
	Fresh Direction = iota
	Forward
	Backward
)

// Window is a view of consecutive pages with a cursor. The zero value is an
// empty list.
type Window[T any] struct {
	pages  []marquee.Page[T]
	length int // items in pages
	// before is how many items the list has in front of pages; -1: not known.
	before int
	cursor int // index in the held items
	top    int // the first visible of them
}

// Start begins at page. With atEnd the page is the last one of the list and
// the cursor stands on its last item, else on its first, wherever it lies.
func Start[T any](page marquee.Page[T], atEnd bool) Window[T] {
	w := Window[T]{pages: []marquee.Page[T]{page}, length: len(page.Items)}
	switch {
	case page.PrevCursor == nil:
	case atEnd && page.TotalIs == marquee.TotalExact:
		w.before = max(0, page.Total-len(page.Items))
	default:
		w.before = -1
	}
	if atEnd {
		w.cursor = max(0, w.length-1)
	}
	return w
}

// Len returns how many items are held.
func (w Window[T]) Len() int { return w.length }

// Cursor returns the index of the item under the cursor among those held.
func (w Window[T]) Cursor() int { return w.cursor }

// Total returns how many items the list has, and whether that is exact.
func (w Window[T]) Total() (n int, exact bool) {
	if len(w.pages) == 0 {
		return 0, true
	}
	last := w.pages[len(w.pages)-1]
	return last.Total, last.TotalIs != marquee.TotalAtLeast
}

// Position returns the place of the cursor in the whole list, from 1; 0 if it
// is not known, as at the end of a list that was not counted to its end.
func (w Window[T]) Position() int {
	if w.length == 0 || w.before < 0 {
		return 0
	}
	return w.before + w.cursor + 1
}

// At returns a held item; ok is false outside.
func (w Window[T]) At(i int) (item T, ok bool) {
	if i < 0 {
		return item, false
	}
	for _, p := range w.pages {
		if i < len(p.Items) {
			return p.Items[i], true
		}
		i -= len(p.Items)
	}
	return item, false
}

// Selected returns the item under the cursor; ok is false in an empty list.
func (w Window[T]) Selected() (item T, ok bool) { return w.At(w.cursor) }

// Visible returns the held items on a screen of rows lines, from to to-1.
func (w Window[T]) Visible(rows int) (from, to int) {
	return w.top, min(w.length, w.top+max(0, rows))
}

// AtStart reports whether the list's first item is held, AtEnd the last.
func (w Window[T]) AtStart() bool { return len(w.pages) == 0 || w.pages[0].PrevCursor == nil }

// AtEnd reports whether the list's last item is held.
func (w Window[T]) AtEnd() bool {
	return len(w.pages) == 0 || w.pages[len(w.pages)-1].NextCursor == nil
}

// Move moves the cursor by delta items, as far as items are held, and keeps
// it on a screen of rows lines.
func (w Window[T]) Move(delta, rows int) Window[T] {
	w.cursor = min(max(0, w.cursor+delta), max(0, w.length-1))
	return w.Show(rows)
}

// Show moves the visible part so that it holds the cursor and fills the
// screen as far as it can.
func (w Window[T]) Show(rows int) Window[T] {
	rows = max(1, rows)
	w.top = min(w.top, w.cursor)
	w.top = max(w.top, w.cursor-rows+1)
	w.top = max(0, min(w.top, w.length-rows))
	return w
}

// Replace puts item in the place of those that same accepts.
func (w Window[T]) Replace(item T, same func(T) bool) Window[T] {
	pages := append([]marquee.Page[T](nil), w.pages...)
	for i, p := range pages {
		for j := range p.Items {
			if !same(p.Items[j]) {
				continue
			}
			items := append([]T(nil), pages[i].Items...)
			items[j] = item
			pages[i].Items = items
		}
	}
	w.pages = pages
	return w
}
