package catalog

import (
	"context"

	"example.com/marquee/common/marquee"
)

// viewingsMax is how many viewings of one film are listed.
const viewingsMax = 1000

// MarkWatched records a viewing on a date; the same date again changes
// nothing. CodeInvalid on field "date" for anything but a calendar date that has
// begun somewhere.
func (s *Service) MarkWatched(ctx context.Context, id string, on marquee.Date) error {
	return s.own(ctx, id, func(userID string) error {
		date, err := marquee.ParsePastDate(string(on), s.clock())
		if err != nil {
			return err
		}
		return s.store.AddViewing(ctx, userID, id, date)
	})
}

// UnmarkWatched removes the viewing of a date, or with "" all of the film's.
func (s *Service) UnmarkWatched(ctx context.Context, id string, on marquee.Date) error {
	return s.own(ctx, id, func(userID string) error {
		if on != "" {
			if _, err := marquee.ParseDate(string(on)); err != nil {
				return err
			}
		}
		return s.store.RemoveViewings(ctx, userID, id, on)
	})
}

// Viewings lists when the acting person saw a film, the last first.
func (s *Service) Viewings(ctx context.Context, id string) (viewings []marquee.Viewing, err error) {
	err = s.own(ctx, id, func(userID string) error {
		viewings, err = s.store.Viewings(ctx, userID, id, viewingsMax)
		return err
	})
	return viewings, err
}

// Diary lists the acting person's viewings by date, the last first.
func (s *Service) Diary(ctx context.Context, f marquee.DiaryFilter) (marquee.Page[marquee.Movie], error) {
	if f.Month != "" {
		if _, err := marquee.ParseMonth(string(f.Month)); err != nil {
			return marquee.Page[marquee.Movie]{}, err
		}
	}
	return s.ownList(ctx, OwnQuery{List: ListDiary, Month: f.Month, Language: f.Language}, f.Page)
}

// DiaryMonths lists the months with viewings, the last first.
func (s *Service) DiaryMonths(ctx context.Context) ([]marquee.MonthCount, error) {
	a, err := marquee.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.DiaryMonths(ctx, a.UserID)
}
