//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// BenchmarkKeys presses keys in the built program on a terminal of 200x50 and
// reports, by the 50th and the 99th percentile, how long each takes until the
// cursor is seen to stand elsewhere: input, answers of a server at hand, the
// renderer with its 60 frames a second, the terminal. Budgets: 17 and 35 ms.
// Then it turns pages for 10 s, 30 keys a second, and reports what the program
// has grown by. A stub pages 1,000,000 films; with MARQUEE_BENCH_FILMS=100000
// so many are in a SQLite file behind the real API instead.
//
//	go test ./tui -run '^$' -bench Keys -benchtime 300x -timeout 1h
func BenchmarkKeys(b *testing.B) {
	program := built(b, ".", "marquee")
	c := openCinema(b)
	front := frontOf(b, c)
	if n, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_FILMS")); err == nil {
		c.importFilms(b, n)
	} else {
		million := http.HandlerFunc(millionFilms)
		front.films.Store(&million)
	}
	h := newHome(b)
	h.server = front.URL
	h.signInBy(b, program)
	for _, bb := range []struct {
		name       string
		there      []string // keys that lead to the place, each seen to do something
		down, back string
	}{
		{"top", nil, "j", "k"},
		{"middle", []string{"JFilm M"}, "j", "k"},
		{"end", []string{"G"}, "k", "j"},
		{"pages", nil, "\x04", "\x15"}, // ctrl+d, ctrl+u
	} {
		b.Run(bb.name, func(b *testing.B) {
			s := onTerminalOf(b, h.on(exec.Command(program)), false, 200, 50)
			s.see("Films", "1 / ")
			s.still() // the films of the last time are shown first
			for _, keys := range bb.there {
				s.pressed(keys)
				s.still()
			}
			if bb.name == "middle" {
				s.typeIn(enter)
				s.still()
			}
			var took []time.Duration
			for b.Loop() {
				key := bb.down
				if len(took)%40 >= 30 {
					key = bb.back
				}
				took = append(took, s.pressed(key))
				time.Sleep(rand.N(30 * time.Millisecond)) // or each key would meet the renderer at the same point
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			before := s.resident()
			for i := range 300 {
				s.typeIn([]string{"\x04", "\x15"}[i/30%2])
				time.Sleep(time.Second / 30)
			}
			s.still()
			b.ReportMetric(before, "MiB")
			b.ReportMetric(s.resident()-before, "MiB-grown")
			b.ReportMetric(0, "ns/op")
			s.typeIn(ctrlC)
			s.gone()
		})
	}
}

// pressed types keys and returns after how long the cursor of the list stood
// at another film.
func (s *screen) pressed(keys string) time.Duration {
	s.t.Helper()
	before := s.chosen()
	select {
	case <-s.drawn:
	default:
	}
	late := time.After(patience)
	began := time.Now()
	s.typeIn(keys)
	for s.chosen() == before {
		select {
		case <-s.drawn:
		case <-late:
			s.t.Fatalf("%q moves nothing:\n%s", keys, s.text())
		}
	}
	return time.Since(began)
}

// chosen is the row of the cursor, as far as it is the list's.
func (s *screen) chosen() string {
	for line := range strings.Lines(s.text()) {
		if _, row, found := strings.Cut(line, "▌"); found {
			return string([]rune(row)[:min(80, len([]rune(row)))])
		}
	}
	return ""
}

// resident is the program's memory in MiB (proc_pid_status(5)).
func (s *screen) resident() float64 {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	must(s.t, err)
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kib float64
	_, err = fmt.Sscan(rest, &kib)
	must(s.t, err)
	return kib / 1024
}

const inMillion = 1_000_000

// millionFilms is the film list of the API with films that are made up as they
// are asked for, by title.
func millionFilms(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	from, _ := strconv.Atoi(q.Get("cursor"))
	switch at := q.Get("at"); {
	case at == "end":
		from = inMillion - limit
	case at != "": // "Film M"
		from = int(at[len(at)-1]-'A') * inMillion / 26
	}
	from = max(0, min(from, inMillion))
	to := min(inMillion, from+limit)
	p := marquee.Page[marquee.Movie]{Total: inMillion, TotalIs: marquee.TotalExact, Items: []marquee.Movie{}}
	for i := from; i < to; i++ {
		p.Items = append(p.Items, marquee.Movie{
			ID: fmt.Sprintf("00000000-0000-0000-0000-%012d", i), Title: fmt.Sprintf("Film %c %07d", 'A'+i*26/inMillion, i), OriginalTitle: "살인의 추억",
			Year: 1950 + i%70, Directors: []string{"봉준호"}, Cast: []string{"송강호", "김상경"}, Overview: strings.Repeat("어느 마을의 이야기. ", 20), RatingAverage: 8, RatingCount: 12,
		})
	}
	if to < inMillion {
		next := strconv.Itoa(to)
		p.NextCursor = &next
	}
	if from > 0 {
		prev := strconv.Itoa(max(0, from-limit))
		p.PrevCursor = &prev
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(p)
}

// importFilms gives the cinema n films in the shape of IMDb's table.
func (c cinema) importFilms(b *testing.B, n int) {
	b.Helper()
	var t bytes.Buffer
	t.WriteString("tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n")
	for i := range n {
		title := fmt.Sprintf("Film %c %07d", 'A'+i*26/n, i)
		fmt.Fprintf(&t, "tt%07d\tmovie\t%s\t%s\t0\t%d\t\\N\t%d\tDrama\n", i+1, title, title, 1920+i%105, 60+i%120)
	}
	table := filepath.Join(b.TempDir(), "title.basics.tsv")
	must(b, os.WriteFile(table, t.Bytes(), 0o600))
	cmd := exec.Command(built(b, "../backend", "backend"), "import", table)
	cmd.Env = (home{dir: c.dir}).environ("MARQUEE_DATA_DIR=" + c.dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
}
