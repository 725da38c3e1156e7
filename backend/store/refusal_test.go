package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.com/marquee/common/testrig"
)

// what must be refused says so in one line that names no password.
func checkRefusal(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil {
		t.Fatalf("was not refused: %s", words)
	}
	if said := err.Error(); !strings.Contains(said, words) || strings.Contains(said, "\n") || strings.Contains(said, "s3cret") {
		t.Errorf("want one line with %q: %q", words, said)
	}
}

func TestURLsThatCannotBeUsed(t *testing.T) {
	for url, words := range map[string]string{
		"":                                  "must begin with",
		"mysql://u:s3cret@localhost/x":      "must begin with",
		"postgres://u:s3cret@127.0.0.1:1/x": "127.0.0.1:1",
		"postgres://u:s3cret@host:port/x":   "cannot be read",
		"sqlite:/no/such/folder/marquee.db": "no such file",
		"sqlite:":                           "names no file",
	} {
		_, err := Open(t.Context(), Options{URL: url})
		checkRefusal(t, err, words)
	}
}

func TestTheArticlesSpellingOfPostgres(t *testing.T) {
	_, rest, _ := strings.Cut(testrig.Postgres(t), ":")
	for _, scheme := range []string{"postgres:", "postgresql:", "postgresql+asyncpg:"} {
		openEmpty(t, scheme+rest)
	}
}

func TestAttack_MisuseOfPostgres(t *testing.T) {
	t.Run("C22 a Postgres under which quoting does not hold", postgresThatMustNotBeUsed)
}

func postgresThatMustNotBeUsed(t *testing.T) {
	url := testrig.Postgres(t)
	_, err := Open(t.Context(), Options{URL: url + "&options=-c%20standard_conforming_strings%3Doff"})
	checkRefusal(t, err, "standard_conforming_strings")

	_, err = Open(t.Context(), Options{URL: makeDatabase(t, url, "ENCODING 'SQL_ASCII' LOCALE 'C'")})
	checkRefusal(t, err, "encoding SQL_ASCII")

	s := openEmpty(t, makeDatabase(t, url, "ENCODING 'UTF8' LOCALE 'C'"))
	checkRefusal(t, s.Migrate(t.Context()), "Hangul")
}

// makeDatabase makes another database on the server of url.
func makeDatabase(t *testing.T, url, how string) string {
	t.Helper()
	name := "refused_" + strings.ToLower(strings.NewReplacer(" ", "", "'", "", "-", "").Replace(how))
	ctx := t.Context()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	for _, q := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name + " TEMPLATE template0 " + how} {
		if _, err := c.Exec(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	base, _, _ := strings.Cut(url, "?")
	return base[:strings.LastIndex(base, "/")+1] + name + "?sslmode=disable"
}

func TestTheSQLiteFileIsPrivateAndAnyPathWorks(t *testing.T) {
	for _, name := range []string{"plain.db", "with space.db", "per%41cent?#&.db", "괴물.db"} {
		path := filepath.Join(t.TempDir(), name)
		s := openEmpty(t, "sqlite:"+path)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, file := range []string{path, path + "-wal"} {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", file, info.Mode())
			}
		}
	}
}
