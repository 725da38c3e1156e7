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
