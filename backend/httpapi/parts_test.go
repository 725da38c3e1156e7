package httpapi_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
	"example.com/marquee/common/testrig"
)

// TestMain is the clients of a benchmark in the process that this starts.
func TestMain(m *testing.M) {
	if task := os.Getenv(floodFlag); task != "" {
		os.Exit(beTheClients(task))
	}
	os.Exit(testrig.Main(m))
}

// parts is what the API stands on.
type parts struct {
	auth   *auth.Service
	trust  *trusted // the SSH servers that are believed
	movies marquee.MovieService
	live   *redisstore.Live
	film   string // id of a film
	store  *store.Store
	redis  *redis.Client
	clock  *clock      // of the store, and of what is counted
	url    string      // of the database
	log    *syncBuffer // of the rules; the API writes into it as well
}

// pair makes the parts over one kind of database and Redis; limits may be nil
// for none.
type pair func(tb testing.TB, limits *auth.Limits) parts

// clock stands still unless a test moves it.
type clock struct {
	start time.Time
	ahead atomic.Int64
}

func (c *clock) Now() time.Time { return c.start.Add(time.Duration(c.ahead.Load())) }

// live goes on by itself, as the clocks of processes do.
func (c *clock) live() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// patience is how long a test waits for Redis on a machine that does much
// else: one that looks away would be counted for elsewhere.
const patience = time.Minute

// onEach runs a test on the zero-setup parts and on real servers.
func onEach(t *testing.T, test func(t *testing.T, with pair)) {
	if !testrig.ServersAlone() {
		t.Run("embedded", func(t *testing.T) { test(t, embeddedParts) })
	}
	t.Run("servers", func(t *testing.T) { test(t, serverParts) })
}

// hashCost is next to nothing, and the real one where something is measured.
func hashCost(tb testing.TB) auth.HashCost {
	if _, measured := tb.(*testing.B); measured {
		return auth.DefaultHashCost()
	}
	return auth.HashCost{Memory: 64, Passes: 1, Threads: 1}
}

// embeddedParts are SQLite and the in-process Redis.
func embeddedParts(tb testing.TB, limits *auth.Limits) parts {
	return embeddedAt(tb, limits, hashCost(tb))
}

func embeddedAt(tb testing.TB, limits *auth.Limits, cost auth.HashCost) parts {
	tb.Helper()
	r, err := embedded.StartRedis()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { r.Close() })
	return assemble(tb, testrig.SQLiteFrom(tb, "httpapi", migrate), r.Client(), redisstore.Options{Word: embedded.RedisWord}, limits, cost)
}

// serverParts are Postgres and Redis.
func serverParts(tb testing.TB, limits *auth.Limits) parts {
	tb.Helper()
	client, err := redisstore.Dial(testrig.Redis(tb), patience)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { client.Close() })
	return assemble(tb, testrig.PostgresFrom(tb, "httpapi", migrate), client, redisstore.Options{}, limits, hashCost(tb))
}

func migrate(url string) error {
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		return err
	}
	file := catalog.ImportFile{Name: "films.json", Reader: strings.NewReader(filmRows)}
	return films(db).ImportFiles(context.Background(), []catalog.ImportFile{file}, deaf{})
}

// deaf does not listen to an import.
type deaf struct{}

func (deaf) Progress(catalog.Progress)       {}
func (deaf) Bad(catalog.BadRow)              {}
func (deaf) FileDone(catalog.FileReport)     {}
func (deaf) FilmsDone(string, catalog.Saved) {}
func (deaf) Settling()                       {}

// filmRows are films in the shape that the importer reads.
const filmRows = `[
	{"title":"Arrival","year":2016,"cast":["Amy Adams"],"genres":["Drama","Science Fiction"],"href":"Arrival_(film)","extract":"A linguist meets visitors."},
	{"title":"The Host","year":2006,"cast":["Song Kang-ho"],"genres":["Horror"],"href":"The_Host_(2006_film)","extract":"A family looks for a girl."}
]`

func films(db *store.Store) *catalog.Service {
	return catalog.New(catalog.Deps{Store: db, CursorKey: bytes.Repeat([]byte("cursor. "), 4), TypoTime: time.Minute})
}

// someFilm returns the id of one of the films.
func someFilm(tb testing.TB, s *catalog.Service) string {
	tb.Helper()
	ctx := marquee.WithActor(tb.Context(), marquee.Actor{UserID: "nobody"})
	page, err := s.FindMovies(ctx, marquee.MovieFilter{Page: marquee.PageRequest{Limit: 1}})
	must(tb, err)
	return page.Items[0].ID
}

func assemble(tb testing.TB, url string, client *redis.Client, o redisstore.Options, limits *auth.Limits, cost auth.HashCost) parts {
	tb.Helper()
	trust := &trusted{}
	log, now := &syncBuffer{}, &clock{start: time.Now()}
	db, err := store.Open(tb.Context(), store.Options{URL: url, Clock: now.Now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	if limits != nil {
		o.Clock = now.Now
	}
	shared := redisstore.New(client, o)
	live := redisstore.NewLive(client, log.logger())
	d := auth.Deps{Accounts: db, Sessions: db, Keys: db, Copies: shared, Activity: db, Belongings: db, Live: live, Clock: now.live, Gateways: trust, Log: log.logger()}
	c := auth.Config{Master: bytes.Repeat([]byte("master secret of a test. "), 2), HashCost: cost, Passwords: marquee.PasswordRules{Judge: strength.Judge}}
	if limits != nil {
		d.Attempts, c.Limits = shared, *limits
	}
	rules, err := auth.New(d, c)
	must(tb, err)
	must(tb, rules.Start(tb.Context()))
	movies := films(db)
	return parts{auth: rules, trust: trust, movies: movies, live: live, film: someFilm(tb, movies), store: db, redis: client, clock: now, url: url, log: log}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
