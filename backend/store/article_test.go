package store_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/testrig"
)

// The article's table as SQLAlchemy makes it, with either kind of id.
func TestTheArticlesPeopleAreRead(t *testing.T) {
	for id, first := range map[string]string{"integer": "7", "uuid": "018f3c1e-0000-7000-8000-000000000007"} {
		t.Run(id, func(t *testing.T) {
			url := testrig.Postgres(t)
			execute(t, url, `CREATE TABLE users (id `+id+` PRIMARY KEY, email varchar UNIQUE, username varchar UNIQUE, hashed_password varchar,
				is_active boolean, is_superuser boolean, created_at timestamptz, updated_at timestamptz)`,
				`INSERT INTO users VALUES ('`+first+`', 'minji@example.com', '민지', '$2b$12$x', true, true, '2024-05-06T07:08:09+09:00', NULL)`,
				`INSERT INTO users VALUES ('`+first[:len(first)-1]+`8', NULL, NULL, NULL, NULL, NULL, NULL, NULL)`)
			people := readArticle(t, "postgresql+asyncpg:"+strings.TrimPrefix(url, "postgres:"))
			if len(people) != 2 {
				t.Fatalf("%d people", len(people))
			}
			p, made := people[0], time.Date(2024, 5, 5, 22, 8, 9, 0, time.UTC)
			if p.SourceID != first || p.Email != "minji@example.com" || p.Username != "민지" || p.PasswordHash != "$2b$12$x" ||
				!p.IsActive || !p.IsSuperuser || !p.CreatedAt.Equal(made) || !p.UpdatedAt.Equal(made) {
				t.Errorf("%+v", p)
			}
			if p := people[1]; p.IsActive || p.IsSuperuser || p.PasswordHash != "" || p.CreatedAt.IsZero() {
				t.Errorf("a row of nothing: %+v", p)
			}
		})
	}
}

func TestADatabaseThatIsNotTheArticlesIsRefused(t *testing.T) {
	url := testrig.Postgres(t)
	for name, where := range map[string]string{"no table": url, "not Postgres": "sqlite:x", "away": "postgres://u:s3cret@127.0.0.1:1/x"} {
		next, done, err := store.ArticleUsers(t.Context(), where, "")
		if err == nil {
			_, err = next()
			done()
		}
		if err == nil || errors.Is(err, io.EOF) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func readArticle(t *testing.T, url string) (people []auth.ImportedAccount) {
	t.Helper()
	next, done, err := store.ArticleUsers(t.Context(), url, "")
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for {
		p, err := next()
		if errors.Is(err, io.EOF) {
			return people
		}
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
}

func execute(t *testing.T, url string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, q := range statements {
		if _, err := c.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}
