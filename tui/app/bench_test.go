package app

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// million is a catalogue that is made up as it is asked for, so that nothing
// of it is in memory but what the program holds.
type million struct{ *fakeService }

const inMillion = 1_000_000

func (million) FindMovies(_ context.Context, q marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	from := 0
	switch {
	case q.Page.At == "end":
		from = inMillion - q.Page.Limit
	case q.Page.At != "":
		fmt.Sscanf(strings.TrimLeft(q.Page.At, "Film 0"), "%d", &from)
	case q.Page.Cursor != "":
		fmt.Sscan(q.Page.Cursor, &from)
	}
	from = max(0, min(from, inMillion))
	to := min(inMillion, from+q.Page.Limit)
	p := marquee.Page[marquee.Movie]{Total: inMillion, TotalIs: marquee.TotalExact}
	for i := from; i < to; i++ {
		p.Items = append(p.Items, marquee.Movie{ID: fmt.Sprint(i), Title: fmt.Sprintf("Film %07d", i), OriginalTitle: "살인의 추억", Year: 1950 + i%70,
			Directors: []string{"봉준호"}, Cast: []string{"송강호", "김상경"}, Overview: strings.Repeat("어느 마을의 이야기. ", 20), RatingAverage: 8, RatingCount: 12})
	}
	if to < inMillion {
		next := fmt.Sprint(to)
		p.NextCursor = &next
	}
	if from > 0 {
		prev := fmt.Sprint(max(0, from-q.Page.Limit))
		p.PrevCursor = &prev
	}
	return p, nil
}

// BenchmarkKey is what one key costs from Update to the frame, with a million
// films behind the list, at 200x50: the answers of a server that is at hand
// are taken in the same breath. It reports the 50th and the 99th percentile,
// and what the heap has grown by. BenchmarkKeys of package main has the
// renderer and the terminal besides, for which the budgets are 17 and 35 ms.
func BenchmarkKey(b *testing.B) {
	for _, bb := range []struct {
		name       string
		there      []string      // keys that lead to the place
		pause      time.Duration // and how long that takes
		down, back string
	}{
		{"top", nil, 0, "j", "k"},
		{"middle", []string{"J", "0", "5", "0", "0", "0", "0", "0"}, time.Second, "j", "k"},
		{"end", []string{"G"}, 0, "k", "j"},
		{"pages", nil, 0, "ctrl+d", "ctrl+u"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			f := million{newFake(0)}
			d := driveService(b, f.fakeService, f, setup{width: 200, height: 50, language: "ko", signedIn: true})
			d.press(bb.there...)
			d.pass(bb.pause)
			if bb.name == "middle" {
				d.press("enter")
			}
			var took []time.Duration
			before := heap()
			for b.Loop() {
				key := bb.down
				if len(took)%400 >= 300 {
					key = bb.back
				}
				began := time.Now()
				d.press(key)
				_ = d.m.View()
				took = append(took, time.Since(began))
			}
			b.ReportMetric(heap()-before, "MiB-grown")
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			held := d.m.(Model).top().page.(filmsPage).list.items.Len()
			b.ReportMetric(float64(held), "films-held")
			if held > 500 {
				b.Errorf("%d films are held", held)
			}
		})
	}
}

// heap is what is in use after a collection, in MiB.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
