package httpapi_test

import (
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/httpapi"
	"example.com/marquee/common/marquee"
)

// BenchmarkUsersMe is GET /users/me over HTTP on Postgres and Redis, all of
// the API around it. Read it beside BenchmarkUsersMeReference:
//
//	go test ./backend/httpapi -run '^$' -bench UsersMe -benchtime 3s -count 5
func BenchmarkUsersMe(b *testing.B) {
	p := serverParts(b, nil)
	api := httptest.NewServer(httpapi.New(httpapi.Deps{Auth: p.auth, Movies: p.movies}, httpapi.Config{}))
	b.Cleanup(api.Close)
	hammer(b, api.URL+"/api/v1/users/me", tokenFor(b, p))
}

// BenchmarkUsersMeReference is the least that could answer the same: a bare
// handler with the same check of the token's signature and claims, one round
// trip to Redis and one to Postgres.
func BenchmarkUsersMeReference(b *testing.B) {
	p := serverParts(b, nil)
	token := tokenFor(b, p)
	r := &reference{redis: p.redis, db: samePool(b, p.url), parser: jwt.NewParser(
		jwt.WithValidMethods([]string{"EdDSA"}), jwt.WithStrictDecoding(), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithIssuer("marquee"), jwt.WithAudience("marquee"), jwt.WithLeeway(30*time.Second),
	)}
	keys, _ := p.auth.JWKS()
	r.readKey(b, keys)
	srv := httptest.NewServer(r)
	b.Cleanup(srv.Close)
	hammer(b, srv.URL, token)
}

func tokenFor(b *testing.B, p parts) string {
	b.Helper()
	_, err := p.auth.Register(b.Context(), marquee.Registration{Email: "mina@example.com", Username: "mina", Password: goodPassword})
	must(b, err)
	t, err := p.auth.Login(b.Context(), marquee.Credentials{Login: "mina", Password: goodPassword, Origin: marquee.Origin{Client: "api"}})
	must(b, err)
	return t.AccessToken
}

func hammer(b *testing.B, url, token string) {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	b.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	get := func() error {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err == nil && (resp.StatusCode != http.StatusOK || !strings.Contains(string(text), `"username":"mina"`)) {
			err = errors.New(resp.Status + ": " + string(text))
		}
		return err
	}
	must(b, get()) // connections, the copy of the session
	b.SetParallelism(8)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := get(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

type reference struct {
	redis  *redis.Client
	db     *sql.DB
	parser *jwt.Parser
	key    ed25519.PublicKey
}

func (r *reference) readKey(b *testing.B, set []byte) {
	b.Helper()
	var keys struct{ Keys []struct{ X string } }
	must(b, json.Unmarshal(set, &keys))
	raw, err := base64.RawURLEncoding.DecodeString(keys.Keys[0].X)
	must(b, err)
	r.key = raw
}

// samePool opens a pool as large as the store's.
func samePool(b *testing.B, url string) *sql.DB {
	b.Helper()
	cfg, err := pgx.ParseConfig(url)
	must(b, err)
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	b.Cleanup(func() { db.Close() })
	return db
}

func (r *reference) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ctx := req.Context()
	var c jwt.RegisteredClaims
	_, err := r.parser.ParseWithClaims(strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "), &c,
		func(*jwt.Token) (any, error) { return r.key, nil })
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if err := r.redis.Get(ctx, "reference").Err(); err != nil && !errors.Is(err, redis.Nil) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var u marquee.User
	var created, updated int64
	err = r.db.QueryRowContext(ctx, `SELECT id, email, username, is_active, is_superuser, created_at, updated_at FROM users WHERE id = $1`, c.Subject).
		Scan(&u.ID, &u.Email, &u.Username, &u.IsActive, &u.IsSuperuser, &created, &updated)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	u.CreatedAt, u.UpdatedAt = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	text, err := json.Marshal(u)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}
