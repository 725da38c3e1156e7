package httpapi_test

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"example.com/marquee/common/marquee"
)

type fakeUser struct {
	marquee.User
	password string
}

type fakeSession struct {
	marquee.Session
	user                    *fakeUser
	access, refresh, before string
	ended                   bool
}

type fakeAuth struct {
	mu       sync.Mutex
	users    []*fakeUser
	sessions []*fakeSession
}

func (f *fakeAuth) find(login string) *fakeUser {
	for _, u := range f.users {
		if marquee.FoldName(u.Username) == marquee.FoldName(login) || marquee.FoldName(u.Email) == marquee.FoldName(login) {
			return u
		}
	}
	return nil
}

func (f *fakeAuth) Register(_ context.Context, r marquee.Registration) (marquee.User, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.find(r.Username) != nil {
		return marquee.User{}, marquee.E(marquee.CodeUsernameTaken)
	}
	if f.find(r.Email) != nil {
		return marquee.User{}, marquee.E(marquee.CodeEmailTaken)
	}
	now := time.Now().UTC()
	u := &fakeUser{marquee.User{ID: rand.Text(), Email: r.Email, Username: r.Username, IsActive: true, CreatedAt: now, UpdatedAt: now}, r.Password}
	f.users = append(f.users, u)
	return u.User, nil
}

func (f *fakeAuth) Login(_ context.Context, c marquee.Credentials) (marquee.Tokens, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u := f.find(c.Login)
	if u == nil || u.password != c.Password {
		return marquee.Tokens{}, marquee.E(marquee.CodeWrongCredentials)
	}
	now := time.Now().UTC()
	s := &fakeSession{user: u, Session: marquee.Session{ID: rand.Text(), Client: c.Origin.Client, Address: c.Origin.Address, Agent: c.Origin.Agent, CreatedAt: now, EndsAt: now.Add(time.Hour)}}
	f.sessions = append(f.sessions, s)
	return s.pair(), nil
}

func (s *fakeSession) pair() marquee.Tokens {
	s.before, s.access, s.refresh = s.refresh, rand.Text(), rand.Text()
	return marquee.Tokens{AccessToken: s.access, RefreshToken: s.refresh, TokenType: "bearer", ExpiresIn: 1800, RefreshExpiresIn: 604800, SessionID: s.ID}
}

func (f *fakeAuth) Authenticate(_ context.Context, token string) (marquee.Actor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		if s.access == token && !s.ended {
			return marquee.Actor{UserID: s.user.ID, SessionID: s.ID}, nil
		}
	}
	return marquee.Actor{}, marquee.E(marquee.CodeInvalidToken)
}

func (f *fakeAuth) Refresh(_ context.Context, token string, _ marquee.Origin) (marquee.Tokens, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		if s.refresh == token && !s.ended {
			return s.pair(), nil
		}
	}
	return marquee.Tokens{}, marquee.E(marquee.CodeInvalidToken)
}

func (f *fakeAuth) actor(ctx context.Context) (*fakeUser, string, error) {
	a, err := marquee.ActorFrom(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, u := range f.users {
		if u.ID == a.UserID {
			return u, a.SessionID, nil
		}
	}
	return nil, "", marquee.E(marquee.CodeInvalidToken)
}

func (f *fakeAuth) Logout(ctx context.Context, scope marquee.LogoutScope) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, sid, err := f.actor(ctx)
	if err != nil {
		return err
	}
	for _, s := range f.sessions {
		if s.user == u && (scope == marquee.LogoutGlobal || (s.ID == sid) == (scope == marquee.LogoutLocal)) {
			s.ended = true
		}
	}
	return nil
}

func (f *fakeAuth) LogoutWithRefreshToken(_ context.Context, token string, _ marquee.LogoutScope) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		if s.refresh == token {
			s.ended = true
			return nil
		}
	}
	return marquee.E(marquee.CodeInvalidToken)
}

