package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// SessionByID returns a session, live or ended. CodeNotFound.
func (s *Store) SessionByID(ctx context.Context, id string) (auth.Session, bool, time.Time, error) {
	if !storable(id) {
		return auth.Session{}, false, time.Time{}, marquee.E(marquee.CodeNotFound)
	}
	return s.readSession(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("s.id = ?", id) })
}

// SessionByCookie returns a browser's session. CodeNotFound.
func (s *Store) SessionByCookie(ctx context.Context, cookieHash []byte) (auth.Session, bool, time.Time, error) {
	return s.readSession(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("s.cookie_hash = ?", cookieHash) })
}

func (s *Store) readSession(ctx context.Context, which func(*bun.SelectQuery) *bun.SelectQuery) (auth.Session, bool, time.Time, error) {
	var row struct {
		sessionRow
		UserActive bool  `bun:"user_active"`
		Now        int64 `bun:"present"`
	}
	q := s.reader.NewSelect().Model(&row.sessionRow).ModelTableExpr("sessions AS s").
		ColumnExpr("s.*").ColumnExpr("u.is_active AS user_active").ColumnExpr("? AS present", s.now()).
		Join("JOIN users AS u ON u.id = s.user_id")
	if err := which(q).Scan(ctx, &row); err != nil {
		return auth.Session{}, false, time.Time{}, s.fail("read session", err)
	}
	return row.session(), row.UserActive, timeOf(row.Now), nil
}

// LiveSessions lists a person's live sessions, newest first.
func (s *Store) LiveSessions(ctx context.Context, userID string) ([]auth.Session, error) {
	var rows []sessionRow
	err := s.reader.NewSelect().Model(&rows).
		Where("s.user_id = ?", userID).Where(openNow, s.now(), s.now()).
		Order("s.created_at DESC", "s.id DESC").Limit(1000).Scan(ctx)
	if err != nil {
		return nil, s.fail("list sessions", err)
	}
	sessions := make([]auth.Session, len(rows))
	for i, r := range rows {
		sessions[i] = r.session()
	}
	return sessions, nil
}
