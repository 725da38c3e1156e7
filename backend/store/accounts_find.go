package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// FindAccounts lists accounts by folded user name.
func (s *Store) FindAccounts(ctx context.Context, q auth.AccountQuery) ([]auth.Account, error) {
	var rows []userRow
	sel := among(s.reader.NewSelect().Model(&rows), q).Limit(int64(q.Limit))
	beyond, order := "u.username_folded > ?", "u.username_folded"
	if q.Backward {
		beyond, order = "u.username_folded < ?", "u.username_folded DESC"
	}
	if q.After != "" {
		sel = sel.Where(beyond, q.After)
	}
	if err := sel.Order(order).Scan(ctx); err != nil {
		return nil, s.fail("list accounts", err)
	}
	accounts := make([]auth.Account, len(rows))
	for i, r := range rows {
		accounts[i] = r.account()
	}
	return accounts, nil
}

// CountAccounts counts the accounts of a query up to one above most.
func (s *Store) CountAccounts(ctx context.Context, q auth.AccountQuery, most int) (int, error) {
	some := among(s.reader.NewSelect().Model((*userRow)(nil)).ColumnExpr("1"), q).Limit(int64(most) + 1)
	var n int
	err := s.reader.NewSelect().TableExpr("(?) AS counted", some).ColumnExpr("COUNT(*)").Scan(ctx, &n)
	return n, s.fail("count accounts", err)
}

// among narrows a selection down to the accounts of a query.
func among(sel *bun.SelectQuery, q auth.AccountQuery) *bun.SelectQuery {
	switch q.State {
	case marquee.UsersActive:
		sel = sel.Where("u.is_active")
	case marquee.UsersDisabled:
		sel = sel.Where("NOT u.is_active")
	case marquee.UsersSuperuser:
		sel = sel.Where("u.is_superuser")
	}
	if q.Text != "" {
		part := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(q.Text) + "%"
		sel = sel.Where("u.username_folded LIKE ? ESCAPE '!' OR u.email_folded LIKE ? ESCAPE '!'", part, part)
	}
	return sel
}
