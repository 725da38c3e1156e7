package auth

import (
	"context"
	"encoding/base64"
	"slices"

	"example.com/marquee/common/marquee"
)

const (
	usersPage    = 20 // accounts, when nobody says how many
	usersPageMax = 100
	usersCounted = 10_000 // beyond, a total is a bound
)

// administer returns the acting person if he is a superuser at this moment: a
// token tells who somebody is and never what he may do. CodeForbidden.
func (s *Service) administer(ctx context.Context) (marquee.Actor, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return marquee.Actor{}, err
	}
	a, err := s.accountOf(ctx, actor)
	if err == nil && !a.IsSuperuser {
		err = marquee.E(marquee.CodeForbidden)
	}
	return actor, err
}

// Users implements marquee.AdminService. A cursor is a place among the names;
// whatever it says, it is read to superusers only.
func (s *Service) Users(ctx context.Context, f marquee.UserFilter) (marquee.UserPage, error) {
	if _, err := s.administer(ctx); err != nil {
		return marquee.UserPage{}, err
	}
	q, err := accountQuery(f)
	if err != nil {
		return marquee.UserPage{}, err
	}
	behind := q.After != ""
	q.Limit++ // to know whether there are more
	rows, err := s.accounts.FindAccounts(ctx, q)
	if err != nil {
		return marquee.UserPage{}, away("list accounts", err)
	}
	ahead := len(rows) == q.Limit
	rows = rows[:min(len(rows), q.Limit-1)]
	if q.Backward {
		slices.Reverse(rows)
		ahead, behind = behind, ahead
	}
	total, err := s.accounts.CountAccounts(ctx, q, usersCounted)
	if err != nil {
		return marquee.UserPage{}, away("count accounts", err)
	}
	page := marquee.UserPage{Items: usersOf(rows), Total: min(total, usersCounted), TotalIs: marquee.TotalExact}
	if total > usersCounted {
		page.TotalIs = marquee.TotalAtLeast
	}
	if len(rows) > 0 {
		page.NextCursor = usersCursor(ahead, '>', rows[len(rows)-1])
		page.PrevCursor = usersCursor(behind, '<', rows[0])
	}
	return page, nil
}

func accountQuery(f marquee.UserFilter) (AccountQuery, error) {
	var wrong []marquee.FieldError
	refuse := func(field, code string) {
		wrong = append(wrong, marquee.FieldError{Field: field, Code: code})
	}
	q := AccountQuery{Text: marquee.FoldName(f.Query), State: f.State, Limit: f.Page.Limit}
	if q.Text != "" && !findable(q.Text) {
		refuse("q", marquee.FieldCharacters)
	}
	switch f.State {
	case "", marquee.UsersActive, marquee.UsersDisabled, marquee.UsersSuperuser:
	default:
		refuse("state", marquee.FieldUnknown)
	}
	if q.Limit == 0 {
		q.Limit = usersPage
	}
	if q.Limit < 1 || q.Limit > usersPageMax {
		refuse("limit", marquee.FieldRange)
	}
	ok := true
	switch {
	case f.Page.Cursor != "":
		q.After, q.Backward, ok = readUsersCursor(f.Page.Cursor)
	case f.Page.At == "end":
		q.Backward = true
	case f.Page.At != "":
		refuse("at", marquee.FieldUnknown)
	}
	if !ok {
		refuse("cursor", marquee.FieldFormat)
	}
	return q, marquee.Invalid(wrong...)
}

func usersCursor(more bool, direction byte, at Account) *string {
	if !more {
		return nil
	}
	text := base64.RawURLEncoding.EncodeToString(append([]byte{direction}, marquee.FoldName(at.Username)...))
	return &text
}

func readUsersCursor(cursor string) (name string, backward, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) == 0 || !findable(string(raw[1:])) {
		return "", false, false
	}
	return string(raw[1:]), raw[0] == '<', raw[0] == '<' || raw[0] == '>'
}

// ChangeUser implements marquee.AdminService. The change, the ends of sessions
// and the record of both are one transaction, in which it is asked once more
// whether the acting person may; then the copies in Redis go. Disabling who is
// disabled does all of it again: after CodeUnavailable trying again completes it.
func (s *Service) ChangeUser(ctx context.Context, id string, c marquee.UserChange) (marquee.User, error) {
	actor, err := s.administer(ctx)
	if err != nil {
		return marquee.User{}, err
	}
	if !validID(id) {
		return marquee.User{}, marquee.E(marquee.CodeNotFound)
	}
	before, err := s.accounts.AccountByID(ctx, id)
	if err != nil {
		return marquee.User{}, away("find an account", err)
	}
	if c == (marquee.UserChange{}) {
		return before.User, nil
	}
	if _, _, err := s.recent(ctx, actor); err != nil {
		return marquee.User{}, err
	}
	patch := AccountPatch{IsActive: c.IsActive, IsSuperuser: c.IsSuperuser, AdminID: actor.UserID}
	if c.IsActive != nil && !*c.IsActive {
		if id == actor.UserID {
			return marquee.User{}, marquee.E(marquee.CodeOwnAccount)
		}
		patch.EndReason = EndDisabled
	}
	after, ended, err := s.accounts.UpdateAccount(ctx, id, patch)
	if err != nil {
		return marquee.User{}, err
	}
	for _, e := range StateChanges(before, after) {
		s.events.Record(ctx, Attribute(ctx, e))
	}
	return after.User, s.forget(ctx, ended...)
}

// StateChanges is what a change of what an account may do is to be recorded as.
func StateChanges(before, after Account) (events []Event) {
	add := func(happened bool, kind string) {
		if happened {
			events = append(events, Event{Kind: kind, UserID: after.ID})
		}
	}
	add(before.IsActive && !after.IsActive, EventDisabled)
	add(!before.IsActive && after.IsActive, EventEnabled)
	add(!before.IsSuperuser && after.IsSuperuser, EventSuperuser)
	add(before.IsSuperuser && !after.IsSuperuser, EventNoSuperuser)
	return events
}
