package window

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"example.com/marquee/common/marquee"
)

const size = 50

// pageAt is a page of the list 0, 1, ... n-1.
func pageAt(from, n int) marquee.Page[int] {
	to := min(n, from+size)
	p := marquee.Page[int]{Total: n, TotalIs: marquee.TotalExact}
	for i := from; i < to; i++ {
		p.Items = append(p.Items, i)
	}
	if to < n {
		c := fmt.Sprint(to)
		p.NextCursor = &c
	}
	if from > 0 {
		c := fmt.Sprint(max(0, from-size))
		p.PrevCursor = &c
	}
	return p
}

// fill answers what is wanted until nothing is.
func fill(t *testing.T, w Window[int], n, rows int) Window[int] {
	t.Helper()
	for range 50 {
		asked := false
		for _, d := range []Direction{Forward, Backward} {
			if c := w.Wanted(d, rows); c != "" {
				var from int
				fmt.Sscan(c, &from)
				w = w.Add(pageAt(from, n), d, c, rows)
				asked = true
			}
		}
		if !asked {
			return w
		}
	}
	t.Fatal("asks for ever")
	return w
}

// Whatever way one moves: the held items have no hole, the position is the
// item, few are held and the cursor is visible.
func TestMovingKeepsTheList(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 49, 50, 51, 1000, 100000} {
		for _, rows := range []int{1, 6, 20, 95} {
			w := fill(t, Start(pageAt(0, n), false), n, rows)
			for range 300 {
				w = fill(t, w.Move(random.IntN(200)-80, rows), n, rows)
				check(t, w, n, rows)
			}
			if n > 2*size {
				last := (n - 1) / size * size
				w = fill(t, Start(pageAt(last, n), true).Show(rows), n, rows)
				check(t, w, n, rows)
				if item, _ := w.Selected(); item != n-1 {
					t.Fatalf("the end is %d of %d", item, n)
				}
			}
		}
	}
}

func check(t *testing.T, w Window[int], n, rows int) {
	t.Helper()
	if n == 0 {
		return
	}
	first, _ := w.At(0)
	for i := range w.Len() {
		if item, _ := w.At(i); item != first+i {
			t.Fatalf("item %d is %d after %d", i, item, first)
		}
	}
	item, ok := w.Selected()
	if !ok || w.Position() != item+1 {
		t.Fatalf("position %d for item %d", w.Position(), item)
	}
	from, to := w.Visible(rows)
	if w.Cursor() < from || w.Cursor() >= to {
		t.Fatalf("cursor %d is not in %d..%d", w.Cursor(), from, to)
	}
	if to-from < min(rows, n) {
		t.Fatalf("%d of %d rows are filled", to-from, min(rows, n))
	}
	if most := rows + 8*margin(rows) + 2*size; w.Len() > most {
		t.Fatalf("%d items are held, most is %d", w.Len(), most)
	}
}

// A page that comes after its edge was let go would leave a hole.
func TestPageThatNoLongerFitsIsLeftOut(t *testing.T) {
	w := Start(pageAt(0, 500), false)
	if got := w.Add(pageAt(100, 500), Forward, "100", 10); got.Len() != size {
		t.Errorf("%d items after a page from elsewhere", got.Len())
	}
	if got := w.Add(pageAt(50, 500), Forward, "50", 10); got.Len() != 2*size {
		t.Errorf("%d items after the page that was asked for", got.Len())
	}
}

func TestPositionIsUnknownAtTheEndOfAnUncountedList(t *testing.T) {
	p := pageAt(450, 500)
	p.TotalIs = marquee.TotalAtLeast
	w := Start(p, true)
	if w.Position() != 0 {
		t.Error(w.Position())
	}
	if _, exact := w.Total(); exact {
		t.Error("exact")
	}
}

func TestReplaceChangesNoEarlierWindow(t *testing.T) {
	w := Start(pageAt(0, 10), false)
	changed := w.Replace(-1, func(i int) bool { return i == 3 })
	before, _ := w.At(3)
	after, _ := changed.At(3)
	if before != 3 || after != -1 {
		t.Error(before, after)
	}
}

func BenchmarkMove(b *testing.B) {
	w := Start(pageAt(0, 1000000), false)
	for b.Loop() {
		w = w.Move(1, 40)
		if c := w.Wanted(Forward, 40); c != "" {
			var from int
			fmt.Sscan(c, &from)
			w = w.Add(pageAt(from, 1000000), Forward, c, 40)
		}
	}
}
