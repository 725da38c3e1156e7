package app_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// What happens when Postgres is not what it should be. It is the truth about
// sessions: without it nothing is decided, and a token that somebody showed
// meanwhile is not used up.

// Postgres dies in a storm of refreshes. Nobody is signed out, and what each
// client holds when it is back is good.
func TestFault_F6_PostgresDownInAStormOfRefreshes(t *testing.T) {
	p := testrig.PostgresServer(t)
	check(t, prepare(p.URL()))
	w := worldOn(t, p.URL())
	w.serve()
	held := w.logins(4)
	var away atomic.Int64
	var storm sync.WaitGroup
	over := make(chan struct{})
	for i, s := range held {
		storm.Go(func() {
			for {
				select {
				case <-over:
					if i == 0 { // one signs out into the storm
						w.logout(s, w.bases[0])
					}
					return
				default:
				}
				if w.refresh(s, w.bases[0]) == http.StatusServiceUnavailable {
					away.Add(1)
				} else {
					w.me(s, w.bases[0])
				}
			}
		})
	}
	await(t, "a storm", func() bool { return held[len(held)-1].rotated() > 3 })
	p.Kill()
	await(t, "the end of the storm", func() bool { return away.Load() > 20 })
	if status := w.send(http.MethodPost, w.bases[0]+"/api/v1/auth/login", "", `{"username":"`+w.person+`","password":"`+password+`"}`).status; status != http.StatusServiceUnavailable {
		t.Errorf("a sign-in without Postgres: %d", status)
	}
	wantUp(t, w.bases[0], "/livez", "/.well-known/jwks.json", "/login")
	if status := get(t, w.bases[0]+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz %d", status)
	}
	close(over)
	storm.Wait()
	p.Start(t)
	wantBack(t, w.bases[0])
	w.mustHold()
}

// Postgres that holds a lock for ever and whose connections are used up.
func TestFault_F7_PostgresLocked(t *testing.T) {
	t.Parallel() // it mostly waits
	w := newWorld(t)
	w.serve("DATABASE_URL=" + w.toSQL.through(w.database) + "&statement_timeout=2000&connect_timeout=20")
	held := w.logins(3)
	unlock := w.lock("sessions", "users")
	var crowd sync.WaitGroup
	for i := range 30 { // more than the pool has connections
		crowd.Go(func() {
			if status := w.refresh(held[i%3], w.bases[0]); status != http.StatusServiceUnavailable {
				t.Errorf("a refresh that could not be decided: %d", status)
			}
		})
	}
	if status := w.register("twice"); status != http.StatusServiceUnavailable {
		t.Errorf("a registration that could not be decided: %d", status)
	}
	wantUp(t, w.bases[0], "/livez", "/.well-known/jwks.json", "/login")
	crowd.Wait()
	unlock()
	for _, want := range []int{http.StatusCreated, http.StatusConflict} {
		if status := w.until("a registration asked again", func() int { return w.register("twice") }); status != want {
			t.Errorf("a registration asked again: %d, want %d", status, want)
		}
	}
	w.mustHold()
}

// Postgres over a bad network: slow, silent, or cut at every answer.
func TestFault_F7_PostgresSlowOrSilent(t *testing.T) {
	t.Parallel() // it mostly waits
	w := newWorld(t)
	w.serve()
	for name, happens := range map[string]func(way *wire){
		"slow":   func(way *wire) { way.spoil("downstream", "latency", `{"latency":100}`) },
		"silent": (*wire).silence,
		"cut":    func(way *wire) { way.spoil("downstream", "reset_peer", `{"timeout":0}`) },
	} {
		held := w.logins(3) // mustHold ended one of those before
		happens(w.toSQL)
		var crowd sync.WaitGroup
		for i := range 12 {
			s := held[i%3]
			// The token of before the crowd: one that is two rotations old by the
			// time it arrives is a reuse, and rightly ends its session.
			pair, _ := s.now()
			crowd.Go(func() {
				status := w.present(s, pair.RefreshToken, w.bases[0])
				if status != http.StatusServiceUnavailable && !(name == "slow" && status == http.StatusOK) {
					t.Errorf("%s: a refresh was answered %d", name, status)
				}
			})
		}
		wantUp(t, w.bases[0], "/livez", "/.well-known/jwks.json", "/login")
		crowd.Wait()
		w.toSQL.heal()
		wantBack(t, w.bases[0])
		w.mustHold()
	}
}

// The connection breaks when something is done and before that is known, after
// each step in turn. Asked again, a rotation has one successor, and a
// registration made one person.
func TestFault_F8_PostgresCutInCommit(t *testing.T) {
	w := newWorld(t)
	w.serve()
	s := w.login()
	cut := func(word string, steps int, ask func() int) (status int, reached bool) {
		w.toSQL.cut()
		g := w.toSQL.deafen(word, steps)
		w.toSQL.mend()
		wantBack(t, w.bases[0])
		answered := make(chan int, 1)
		go func() { answered <- ask() }()
		select {
		case status = <-answered:
			w.toSQL.heal()
		case <-g.held:
			reached = true
			w.toSQL.heal()
			status = <-answered
		}
		return status, reached
	}
	for steps := 1; ; steps++ {
		before := s.rotated()
		_, reached := cut(s.id, steps, func() int { return w.refresh(s, w.bases[0]) })
		w.untilOK("a rotation asked again", func() int { return w.refresh(s, w.bases[0]) })
		if now := s.rotated(); reached && now != before+1 {
			t.Errorf("a rotation cut after step %d went from %d to %d", steps, before, now)
		}
		if !reached {
			break
		}
	}
	for steps := 1; ; steps++ {
		name := "cut" + strconv.Itoa(steps)
		register := func() int { return w.register(name) }
		status, reached := cut(name, steps, register)
		if status != http.StatusServiceUnavailable && reached {
			t.Errorf("a registration cut after step %d: %d", steps, status)
		}
		if status := w.until("a registration asked again", register); reached && status != http.StatusCreated && status != http.StatusConflict {
			t.Errorf("a registration asked again: %d", status)
		}
		w.loginAs(name)
		if !reached {
			break
		}
	}
	w.mustHold()
}

