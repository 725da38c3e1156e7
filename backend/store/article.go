package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"example.com/marquee/backend/auth"
)

// articleUsers reads the article's own table. Whatever kind its ids have, they
// are read as text.
const articleUsers = `SELECT id::text, coalesce(email, ''), coalesce(username, ''), coalesce(hashed_password, ''),
	coalesce(is_active, false), coalesce(is_superuser, false), coalesce(created_at, now()), coalesce(updated_at, created_at, now())
	FROM users ORDER BY created_at, id`

// article is the database of the article's project, open for reading.
type article struct {
	conn *pgx.Conn
	rows pgx.Rows
}

// ArticleUsers reads the people of the article's database, oldest first, and
// changes nothing there. The URL takes the spellings of Options.URL; password,
// unless "", goes with it. next returns io.EOF after the last; done is to be
// called in the end. No error repeats a password.
func ArticleUsers(ctx context.Context, url, password string) (next func() (auth.ImportedAccount, error), done func(), err error) {
	a, err := openArticle(ctx, url, password)
	if err != nil {
		return nil, nil, err
	}
	return a.next, func() { a.close(ctx) }, nil
}

func openArticle(ctx context.Context, url, password string) (*article, error) {
	scheme, rest, _ := strings.Cut(url, "://")
	switch scheme {
	case "postgres", "postgresql", "postgresql+asyncpg":
	default:
		return nil, errors.New("the database to import from must begin with postgres://")
	}
	cfg, err := pgx.ParseConfig("postgres://" + rest)
	if err != nil {
		return nil, fmt.Errorf("the database to import from: %w", err) // the driver leaves the password out
	}
	if password != "" {
		cfg.Password = password
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("the database to import from: %w", err)
	}
	rows, err := conn.Query(ctx, articleUsers)
	if err != nil {
		_ = conn.Close(ctx)
		return nil, fmt.Errorf("the table users: %w", err)
	}
	return &article{conn: conn, rows: rows}, nil
}

// next returns one person after another, then io.EOF.
func (a *article) next() (auth.ImportedAccount, error) {
	if !a.rows.Next() {
		if err := a.rows.Err(); err != nil {
			return auth.ImportedAccount{}, fmt.Errorf("the table users: %w", err)
		}
		return auth.ImportedAccount{}, io.EOF
	}
	var p auth.ImportedAccount
	err := a.rows.Scan(&p.SourceID, &p.Email, &p.Username, &p.PasswordHash, &p.IsActive, &p.IsSuperuser, &p.CreatedAt, &p.UpdatedAt)
	if err != nil {
		return auth.ImportedAccount{}, fmt.Errorf("the table users: %w", err)
	}
	return p, nil
}

func (a *article) close(ctx context.Context) {
	a.rows.Close()
	_ = a.conn.Close(context.WithoutCancel(ctx))
}