func (f *fakeAuth) Me(ctx context.Context) (marquee.User, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, _, err := f.actor(ctx)
	if err != nil {
		return marquee.User{}, err
	}
	return u.User, nil
}

func (f *fakeAuth) UpdateMe(ctx context.Context, p marquee.UserPatch) (marquee.User, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, sid, err := f.actor(ctx)
	if err != nil {
		return marquee.User{}, err
	}
	if p.Password != nil {
		if e := (marquee.PasswordRules{}).Check(*p.Password); e != nil {
			return marquee.User{}, marquee.Invalid(*e)
		}
	}
	if (p.Password != nil || p.Email != nil) && p.CurrentPassword != u.password {
		return marquee.User{}, marquee.E(marquee.CodeWrongPassword)
	}
	if p.Username != nil {
		if e := marquee.CheckUsername(*p.Username); e != nil {
			return marquee.User{}, marquee.Invalid(*e)
		}
		if other := f.find(*p.Username); other != nil && other != u {
			return marquee.User{}, marquee.E(marquee.CodeUsernameTaken)
		}
		u.Username = *p.Username
	}
	if p.Email != nil {
		u.Email = *p.Email
	}
	if p.Password != nil {
		u.password = *p.Password
	}
	for _, s := range f.sessions {
		if s.user == u && s.ID != sid && (p.Password != nil || p.Email != nil) {
			s.ended = true
		}
	}
	return u.User, nil
}

func (f *fakeAuth) Sessions(ctx context.Context) ([]marquee.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, sid, err := f.actor(ctx)
	list := []marquee.Session{}
	for _, s := range f.sessions {
		if s.user == u && !s.ended {
			one := s.Session
			one.Current = s.ID == sid
			list = append(list, one)
		}
	}
	return list, err
}

func (f *fakeAuth) EndSession(ctx context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, _, _ := f.actor(ctx)
	for _, s := range f.sessions {
		if s.user == u && s.ID == id && !s.ended {
			s.ended = true
			return nil
		}
	}
	return marquee.E(marquee.CodeNotFound)
}

func (f *fakeAuth) JWKS() []byte { return []byte(`{"keys":[]}`) }

type fakeMovies struct{}

var arrival = marquee.Movie{ID: "m1", Title: "Arrival", OriginalTitle: "Arrival", Year: 2016, Countries: []string{}, Languages: []string{}, Genres: []string{"Drama"}, Directors: []string{}, Cast: []string{}}

func (fakeMovies) page() (marquee.Page[marquee.Movie], error) {
	return marquee.Page[marquee.Movie]{Items: []marquee.Movie{arrival}, Total: 1, TotalIs: marquee.TotalExact}, nil
}
func (f fakeMovies) FindMovies(context.Context, marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	return f.page()
}
func (fakeMovies) FindMovie(_ context.Context, id, _ string) (marquee.Movie, error) {
	return arrival, known(id)
}
func (fakeMovies) Genres(context.Context) ([]string, error)               { return []string{"Drama"}, nil }
func (fakeMovies) RateMovie(_ context.Context, id string, _ int) error    { return known(id) }
func (fakeMovies) UnrateMovie(_ context.Context, id string) error         { return known(id) }
func (fakeMovies) AddToWatchlist(_ context.Context, id string) error      { return known(id) }
func (fakeMovies) RemoveFromWatchlist(_ context.Context, id string) error { return known(id) }
func (fakeMovies) UnmarkWatched(_ context.Context, id string) error       { return known(id) }
func (fakeMovies) MarkWatched(_ context.Context, id string, _ marquee.Date) error {
	return known(id)
}
func (f fakeMovies) Watchlist(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error) {
	return f.page()
}
func (f fakeMovies) Ratings(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error) {
	return f.page()
}
func (f fakeMovies) Diary(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error) {
	return f.page()
}
func known(id string) error {
	if id != arrival.ID {
		return marquee.E(marquee.CodeNotFound)
	}
	return nil
}
