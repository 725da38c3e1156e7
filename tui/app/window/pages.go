package window

import "example.com/marquee/common/marquee"

// leastMargin is how many items beyond the screen are wanted at least.
const leastMargin = 25

// margin is how many items are wanted beyond a screen of rows lines.
func margin(rows int) int { return max(leastMargin, rows) }

// Wanted returns the cursor of the page that is wanted in direction d for a
// screen of rows lines, "" for none.
func (w Window[T]) Wanted(d Direction, rows int) string {
	if len(w.pages) == 0 {
		return ""
	}
	switch next, prev := w.pages[len(w.pages)-1].NextCursor, w.pages[0].PrevCursor; {
	case d == Forward && next != nil && w.length-(w.top+rows) < margin(rows):
		return *next
	case d == Backward && prev != nil && w.top < margin(rows):
		return *prev
	}
	return ""
}

// Add takes the page that was asked for by cursor in direction d and lets far
// pages go. A page that no longer fits is left out: the edge it was asked for
// may have been let go meanwhile, and the list would have a hole.
func (w Window[T]) Add(page marquee.Page[T], d Direction, cursor string, rows int) Window[T] {
	if len(w.pages) == 0 {
		return w
	}
	next, prev := w.pages[len(w.pages)-1].NextCursor, w.pages[0].PrevCursor
	switch {
	case d == Forward && next != nil && *next == cursor:
		w.pages = append(append([]marquee.Page[T](nil), w.pages...), page)
		w.length += len(page.Items)
		return w.dropHead(rows).Show(rows)
	case d == Backward && prev != nil && *prev == cursor:
		w.pages = append([]marquee.Page[T]{page}, w.pages...)
		w.shift(len(page.Items))
		if page.PrevCursor == nil {
			w.before = 0
		}
		return w.dropTail(rows).Show(rows)
	}
	return w
}

// shift makes room for n items in front; n is negative when they go.
func (w *Window[T]) shift(n int) {
	w.length += n
	w.cursor += n
	w.top += n
	if w.before >= 0 {
		w.before = max(0, w.before-n)
	}
}

// dropHead lets pages in front go that are further than two margins from the
// screen, so that the next step back does not ask for them again at once.
func (w Window[T]) dropHead(rows int) Window[T] {
	for len(w.pages) > 1 {
		n := len(w.pages[0].Items)
		if w.top-n < 2*margin(rows) {
			break
		}
		w.pages = w.pages[1:]
		w.shift(-n)
	}
	return w
}

func (w Window[T]) dropTail(rows int) Window[T] {
	for len(w.pages) > 1 {
		n := len(w.pages[len(w.pages)-1].Items)
		if w.length-n-(w.top+rows) < 2*margin(rows) {
			break
		}
		w.pages = w.pages[:len(w.pages)-1]
		w.length -= n
	}
	return w
}
