package app_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// lease is how long a copy in Redis may outlive the end of its session in SQL:
// its life, and that of the ticket under which it may just have been made.
const lease = 60*time.Second + 5*time.Second

// mustHold is how every fault test ends. Whatever happened, once it is over
// and without anybody's help: each session that nobody ended is good at every
// process, with both its tokens; each that was ended stays so, in SQL, in Redis
// and at every process; no counter has gone back; and an old refresh token
// still ends its session, so that none of this was bought with the protection.
func (w *world) mustHold() {
	w.Helper()
	var victim *session
	for _, s := range w.sessions {
		row := w.row(s.id)
		w.rowHolds(s, row)
		if s.end == endAsked {
			// The client's own way out of an answer that it did not get.
			w.untilOK("a sign-out asked again", func() int { return w.logout(s, w.bases[0]) })
			row = w.row(s.id)
		}
		if s.end == ended {
			w.endHolds(s, row)
			continue
		}
		if row.endedAt.Valid {
			w.Errorf("session %s was ended by nobody: %s", s.id, row.why)
			continue
		}
		w.lifeHolds(s)
		victim = s
	}
	if victim != nil {
		w.reuseIsFound(victim)
	}
}

// row is the truth about a session.
type row struct {
	counter, from, seen int64
	endedAt             sql.NullInt64 // microseconds
	why                 string
}

// row reads the truth past every wire.
func (w *world) row(id string) (r row) {
	w.Helper()
	if w.db == nil {
		driver, source := "pgx", w.database
		if path, is := strings.CutPrefix(w.database, "sqlite:"); is {
			driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(20000)"
		}
		var err error
		w.db, err = sql.Open(driver, source)
		check(w, err)
		w.Cleanup(w.letGo)
	}
	// An id of ours has nothing in it that would need quoting.
	err := w.db.QueryRowContext(context.Background(),
		"SELECT counter, from_counter, seen, ended_at, end_reason FROM sessions WHERE id = '"+id+"'").
		Scan(&r.counter, &r.from, &r.seen, &r.endedAt, &r.why)
	if err != nil {
		w.Fatalf("session %s: %v", id, err)
	}
	return r
}

// letGo closes the own connection to the database, for those who want it alone.
func (w *world) letGo() {
	if w.db != nil {
		_ = w.db.Close()
		w.db = nil
	}
}

func (w *world) rowHolds(s *session, r row) {
	w.Helper()
	if answered := counterOf(s.held.RefreshToken); r.counter < answered {
		w.Errorf("session %s stands at %d, and %d was answered", s.id, r.counter, answered)
	}
	if r.from >= r.counter || r.seen > r.counter {
		w.Errorf("session %s: %+v", s.id, r)
	}
	if s.end == ended && !r.endedAt.Valid {
		w.Errorf("the end of session %s was answered and is not in SQL", s.id)
	}
	if r.endedAt.Valid {
		w.leaseHolds(s.id, time.UnixMicro(r.endedAt.Int64))
	}
}

// endHolds looks for a session that has ended wherever it could come back.
func (w *world) endHolds(s *session, r row) {
	w.Helper()
	if !r.endedAt.Valid {
		w.Errorf("session %s is open again", s.id)
	}
	for _, base := range w.bases {
		for what, ask := range map[string]func() int{
			"access":  func() int { return w.me(s, base) },
			"refresh": func() int { return w.refresh(s, base) },
		} {
			if status := w.until(what+" after the end", ask); status != http.StatusUnauthorized {
				w.Errorf("%s of session %s after its end: %d", what, s.id, status)
			}
		}
	}
	if w.redis != nil {
		if leased := w.leased(s.id); !leased.IsZero() {
			w.Errorf("session %s has ended and has a copy in Redis until %v", s.id, leased)
		}
	}
}

// lifeHolds uses both tokens of a session at every process.
func (w *world) lifeHolds(s *session) {
	w.Helper()
	for _, base := range w.bases {
		w.untilOK("access of a session that lives", func() int { return w.me(s, base) })
		w.untilOK("refresh of a session that lives", func() int { return w.refresh(s, base) })
		w.untilOK("access of its next pair", func() int { return w.me(s, base) })
	}
}

// reuseIsFound plays the thief: with a token that was rotated twice since.
func (w *world) reuseIsFound(s *session) {
	w.Helper()
	for range 2 {
		w.untilOK("refresh before a theft", func() int { return w.refresh(s, w.bases[0]) })
	}
	old := s.spent[len(s.spent)-2]
	s.end = endAsked // what comes now is an end that somebody asked for
	thief := w.bases[len(w.bases)-1]
	if status := w.until("an old token", func() int { return w.present(s, old, thief) }); status != http.StatusUnauthorized {
		w.Errorf("refresh token %d, long rotated: %d", counterOf(old), status)
	}
	if r := w.row(s.id); r.why != "reuse" {
		w.Errorf("session %s after a reuse: %+v", s.id, r)
	}
	// A Redis that was slow for a moment keeps the copy; asked again it goes.
	w.untilOK("a sign-out after a reuse", func() int { return w.logout(s, w.bases[0]) })
	w.endHolds(s, w.row(s.id))
}

// leaseHolds: SQL and Redis of a test go by the clock of one machine.
func (w *world) leaseHolds(id string, end time.Time) {
	w.Helper()
	if w.redis == nil {
		return
	}
	if leased := w.leased(id); leased.After(end.Add(lease)) {
		w.Errorf("session %s ended at %v, and Redis believes its copy until %v", id, end, leased)
	}
}

// leased is until when Redis believes the copy of a session; zero without one.
func (w *world) leased(id string) time.Time {
	w.Helper()
	info := w.redis.Do("INFO", "replication").(string)
	_, rest, _ := strings.Cut(info, "master_replid:")
	word, _, _ := strings.Cut(rest, "\r")
	text, _ := w.redis.Do("HGET", copyOf(id)+word, "lease").(string)
	if text == "" {
		return time.Time{}
	}
	us, err := strconv.ParseInt(text, 10, 64)
	check(w, err)
	return time.UnixMicro(us)
}

func hostOf(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	check(t, err)
	return u.Host
}
