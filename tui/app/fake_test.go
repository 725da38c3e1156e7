package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/marquee/common/marquee"
)

// fakeService is an API in memory. before, when set, is asked first in every
// call: it may wait or fail.
type fakeService struct {
	mu       sync.Mutex
	films    []marquee.Movie
	viewings map[string][]marquee.Date // by film, the last one last
	user     marquee.User
	password string
	signedIn bool
	code     string // what the authenticator app shows
	old      bool   // the sign-in is too old for what is sensitive
	calls    []string
	meant    map[string]string // what queries are taken for as well
	sessions []marquee.Session
	people   []marquee.User
	activity []marquee.Activity
	token    marquee.TokenState
	devices  fakeDevices
	secrets  int // of second factors that were made
	ssh      fakeKeys
	before   func(ctx context.Context, call string) error
	garble   func(answer any) // changes what it points at
}

// told returns an answer as the service gives it.
func told[T any](f *fakeService, answer T) T {
	if f.garble != nil {
		f.garble(&answer)
	}
	return answer
}

func newFake(films int) *fakeService {
	f := &fakeService{password: "right password", ssh: someKeys(), sessions: someSessions(), token: someToken(), activity: someActivity(), people: somePeople(), devices: fakeDevices{answer: marquee.E(marquee.CodeAuthorizationPending)}, code: "492039", viewings: map[string][]marquee.Date{}, user: marquee.User{
		ID: "u1", Username: "mina", Email: "mina@example.com",
		CreatedAt: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC),
	}}
	for i := range films {
		f.films = append(f.films, marquee.Movie{
			ID: fmt.Sprint(i), Title: fmt.Sprintf("Film %05d", i), Year: 1950 + i%70,
			RuntimeMinutes: 100, Genres: []string{[]string{"Drama", "Comedy"}[i%2]}, Directors: []string{"Ann Director"},
			Countries: []string{"South Korea"}, Cast: []string{"One Actor", "Two Actor"},
			Overview: "A story that is told slowly.", RatingAverage: 7.5, RatingCount: 12,
		})
	}
	return f
}

func (f *fakeService) call(ctx context.Context, name string) error {
	f.mu.Lock()
	f.calls = append(f.calls, name)
	before := f.before
	f.mu.Unlock()
	if before != nil {
		return before(ctx, name)
	}
	return nil
}

func (f *fakeService) count(name string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if strings.HasPrefix(c, name) {
			n++
		}
	}
	return n
}

func (f *fakeService) Register(ctx context.Context, r marquee.Registration) (marquee.User, error) {
	if err := f.call(ctx, "register"); err != nil {
		return marquee.User{}, err
	}
	f.user.Username, f.user.Email, f.password = r.Username, r.Email, r.Password
	return f.user, nil
}

func (f *fakeService) Login(ctx context.Context, c marquee.Credentials) (marquee.Tokens, error) {
	if err := f.call(ctx, "login"); err != nil {
		return marquee.Tokens{}, err
	}
	if c.Password != f.password {
		return marquee.Tokens{}, marquee.E(marquee.CodeWrongCredentials)
	}
	if f.user.MFAEnabled {
		return marquee.Tokens{}, &marquee.Error{Code: marquee.CodeMFARequired, MFAToken: "attempt"}
	}
	f.signedIn = true
	return marquee.Tokens{}, nil
}

func (f *fakeService) LoginMFA(ctx context.Context, s marquee.SecondStep) (marquee.Tokens, error) {
	if err := f.call(ctx, "code "+s.Token); err != nil {
		return marquee.Tokens{}, err
	}
	if s.Code != f.code {
		return marquee.Tokens{}, marquee.E(marquee.CodeWrongCode)
	}
	f.signedIn = true
	return marquee.Tokens{}, nil
}

func (f *fakeService) StepUp(ctx context.Context, p marquee.StepUp) error {
	if err := f.call(ctx, "step-up"); err != nil {
		return err
	}
	switch {
	case p.Password != f.password:
		return marquee.E(marquee.CodeWrongPassword)
	case f.user.MFAEnabled && p.Code != f.code:
		return marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldWrongCode})
	}
	f.old = false
	return nil
}

// fakeExport is all that is held of the person.
const fakeExport = `{"user":{"username":"mina"}}`

func (f *fakeService) ExportMe(ctx context.Context, w io.Writer) error {
	if err := f.sensitive(ctx, "export"); err != nil {
		return err
	}
	_, err := io.WriteString(w, fakeExport)
	return err
}

func (f *fakeService) DeleteMe(ctx context.Context, d marquee.Deletion) error {
	if err := f.sensitive(ctx, "delete"); err != nil {
		return err
	}
	if d.CurrentPassword != f.password {
		return marquee.E(marquee.CodeWrongPassword)
	}
	return nil
}

