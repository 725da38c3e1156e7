package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

// pageOf is one page of all, by offsets as cursors.
func pageOf[T any](all []T, p marquee.PageRequest) marquee.Page[T] {
	from := 0
	if p.At == "end" {
		from = max(0, len(all)-p.Limit)
	} else if p.Cursor != "" {
		fmt.Sscan(p.Cursor, &from)
	}
	to := min(len(all), from+p.Limit)
	page := marquee.Page[T]{Items: all[from:to], Total: len(all), TotalIs: marquee.TotalExact}
	if to < len(all) {
		next := fmt.Sprint(to)
		page.NextCursor = &next
	}
	if from > 0 {
		prev := fmt.Sprint(max(0, from-p.Limit))
		page.PrevCursor = &prev
	}
	return page
}

func (f *fakeService) Viewings(_ context.Context, id string) (list []marquee.Viewing, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, d := range slices.Backward(f.viewings[id]) {
		list = append(list, marquee.Viewing{WatchedOn: d, Rewatch: i > 0})
	}
	return list, nil
}

func (f *fakeService) Watchlist(ctx context.Context, p marquee.PageRequest, _ string) (marquee.Page[marquee.Movie], error) {
	var all []marquee.Movie
	for _, m := range f.films {
		if m.OnWatchlist {
			all = append(all, m)
		}
	}
	return pageOf(all, p), f.call(ctx, "watchlist")
}

func (f *fakeService) Ratings(context.Context, marquee.PageRequest, string) (p marquee.Page[marquee.Movie], err error) {
	return
}

// entries are the diary of a month, the last first.
func (f *fakeService) entries(month marquee.Month) (all []marquee.Movie) {
	for _, m := range f.films {
		for i, d := range f.viewings[m.ID] {
			if month != "" && d.Month() != month {
				continue
			}
			m.WatchedOn, m.Rewatch = &d, i > 0
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b marquee.Movie) int { return strings.Compare(string(*b.WatchedOn), string(*a.WatchedOn)) })
	return all
}

func (f *fakeService) Diary(ctx context.Context, q marquee.DiaryFilter) (marquee.Page[marquee.Movie], error) {
	return pageOf(f.entries(q.Month), q.Page), f.call(ctx, "diary "+string(q.Month))
}

func (f *fakeService) DiaryMonths(ctx context.Context) (months []marquee.MonthCount, err error) {
	for _, m := range f.entries("") {
		month := m.WatchedOn.Month()
		if n := len(months); n > 0 && months[n-1].Month == month {
			months[n-1].Count++
			continue
		}
		months = append(months, marquee.MonthCount{Month: month, Count: 1})
	}
	return months, f.call(ctx, "months")
}

func (f *fakeService) Activity(ctx context.Context, p marquee.PageRequest) (marquee.ActivityPage, error) {
	page := pageOf(f.activity, p)
	return marquee.ActivityPage{Items: page.Items, NextCursor: page.NextCursor}, f.call(ctx, "activity "+p.Cursor)
}

func someActivity() (list []marquee.Activity) {
	for i := range 120 {
		list = append(list, marquee.Activity{ID: fmt.Sprint(i), Kind: "signed_in", At: today9.Add(-time.Duration(i) * 5 * time.Hour), By: marquee.BySelf,
			Client: "browser", Address: fmt.Sprintf("192.0.2.%d", i), Agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_1) Safari/605.1.15"})
	}
	list[1] = marquee.Activity{ID: "end", Kind: "session_ended", Reason: "revoked", At: today9.Add(-5 * time.Hour), By: marquee.ByOtherSession, Client: "ssh", Address: "2001:db8::17"}
	list[2].Kind, list[2].Times = "sign_in_failed", 7
	return list
}

func (f *fakeService) TokenState(ctx context.Context) (marquee.TokenState, error) {
	return told(f, f.token), f.call(ctx, "token")
}

func someToken() marquee.TokenState {
	issued := today9.Add(-7 * time.Minute)
	return marquee.TokenState{
		Algorithm: "EdDSA", KeyID: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", Issuer: "marquee", Audience: "marquee",
		Subject: "0198a4c2-7d1e-7c3b-9a41-3f5e2b7c9d10", SessionID: "0198a4c2-8e55-7f0a-8b1d-2a6c4e9f7b31", TokenID: "q3bGmZt0cT1R", Counter: 5,
		Methods: []string{"pwd", "otp", "mfa"}, IssuedAt: issued, ExpiresAt: issued.Add(30 * time.Minute), AuthTime: today9.Add(-2 * time.Hour),
		Life: 30 * time.Minute, Over: issued.Add(30 * time.Minute), RefreshDue: issued.Add(24 * time.Minute), ClockAhead: 3 * time.Second, ClockKnown: true,
	}
}

func somePeople() (list []marquee.User) {
	for i := range 130 {
		list = append(list, marquee.User{ID: fmt.Sprint("p", i), Username: fmt.Sprintf("person%03d", i), Email: fmt.Sprintf("person%03d@example.com", i),
			IsActive: true, CreatedAt: today9.AddDate(0, -1, -i)})
	}
	list[1].Username, list[1].IsActive = "지훈", false
	list[2].IsSuperuser = true
	return list
}

func (f *fakeService) Users(ctx context.Context, q marquee.UserFilter) (marquee.UserPage, error) {
	var found []marquee.User
	for _, u := range f.people {
		if strings.Contains(u.Username+u.Email, q.Query) {
			found = append(found, u)
		}
	}
	p := pageOf(found, q.Page)
	return marquee.UserPage{Items: p.Items, NextCursor: p.NextCursor, PrevCursor: p.PrevCursor, Total: p.Total, TotalIs: p.TotalIs}, f.call(ctx, "users "+q.Query)
}

func (f *fakeService) ChangeUser(ctx context.Context, id string, c marquee.UserChange) (marquee.User, error) {
	if err := f.sensitive(ctx, "change "+id); err != nil {
		return marquee.User{}, err
	}
	f.people = slices.Clone(f.people)
	for i := range f.people {
		if f.people[i].ID == id {
			f.people[i].IsActive = *c.IsActive
			return f.people[i], nil
		}
	}
	return marquee.User{}, marquee.E(marquee.CodeNotFound)
}
