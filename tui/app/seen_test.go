package app

import (
	"slices"
	"testing"

	"example.com/marquee/common/marquee"
)

// The rows of the last time are on the first screen, before any answer; the
// answer shows what has changed since.
func TestFilmsOfTheLastTimeAreThereAtOnceAndRefreshed(t *testing.T) {
	f := newFake(3)
	was := slices.Clone(f.films)
	f.films[1].MyRating = 9
	s := plain
	s.signedIn, s.hold = true, true
	d := driveWith(t, f, s, Options{Seen: marquee.Page[marquee.Movie]{Items: was}})
	d.shows("Film 00001")
	d.lacks("★9")
	d.release()
	d.shows("Film 00001", "★9")
	f.films[2].MyRating = 4 // on another terminal
	d.hold = false
	d.press("ctrl+r")
	d.shows("★9", "★4")
}

// Who moves on the rows of the last time is where he went when today's come.
func TestKeysBeforeTheFilmsHaveComeCount(t *testing.T) {
	for key, want := range map[string]string{"j": "2 / 120", "G": "120 / 120", "g": "1 / 120"} {
		f := newFake(120)
		s := plain
		s.signedIn, s.hold = true, true
		d := driveWith(t, f, s, Options{Seen: marquee.Page[marquee.Movie]{Items: f.films[:50]}})
		d.press(key)
		d.hold = false
		d.release()
		d.shows(want)
	}
}
