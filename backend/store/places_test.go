package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/store"
)

func TestFamiliarPlaces(t *testing.T) {
	start := time.Now().Truncate(time.Microsecond).UTC()
	var days atomic.Int64
	clock := func() time.Time { return start.Add(time.Duration(days.Load()) * 24 * time.Hour) }
	onBothWithClock(t, clock, func(t *testing.T, s *store.Store) {
		days.Store(0)
		a, b := mustCreate(t, s, "minji"), mustCreate(t, s, "haneul")
		const keep = 90 * 24 * time.Hour
		remember := func(place string) {
			t.Helper()
			if err := s.RememberPlace(t.Context(), a.ID, place, keep); err != nil {
				t.Fatal(err)
			}
		}
		last := func(userID string, places ...string) time.Time {
			t.Helper()
			at, err := s.LastFromPlace(t.Context(), userID, places)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		remember("old")
		days.Store(10)
		remember("home")
		days.Store(20)
		remember("home")
		if at := last(a.ID, "nowhere", "home"); !at.Equal(clock()) {
			t.Errorf("last from home %v", at)
		}
		for what, at := range map[string]time.Time{
			"another place": last(a.ID, "nowhere"), "another person": last(b.ID, "home", "old"), "nobody": last("", "home"),
		} {
			if !at.IsZero() {
				t.Errorf("%s: %v", what, at)
			}
		}
		days.Store(95) // "old" is too old now
		remember("work")
		if !last(a.ID, "old").IsZero() || last(a.ID, "home").IsZero() {
			t.Error("what is old stays, or what is not goes")
		}
		for i := range 100 {
			days.Store(int64(96 + i/10))
			remember(fmt.Sprint("hotel ", i))
		}
		if !last(a.ID, "home", "work").IsZero() || last(a.ID, "hotel 0").IsZero() {
			t.Error("there is no bound, or it takes the newest")
		}
	})
}

// Places of people who do not come back are forgotten as well.
func TestOldPlacesAreForgottenWithoutASignIn(t *testing.T) {
	start := time.Now().Truncate(time.Microsecond).UTC()
	var days atomic.Int64
	clock := func() time.Time { return start.Add(time.Duration(days.Load()) * 24 * time.Hour) }
	onBothWithClock(t, clock, func(t *testing.T, s *store.Store) {
		days.Store(0)
		a, b := mustCreate(t, s, "minji"), mustCreate(t, s, "haneul")
		const keep = 90 * 24 * time.Hour
		remember := func(id, place string) {
			t.Helper()
			if err := s.RememberPlace(t.Context(), id, place, keep); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 5 {
			remember(a.ID, fmt.Sprint("hotel ", i))
		}
		remember(b.ID, "hotel 0")
		days.Store(1)
		remember(a.ID, "home")
		prune := func(want int) {
			t.Helper()
			if n, err := s.Prune(t.Context(), 2*keep, keep, 4); n != want || err != nil {
				t.Errorf("%d places forgotten, %v; want %d", n, err, want)
			}
		}
		there := func(id, place string, want bool) {
			t.Helper()
			if at, err := s.LastFromPlace(t.Context(), id, []string{place}); err != nil || at.IsZero() == want {
				t.Errorf("%s: %v %v", place, at, err)
			}
		}
		days.Store(90)
		prune(0) // the twin: none is too old
		there(a.ID, "hotel 4", true)
		days.Store(91)
		prune(4)
		prune(2)
		prune(0)
		for i := range 5 {
			there(a.ID, fmt.Sprint("hotel ", i), false)
		}
		there(b.ID, "hotel 0", false)
		there(a.ID, "home", true)
	})
}
