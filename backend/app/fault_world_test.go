package app_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// world is one service to which something happens: the processes that serve,
// what is under them, and the sessions that people hold. It remembers what was
// answered to whom, and complains of every answer that contradicts another.
type world struct {
	*testing.T
	environ  []string
	database string          // URL of the SQL under the service, past every wire
	db       *sql.DB         // and what row reads it by
	redis    *testrig.Server // nil: inside the process
	toSQL    *wire
	toRedis  *wire
	http     *http.Client

	bases    []string // of the processes that serve
	person   string
	mu       sync.Mutex
	sessions []*session
}

// calm are settings of every world: whatever a slow machine makes of the time
// between a lost answer and its repetition, it is within the grace.
var calm = []string{"MAX_SESSIONS_PER_USER=1000", "REFRESH_GRACE_SECONDS=300"}

// newWorld is a world without processes, on Postgres and Redis behind wires.
func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, testrig.PostgresFrom(t, "app", prepare))
}

// worldOn is newWorld on a Postgres of the test's own.
func worldOn(t *testing.T, database string) *world {
	t.Helper()
	w := emptyWorld(t)
	w.database, w.redis = database, testrig.RedisServer(t)
	w.toSQL, w.toRedis = newWire(t, hostOf(t, database)), newWire(t, w.redis.Addr())
	w.environ = append(w.environ, w.over(w.toSQL, w.toRedis)...)
	return w
}

func emptyWorld(t *testing.T) *world {
	return &world{T: t, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, environ: append([]string{"SECRET_KEY=" + newSecret()}, calm...)}
}

// over are the settings of a process that reaches what is under the world by
// these wires.
func (w *world) over(toSQL, toRedis *wire) []string {
	w.Helper()
	return []string{
		"DATABASE_URL=" + toSQL.through(w.database) + "&connect_timeout=20", // on a busy machine
		"REDIS_URL=" + toRedis.through(w.redis.URL()),
	}
}

// serve starts a process in this one.
func (w *world) serve(more ...string) *running {
	w.Helper()
	s := serveWithin(w.T, append(append([]string{}, w.environ...), more...), 0) // as the program itself
	w.bases = append(w.bases, s.URL())
	return s
}

// session is one that somebody holds, with what the service said about it.
type session struct {
	id   string
	mu   sync.Mutex
	held marquee.Tokens
	// next is what each refresh token was answered with, and spent those that
	// were rotated, in order.
	next  map[string]string
	spent []string
	end   endState
}

type endState int

const (
	lives    endState = iota
	endAsked          // without an answer, or with 503: it may live or not
	ended             // answered: from then on it is over everywhere
)

// login opens a session of the world's person, or of a new one.
func (w *world) login() *session {
	w.Helper()
	if w.person == "" {
		w.person = newPerson(w, w.bases[0])
	}
	return w.loginAs(w.person)
}

func (w *world) loginAs(name string) *session {
	w.Helper()
	v := visit(w, w.bases[0]).login(name)
	return w.remember(v.held().Tokens)
}

func (w *world) remember(pair marquee.Tokens) *session {
	s := &session{id: pair.SessionID, held: pair, next: map[string]string{}}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sessions = append(w.sessions, s)
	return s
}

// logins opens n sessions, each used once, so that Redis has its copy.
func (w *world) logins(n int) []*session {
	w.Helper()
	all := make([]*session, n)
	for i := range all {
		all[i] = w.login()
		w.untilOK("the first use of a session", func() int { return w.me(all[i], w.bases[0]) })
	}
	return all
}

// me asks who one is, with the access token that is held.
func (w *world) me(s *session, base string) int {
	pair, before := s.now()
	a := w.send(http.MethodGet, base+"/api/v1/users/me", pair.AccessToken, "")
	_, after := s.now()
	w.judge("a request", before, after, a)
	return a.status
}

// refresh presents the refresh token that is held and keeps what comes back.
func (w *world) refresh(s *session, base string) int {
	pair, _ := s.now()
	return w.present(s, pair.RefreshToken, base)
}