// A replica takes the place of Postgres that has not heard of the last moment.
// Clients are ahead of it then; none of them is a thief. What was opened in
// that moment is gone.
func TestFault_PostgresPromotedWithoutTheLastSecond(t *testing.T) {
	w := newWorld(t)
	w.serve()
	held := w.logins(4)
	early := map[*session]string{}
	for _, s := range held {
		early[s] = s.held.RefreshToken
		w.untilOK("a rotation before", func() int { return w.refresh(s, w.bases[0]) })
	}
	w.toSQL.cut()
	promote := w.copyDatabase()
	w.toSQL.mend()
	wantBack(t, w.bases[0])

	for i, s := range held {
		for range i { // the last moment: 0 to 3 rotations
			w.untilOK("a rotation that will be lost", func() int { return w.refresh(s, w.bases[0]) })
			w.untilOK("and its use", func() int { return w.me(s, w.bases[0]) })
		}
	}
	lost := visit(t, w.bases[0]).login(w.person)
	w.toSQL.cut()
	promote()
	w.toSQL.mend()
	wantBack(t, w.bases[0])
	for i, s := range held {
		if r := w.row(s.id); int(counterOf(s.held.RefreshToken)-r.counter) != i {
			t.Fatalf("the copy is %+v and the client at %d: nothing was lost", r, counterOf(s.held.RefreshToken))
		}
		w.untilOK("access while the store is behind", func() int { return w.me(s, w.bases[0]) })
		w.untilOK("a token ahead of the store", func() int { return w.refresh(s, w.bases[0]) })
	}
	if err := lost.Refresh(t.Context()); !marquee.IsCode(err, marquee.CodeInvalidToken) {
		t.Errorf("a session that nobody knows of: %v", err)
	}
	kinds := w.activity(held[3])
	if kinds["store_behind"] == 0 || kinds["reuse_found"] != 0 {
		t.Errorf("recorded: %v", kinds)
	}
	// What came back early is as old as it was.
	s := held[3]
	s.end = endAsked
	if status := w.present(s, early[s], w.bases[0]); status != http.StatusUnauthorized {
		t.Errorf("a token of long ago: %d", status)
	}
	w.mustHold()
}

// register asks for an account.
func (w *world) register(name string) int {
	return w.send(http.MethodPost, w.bases[0]+"/api/v1/users/", "",
		`{"username":"`+name+`","email":"`+name+`@example.com","password":"`+password+`"}`).status
}

// rotated is how often the session was rotated.
func (s *session) rotated() int64 {
	pair, _ := s.now()
	return counterOf(pair.RefreshToken)
}

// lock holds tables until unlock.
func (w *world) lock(tables ...string) (unlock func()) {
	w.Helper()
	c, err := pgx.Connect(w.Context(), w.database)
	check(w, err)
	for _, q := range []string{"BEGIN", "LOCK TABLE " + strings.Join(tables, ", ") + " IN ACCESS EXCLUSIVE MODE"} {
		_, err := c.Exec(w.Context(), q)
		check(w, err)
	}
	return func() { check(w, c.Close(context.Background())) }
}

// copyDatabase copies the database as it is, while nobody is connected, and
// returns what puts the copy in its place.
func (w *world) copyDatabase() (promote func()) {
	w.Helper()
	w.letGo()
	u, err := url.Parse(w.database)
	check(w, err)
	name := pgx.Identifier{strings.TrimPrefix(u.Path, "/")}.Sanitize()
	behind := pgx.Identifier{strings.TrimPrefix(u.Path, "/") + "_behind"}.Sanitize()
	u.Path = "/postgres"
	c, err := pgx.Connect(w.Context(), u.String())
	check(w, err)
	w.Cleanup(func() { _ = c.Close(context.Background()) })
	// Those who were cut off leave when the server notices.
	do := func(q string) {
		await(w, q, func() bool { _, err := c.Exec(context.Background(), q); return err == nil })
	}
	do("CREATE DATABASE " + behind + " TEMPLATE " + name)
	return func() {
		w.letGo()
		do("DROP DATABASE " + name + " WITH (FORCE)")
		do("ALTER DATABASE " + behind + " RENAME TO " + name)
	}
}

// activity counts what is recorded of the account, by kind.
func (w *world) activity(s *session) map[string]int {
	w.Helper()
	kinds := map[string]int{}
	page, err := visit(w, w.bases[0], client.Held{Tokens: s.held}).Activity(w.Context(), marquee.PageRequest{Limit: 100})
	check(w, err)
	for _, a := range page.Items {
		kinds[a.Kind]++
	}
	return kinds
}
