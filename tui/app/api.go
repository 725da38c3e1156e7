package app

import (
	"context"
	"io"
	"time"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

// Deadlines of calls. Signing in waits longer: passwords are hashed in a
// queue at the server.
const (
	readDeadline = 10 * time.Second
	signDeadline = 20 * time.Second
)

// api asks the service on behalf of one page. Its methods return commands;
// gen numbers the request and comes back with the answer.
type api struct {
	auth    marquee.AuthService
	movies  marquee.MovieService
	account marquee.AccountService
	token   marquee.TokenHolder
	admin   marquee.AdminService
	devices marquee.DeviceService
	// personal is nil where an account cannot be exported or deleted.
	personal marquee.PersonalDataService
	// writeFile is that of Options.
	writeFile func(path string, content func(io.Writer) error) (string, error)
	visit     *Visit // nil at a terminal of one's own
	keys      marquee.KeyService
	prover    marquee.KeyProver // nil where the person is not at this machine
	origin    string            // of the server as it is dialled
	// remember keeps what the next start shows first; nil keeps nothing.
	remember func(language string, top marquee.Page[marquee.Movie])
	ctx      context.Context // ends with the page
	program  context.Context // ends with the program
	page     int
}

// reply is the head of every answer.
type reply struct {
	to    int // the page that asked
	gen   int
	began time.Time // when it was asked
	err   error
}

func (r reply) head() reply { return r }

// answer is what comes back from the API.
type answer interface{ head() reply }

// call runs do under a deadline and lets make an answer of it.
func (a api) call(gen int, deadline time.Duration, do func(context.Context) error, make func(reply) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(a.ctx, deadline)
		defer cancel()
		began := time.Now()
		err := marquee.StepUpRefused(ctx, a.token, do(ctx))
		return make(reply{to: a.page, gen: gen, began: began, err: err})
	}
}

type signedIn struct {
	reply
	user marquee.User
}

// signIn opens a session and learns who that is.
func (a api) signIn(gen int, login, password string) tea.Cmd {
	var user marquee.User
	return a.call(gen, signDeadline, func(ctx context.Context) (err error) {
		if _, err = a.auth.Login(ctx, marquee.Credentials{Login: login, Password: password}); err != nil {
			return err
		}
		user, err = a.auth.Me(ctx)
		return err
	}, func(r reply) tea.Msg { return signedIn{r, user} })
}

// finishSignIn gives the code of the second step.
func (a api) finishSignIn(gen int, token, code string) tea.Cmd {
	var user marquee.User
	return a.call(gen, signDeadline, func(ctx context.Context) (err error) {
		if _, err = a.auth.LoginMFA(ctx, marquee.SecondStep{Token: token, Code: code}); err != nil {
			return err
		}
		user, err = a.auth.Me(ctx)
		return err
	}, func(r reply) tea.Msg { return signedIn{r, user} })
}

type registered struct{ reply }

func (a api) register(gen int, r marquee.Registration) tea.Cmd {
	return a.call(gen, signDeadline, func(ctx context.Context) error {
		_, err := a.auth.Register(ctx, r)
		return err
	}, func(r reply) tea.Msg { return registered{r} })
}

type signedOut struct {
	reply
	scope marquee.LogoutScope
}

func (a api) signOut(gen int, scope marquee.LogoutScope) tea.Cmd {
	return a.call(gen, readDeadline, func(ctx context.Context) error {
		return a.auth.Logout(ctx, scope)
	}, func(r reply) tea.Msg { return signedOut{r, scope} })
}

type whoFound struct {
	reply
	user marquee.User
}

// whoAmI asks for the person; the root also finds out with it whether the
// server answers again.
func (a api) whoAmI(gen int) tea.Cmd {
	var user marquee.User
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		user, err = a.auth.Me(ctx)
		return err
	}, func(r reply) tea.Msg { return whoFound{r, user} })
}

type filmFound struct {
	reply
	film marquee.Movie
}

func (a api) findFilm(gen int, id, language string) tea.Cmd {
	var film marquee.Movie
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		film, err = a.movies.FindMovie(ctx, id, language)
		return err
	}, func(r reply) tea.Msg { return filmFound{r, film} })
}

// filmSaved answers what a person did with a film; film is as it is then.
type filmSaved struct {
	reply
	id   string
	film marquee.Movie
}

// saveFilm asks the root to do something to a film, after what is being done to
// it already: answers then come in the order in which the film changed.
type saveFilm struct {
	page int
	what string        // of the film is changed
	film marquee.Movie // as the page knows it
	// change makes the film what it is to be, and says how that is done.
	change func(*marquee.Movie) tea.Cmd
}

// rate sets the rating, 0 takes it away.
func (a api) rate(gen int, film marquee.Movie, rating int, language string) saveFilm {
	return saveFilm{a.page, "rating", film, func(m *marquee.Movie) tea.Cmd {
		m.MyRating = rating
		return a.save(gen, m.ID, language, func(ctx context.Context, id string) error {
			if rating == 0 {
				return a.movies.UnrateMovie(ctx, id)
			}
			return a.movies.RateMovie(ctx, id, rating)
		})
	}}
}

// toggleWatchlist puts a film on the watchlist or takes it off.
func (a api) toggleWatchlist(gen int, film marquee.Movie, language string) saveFilm {
	return saveFilm{a.page, "watchlist", film, func(m *marquee.Movie) tea.Cmd {
		m.OnWatchlist = !m.OnWatchlist
		change := a.movies.RemoveFromWatchlist
		if m.OnWatchlist {
			change = a.movies.AddToWatchlist
		}
		return a.save(gen, m.ID, language, change)
	}}
}

// toggleWatched adds the viewing of a day, unless it is the last one: then it
// is taken back. Other days stay.
func (a api) toggleWatched(gen int, film marquee.Movie, on marquee.Date, language string) saveFilm {
	return saveFilm{a.page, "watched " + string(on), film, func(m *marquee.Movie) tea.Cmd {
		watched := m.WatchedOn == nil || *m.WatchedOn != on
		return a.setWatched(gen, film, on, watched, language).change(m)
	}}
}

// setWatched adds or removes the viewing of a day.
func (a api) setWatched(gen int, film marquee.Movie, on marquee.Date, watched bool, language string) saveFilm {
	return saveFilm{a.page, "watched " + string(on), film, func(m *marquee.Movie) tea.Cmd {
		switch {
		case watched && (m.WatchedOn == nil || *m.WatchedOn < on):
			m.WatchedOn = &on
		case !watched && m.WatchedOn != nil && *m.WatchedOn == on:
			m.WatchedOn = nil // or a day before, which no toggle asks for
		}
		return a.save(gen, m.ID, language, func(ctx context.Context, id string) error {
			if watched {
				return a.movies.MarkWatched(ctx, id, on)
			}
			return a.movies.UnmarkWatched(ctx, id, on)
		})
	}}
}

// save does something to a film and reads what became of it. It goes on when
// its page leaves: what was asked for is done.
func (a api) save(gen int, id, language string, do func(ctx context.Context, id string) error) tea.Cmd {
	var film marquee.Movie
	a.ctx = a.program
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		if err = do(ctx, id); err != nil {
			return err
		}
		film, err = a.movies.FindMovie(ctx, id, language)
		return err
	}, func(r reply) tea.Msg { return filmSaved{r, id, film} })
}