// sensitive asks for a step-up first, once.
func (f *fakeService) sensitive(ctx context.Context, call string) error {
	if err := f.call(ctx, call); err != nil {
		return err
	}
	if f.old {
		return marquee.E(marquee.CodeStepUpRequired)
	}
	return nil
}

// totpSecret is that of the factor that was started last.
func (f *fakeService) totpSecret() string {
	return strings.Repeat("JBSWY3DPEHPK3PXP", 2)[:32-f.secrets] + strings.Repeat("P", f.secrets)
}

func (f *fakeService) StartTOTP(ctx context.Context) (marquee.TOTPSecret, error) {
	f.secrets++
	return told(f, marquee.TOTPSecret{
		Secret: f.totpSecret(),
		URI:    "otpauth://totp/marquee:mina?issuer=marquee&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
	}), f.sensitive(ctx, "start")
}

func (f *fakeService) ConfirmTOTP(ctx context.Context, c marquee.FirstCode) ([]string, error) {
	if err := f.sensitive(ctx, "confirm"); err != nil {
		return nil, err
	}
	if started := f.totpSecret(); c.Secret != "" && c.Secret != started {
		return nil, marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldStartedAnew})
	}
	if c.Code != f.code {
		return nil, marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldWrongCode})
	}
	return f.RenewRecoveryCodes(ctx)
}

func (f *fakeService) EndTOTP(ctx context.Context) error {
	if err := f.sensitive(ctx, "end"); err != nil {
		return err
	}
	f.user.MFAEnabled, f.user.RecoveryCodesLeft = false, 0
	return nil
}

func (f *fakeService) RenewRecoveryCodes(ctx context.Context) (codes []string, err error) {
	if err := f.sensitive(ctx, "codes"); err != nil {
		return nil, err
	}
	f.user.MFAEnabled, f.user.RecoveryCodesLeft = true, 10
	for i := range 10 {
		codes = append(codes, fmt.Sprintf("k7qm-2xhd-9fw%d", i))
	}
	return told(f, codes), nil
}

func (f *fakeService) Logout(ctx context.Context, s marquee.LogoutScope) error {
	if err := f.call(ctx, "logout "+string(s)); err != nil {
		return err
	}
	if s == marquee.LogoutOthers {
		f.sessions = f.sessions[:1]
	}
	return nil
}

func (f *fakeService) Me(ctx context.Context) (marquee.User, error) {
	return f.user, f.call(ctx, "me")
}

func (f *fakeService) UpdateMe(ctx context.Context, p marquee.UserPatch) (marquee.User, error) {
	if err := f.sensitive(ctx, "update"); err != nil {
		return marquee.User{}, err
	}
	if (p.Password != nil || p.Email != nil) && p.CurrentPassword != f.password {
		return marquee.User{}, marquee.E(marquee.CodeWrongPassword)
	}
	if p.Password != nil {
		f.password = *p.Password
	}
	if p.Email != nil {
		f.user.Email = *p.Email
	}
	if p.Username != nil {
		f.user.Username = *p.Username
	}
	return f.user, nil
}

func (f *fakeService) Sessions(ctx context.Context) ([]marquee.Session, error) {
	if err := f.call(ctx, "sessions"); err != nil {
		return nil, err
	}
	return f.sessions, nil
}

func (f *fakeService) EndSession(ctx context.Context, id string) error {
	if err := f.call(ctx, "end "+id); err != nil {
		return err
	}
	n := len(f.sessions)
	f.sessions = slices.DeleteFunc(slices.Clone(f.sessions), func(s marquee.Session) bool { return s.ID == id })
	if len(f.sessions) == n {
		return marquee.E(marquee.CodeNotFound)
	}
	return nil
}

// someSessions are this one, a browser's and one over SSH.
func someSessions() []marquee.Session {
	used := func(ago time.Duration) *time.Time { t := today9.Add(-ago); return &t }
	return []marquee.Session{
		{ID: "s1", Current: true, Client: "tui", Address: "127.0.0.1", Agent: "marquee/dev (linux) studio",
			CreatedAt: today9.Add(-2 * time.Hour), EndsAt: today9.Add(700 * time.Hour)},
		{ID: "s2", Client: "browser", Address: "192.0.2.7",
			Agent:     "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
			CreatedAt: today9.Add(-50 * time.Hour), LastUsedAt: used(12 * time.Minute), EndsAt: today9.Add(600 * time.Hour)},
		{ID: "s3", Client: "ssh", Address: "2001:db8::17", Agent: "marquee over SSH from 2001:db8::17",
			CreatedAt: today9.Add(-400 * time.Hour), LastUsedAt: used(75 * time.Hour), EndsAt: today9.Add(300 * time.Hour)},
	}
}

