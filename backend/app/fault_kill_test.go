package app_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"example.com/marquee/common/testrig"
)

// victim is a process that is going to be killed, with wires of its own.
type victim struct {
	*process
	toSQL, toRedis *wire
}

// victim starts a process of the world on wires of its own, which prepare may
// spoil before anything is connected.
func (w *world) victim(prepare func(v *victim)) *victim {
	w.Helper()
	v := &victim{toSQL: newWire(w, hostOf(w, w.database)), toRedis: newWire(w, w.redis.Addr())}
	prepare(v)
	v.process = startProcess(w, append(append([]string{}, w.environ...), w.over(v.toSQL, v.toRedis)...))
	return v
}

// deed is something that changes a session, and that a process can be killed
// in the middle of.
type deed struct {
	what      string
	rotations int // of the session, before
	do        func(s *session, base string) int
	inRedis   bool // its steps are messages to Redis, not to SQL
	want      int  // what it is answered when it is asked again

	steps int // the next to be killed after
	held  int // how many of them it had
	over  bool
}

// act is a deed at one session, held after so many steps.
type act struct {
	*deed
	s  *session
	at *gate
}

// atOnce is how many deeds a process may stand in the middle of: fewer than
// it has connections to SQL.
const atOnce = 15

// kill -9 between any two steps of what changes a session. A process stands in
// the middle of many deeds, each after as many messages to SQL, or to Redis, as
// are its turn; it is killed, and another one is asked the same again: all is
// as if nothing had happened, or as if all had.
func TestFault_F12_KilledBetweenSteps(t *testing.T) {
	if testrig.Race {
		t.Skip("the processes that are killed share no memory")
	}
	w := newWorld(t)
	w.serve() // the one that goes on
	deeds := []*deed{
		{what: "rotation", want: http.StatusOK, do: w.refresh},
		{what: "repetition", want: http.StatusOK, rotations: 1, do: w.presentFirst},
		{what: "first use", want: http.StatusOK, rotations: 1, do: w.me},
		{what: "sign-out in SQL", want: http.StatusOK, do: w.logout},
		{what: "sign-out in Redis", want: http.StatusOK, do: w.logout, inRedis: true},
		{what: "reuse", want: http.StatusUnauthorized, rotations: 2, do: w.presentFirst},
	}
	for {
		open := slices.DeleteFunc(slices.Clone(deeds), func(d *deed) bool { return d.over })
		if len(open) == 0 {
			break
		}
		var acts []*act
		for range atOnce / len(open) {
			for _, d := range open {
				acts = append(acts, &act{deed: d, s: w.begin(d)})
			}
		}
		v := w.victim(func(v *victim) {
			for _, a := range acts {
				if a.inRedis {
					a.at = v.toRedis.hold(copyOf(a.s.id), a.steps)
				} else {
					a.at = v.toSQL.hold(a.s.id, a.steps)
				}
				a.steps++
			}
		})
		w.killAmid(v, acts)
	}
	for _, d := range deeds {
		if d.held < 1 {
			t.Errorf("a %s was never in the middle of anything", d.what)
		}
		t.Logf("%s: killed after each of %d steps", d.what, d.held)
	}
	w.mustHold()
}

// begin opens a session for a deed.
func (w *world) begin(d *deed) *session {
	w.Helper()
	s := w.logins(1)[0]
	for range d.rotations {
		w.untilOK("a rotation", func() int { return w.refresh(s, w.bases[0]) })
	}
	if d.want != http.StatusOK {
		s.end = endAsked
	}
	return s
}

func (w *world) presentFirst(s *session, base string) int { return w.present(s, s.spent[0], base) }

// killAmid lets a process come to where each act is held, kills it, and asks
// everything again elsewhere.
func (w *world) killAmid(v *victim, acts []*act) {
	w.Helper()
	var under sync.WaitGroup
	for _, a := range acts {
		answered := make(chan int, 1)
		under.Go(func() { answered <- a.do(a.s, v.url()) })
		select {
		case <-a.at.held:
			a.held++
		case <-answered:
			a.at.open.Store(true) // whoever has the connection next is not meant
			a.over = true
		}
	}
	v.kill()
	under.Wait()
	for _, a := range acts {
		if status := w.until(a.what+", asked again", func() int { return a.do(a.s, w.bases[0]) }); status != a.want {
			w.Errorf("%s, asked again: %d", a.what, status)
		}
		if r := w.row(a.s.id); a.what == "reuse" && r.why != "reuse" {
			w.Errorf("a reuse, asked again: %+v", r)
		}
	}
}
