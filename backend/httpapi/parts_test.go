package httpapi_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/httpapi"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

func TestMain(m *testing.M) { os.Exit(testrig.Main(m)) }

// parts is what the API stands on.
type parts struct {
	auth    httpapi.Auth
	movies  marquee.MovieService
	limiter marquee.Limiter
	film    string // id of a film
	store   *store.Store
	redis   redis.UniversalClient
	url     string      // of the database
	log     *syncBuffer // of the rules; the API writes into it as well
}

// pair makes the parts over one kind of database and Redis.
type pair func(testing.TB) parts

// onEach runs a test on the zero-setup parts and on real servers.
func onEach(t *testing.T, test func(t *testing.T, with pair)) {
	t.Run("embedded", func(t *testing.T) { test(t, embeddedParts) })
	t.Run("servers", func(t *testing.T) { test(t, serverParts) })
}

// embeddedParts are SQLite and the in-process Redis.
func embeddedParts(tb testing.TB) parts {
	tb.Helper()
	r, err := embedded.StartRedis()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { r.Close() })
	url := "sqlite:" + filepath.Join(tb.TempDir(), "marquee.db")
	must(tb, migrate(url))
	return assemble(tb, url, r.Client(), redisstore.Options{Word: embedded.RedisWord})
}

// serverParts are Postgres and Redis.
func serverParts(tb testing.TB) parts {
	tb.Helper()
	client, err := redisstore.Dial(testrig.Redis(tb))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { client.Close() })
	return assemble(tb, testrig.PostgresFrom(tb, "httpapi", migrate), client, redisstore.Options{})
}

func migrate(url string) error {
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(context.Background())
}

func assemble(tb testing.TB, url string, client redis.UniversalClient, o redisstore.Options) parts {
	tb.Helper()
	db, err := store.Open(tb.Context(), store.Options{URL: url})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	shared := redisstore.New(client, o)
	log := &syncBuffer{}
	rules, err := auth.New(auth.Deps{Accounts: db, Sessions: db, Keys: db, Copies: shared, Log: log.logger()},
		auth.Config{Master: bytes.Repeat([]byte("master secret of a test. "), 2)})
	must(tb, err)
	must(tb, rules.Start(tb.Context()))
	return parts{auth: rules, movies: newOneFilm(), limiter: shared, film: "m1", store: db, redis: client, url: url, log: log}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