// present presents a refresh token of a session.
func (w *world) present(s *session, token, base string) int {
	_, before := s.now()
	a := w.send(http.MethodPost, base+"/api/v1/auth/refresh", "", `{"refresh_token":"`+token+`"}`)
	_, after := s.now()
	w.judge("a refresh", before, after, a)
	if a.status != http.StatusOK {
		return a.status
	}
	var pair marquee.Tokens
	if err := json.Unmarshal(a.body, &pair); err != nil {
		w.Errorf("the answer to a refresh: %v: %s", err, a.body)
		return a.status
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, ok := s.next[token]; ok && other != pair.RefreshToken {
		w.Errorf("refresh token %d has two successors, %d and %d", counterOf(token), counterOf(other), counterOf(pair.RefreshToken))
	}
	if counterOf(pair.RefreshToken) <= counterOf(token) {
		w.Errorf("refresh token %d is followed by %d", counterOf(token), counterOf(pair.RefreshToken))
	}
	if _, again := s.next[token]; !again {
		s.spent = append(s.spent, token)
	}
	s.next[token] = pair.RefreshToken
	if counterOf(pair.RefreshToken) >= counterOf(s.held.RefreshToken) {
		s.held = pair
	}
	return a.status
}

// logout asks for the end of a session by both its tokens.
func (w *world) logout(s *session, base string) int {
	s.mu.Lock()
	pair := s.held
	s.end = max(s.end, endAsked)
	s.mu.Unlock()
	a := w.send(http.MethodPost, base+"/api/v1/auth/logout", pair.AccessToken, `{"refresh_token":"`+pair.RefreshToken+`"}`)
	w.judge("a sign-out", endAsked, endAsked, a)
	if a.status == http.StatusOK {
		s.mu.Lock()
		s.end = ended
		s.mu.Unlock()
	}
	return a.status
}

func (s *session) now() (marquee.Tokens, endState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held, s.end
}

// answer is what came back; status 0 is a connection that broke.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) send(method, url, bearer, body string) answer {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, url, strings.NewReader(body))
	if err != nil {
		w.Errorf("%s: %v", url, err)
		return answer{}
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	got, err := w.http.Do(r)
	if err != nil {
		return answer{}
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		return answer{}
	}
	return answer{got.StatusCode, got.Header, raw}
}

// judge complains of an answer that cannot be right for a session that stood
// so before it was asked and after it was answered: whoever is not ended is served
// or told to wait, and what has ended never comes back.
func (w *world) judge(what string, before, after endState, a answer) {
	w.Helper()
	switch {
	case a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") == "":
		w.Errorf("%s: 503 without Retry-After", what)
	case a.status == http.StatusUnauthorized && after == lives:
		w.Errorf("%s of a session that lives was refused: %s", what, a.body)
	case a.status == http.StatusOK && before == ended:
		w.Errorf("%s of a session that has ended was served", what)
	}
	switch a.status {
	case 0, http.StatusOK, http.StatusUnauthorized, http.StatusServiceUnavailable:
	default:
		w.Errorf("%s: %d %s", what, a.status, a.body)
	}
}

// until asks until the service answers something else than "not now".
func (w *world) until(what string, ask func() int) (status int) {
	w.Helper()
	await(w, what, func() bool {
		status = ask()
		return status != 0 && status != http.StatusServiceUnavailable
	})
	return status
}

func (w *world) untilOK(what string, ask func() int) {
	w.Helper()
	if status := w.until(what, ask); status != http.StatusOK {
		w.Fatalf("%s: %d", what, status)
	}
}

// counterOf reads the counter out of a refresh token, which is opaque to all
// but the service and those who test it.
func counterOf(token string) int64 {
	parts := strings.Split(token, ".")
	if len(parts) < 4 {
		return -1
	}
	n, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// copyOf begins the key under which Redis has the copy of a session.
func copyOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "marquee:{" + hex.EncodeToString(sum[:16]) + "}:"
}
