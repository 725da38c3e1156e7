package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"example.com/marquee/common/marquee"
)

type filmPage struct {
	marquee.Movie
	Ratings  []choice
	Date     string       // in the field for another viewing
	Latest   marquee.Date // that can be meant there
	Viewings []marquee.Viewing
	// From is what the address remembers of the list that led here, Back and
	// BackTitle lead there.
	From, Back, BackTitle string
	problems
}

func (s *server) film(w http.ResponseWriter, v *visit) error {
	return s.showFilm(w, v, http.StatusOK, nil)
}

func (s *server) showFilm(w http.ResponseWriter, v *visit, status int, errs []marquee.FieldError) error {
	m, err := s.Movies.FindMovie(v.ctx(), v.PathValue("id"), v.msgs.Tag())
	if err != nil {
		return err
	}
	viewings, err := s.Movies.Viewings(v.ctx(), m.ID)
	if err != nil {
		return err
	}
	from, kept := listOf(v.URL.Query()), v.URL.Query()
	now := s.Clock().In(s.zoneOf(v))
	page := filmPage{
		Movie: m, Viewings: viewings, problems: problemsOf(v.msgs, errs),
		Date: now.Format(time.DateOnly), Latest: marquee.LatestDate(now),
		From: from.remembered(kept), Back: from.address(kept), BackTitle: v.msgs.T(from.title),
	}
	if typed := v.PostForm.Get("date"); typed != "" {
		page.Date = typed
	}
	for n := 1; n <= 10; n++ {
		page.Ratings = append(page.Ratings, choice{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Chosen: n == m.MyRating})
	}
	s.show(w, v, status, "film", m.Title, page)
	return nil
}

// rate sets the person's rating, or takes it back when none is sent.
func (s *server) rate(w http.ResponseWriter, v *visit) error {
	id, text := v.PathValue("id"), v.PostForm.Get("rating")
	if text == "" || v.PostForm.Has("remove") {
		return s.changed(w, v, s.Movies.UnrateMovie(v.ctx(), id))
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		n = 0 // out of range, which the rules will say
	}
	return s.changed(w, v, s.Movies.RateMovie(v.ctx(), id, n))
}

func (s *server) watchlist(w http.ResponseWriter, v *visit) error {
	id := v.PathValue("id")
	if v.PostForm.Has("remove") {
		return s.changed(w, v, s.Movies.RemoveFromWatchlist(v.ctx(), id))
	}
	return s.changed(w, v, s.Movies.AddToWatchlist(v.ctx(), id))
}

// watched adds the viewing of a date, or takes back the one named by remove.
func (s *server) watched(w http.ResponseWriter, v *visit) error {
	id, field, act := v.PathValue("id"), "date", s.Movies.MarkWatched
	if v.PostForm.Has("remove") {
		field, act = "remove", s.Movies.UnmarkWatched
	}
	on, err := marquee.ParseDate(v.PostForm.Get(field))
	if err != nil {
		return s.changed(w, v, err)
	}
	return s.changed(w, v, act(v.ctx(), id, on))
}

// changed goes back to the film, or shows it with what was refused.
func (s *server) changed(w http.ResponseWriter, v *visit, err error) error {
	if err == nil {
		http.Redirect(w, v.Request, "/films/"+url.PathEscape(v.PathValue("id"))+listOf(v.URL.Query()).remembered(v.URL.Query()), http.StatusSeeOther)
		return nil
	}
	if errs := fieldErrors(err); len(errs) > 0 {
		return s.showFilm(w, v, http.StatusUnprocessableEntity, errs)
	}
	return err
}