func (f *fakeService) FindMovies(ctx context.Context, q marquee.MovieFilter) (p marquee.Page[marquee.Movie], err error) {
	if err := f.call(ctx, "find "+q.Query+"|"+q.Page.At+"|"+q.Page.Cursor); err != nil {
		return p, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []marquee.Movie
	query := cmp.Or(f.meant[q.Query], q.Query)
	for _, m := range f.films {
		switch {
		case !strings.Contains(strings.ToLower(m.Title), strings.ToLower(query)):
		case q.Genre != "" && !slices.Contains(m.Genres, q.Genre):
		case q.YearFrom > m.Year, q.YearTo != 0 && q.YearTo < m.Year:
		default:
			all = append(all, m)
		}
	}
	if q.Sort == marquee.SortYearDesc {
		slices.SortStableFunc(all, func(a, b marquee.Movie) int { return b.Year - a.Year })
	}
	from := 0
	switch {
	case q.Page.At == "end":
		from = max(0, len(all)-q.Page.Limit)
	case q.Page.At != "":
		from = max(0, slices.IndexFunc(all, func(m marquee.Movie) bool { return m.Title >= q.Page.At }))
	case q.Page.Cursor != "":
		fmt.Sscan(q.Page.Cursor, &from)
	}
	to := min(len(all), from+q.Page.Limit)
	p = marquee.Page[marquee.Movie]{Items: all[from:to], Total: len(all), TotalIs: marquee.TotalExact, CorrectedQuery: f.meant[q.Query]}
	if to < len(all) {
		next := fmt.Sprint(to)
		p.NextCursor = &next
	}
	if from > 0 {
		prev := fmt.Sprint(max(0, from-q.Page.Limit))
		p.PrevCursor = &prev
		if from < q.Page.Limit { // the first page ends where this one begins
			prev = "0"
		}
	}
	return p, nil
}

func (f *fakeService) FindMovie(ctx context.Context, id, _ string) (marquee.Movie, error) {
	if err := f.call(ctx, "film "+id); err != nil {
		return marquee.Movie{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.films {
		if m.ID == id {
			return m, nil
		}
	}
	return marquee.Movie{}, marquee.E(marquee.CodeNotFound)
}

// change does something to a film.
func (f *fakeService) change(ctx context.Context, call, id string, do func(*marquee.Movie)) error {
	if err := f.call(ctx, call); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.films {
		if f.films[i].ID == id {
			do(&f.films[i])
		}
	}
	return nil
}

func (f *fakeService) Genres(context.Context) ([]string, error) {
	return told(f, []string{"Comedy", "Drama"}), nil
}
func (f *fakeService) RateMovie(ctx context.Context, id string, n int) error {
	return f.change(ctx, fmt.Sprint("rate ", n), id, func(m *marquee.Movie) { m.MyRating = n })
}
func (f *fakeService) UnrateMovie(ctx context.Context, id string) error {
	return f.change(ctx, "unrate", id, func(m *marquee.Movie) { m.MyRating = 0 })
}
func (f *fakeService) AddToWatchlist(ctx context.Context, id string) error {
	return f.change(ctx, "watchlist+", id, func(m *marquee.Movie) { m.OnWatchlist = true })
}
func (f *fakeService) RemoveFromWatchlist(ctx context.Context, id string) error {
	return f.change(ctx, "watchlist-", id, func(m *marquee.Movie) { m.OnWatchlist = false })
}
func (f *fakeService) MarkWatched(ctx context.Context, id string, on marquee.Date) error {
	return f.change(ctx, "watched "+string(on), id, func(m *marquee.Movie) { f.setViewings(m, append(f.viewings[m.ID], on)) })
}
func (f *fakeService) UnmarkWatched(ctx context.Context, id string, on marquee.Date) error {
	return f.change(ctx, "unwatched "+string(on), id, func(m *marquee.Movie) {
		f.setViewings(m, slices.DeleteFunc(f.viewings[m.ID], func(d marquee.Date) bool { return d == on || on == "" }))
	})
}

// setViewings keeps the dates of a film in order, each once.
func (f *fakeService) setViewings(m *marquee.Movie, on []marquee.Date) {
	slices.Sort(on)
	on = slices.Compact(on)
	f.viewings[m.ID], m.WatchCount, m.WatchedOn = on, len(on), nil
	if len(on) > 0 {
		m.WatchedOn = &on[len(on)-1]
	}
}
func (f *fakeService) SaveLibrary(context.Context, []marquee.LibraryEntry) (r []marquee.LibraryResult, err error) {
	return
}
