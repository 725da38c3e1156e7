package marquee

import "context"

// AuthService is the life of accounts and sessions. The server's rules and
// common/client implement it. Methods that act for a person find him in the
// context at the server (ActorFrom) and by the held tokens in the client;
// without one they return CodeUnauthenticated. Every method may return
// CodeUnavailable, after which nothing has changed.
type AuthService interface {
	// Register makes an account. CodeInvalid with fields, CodeUsernameTaken,
	// CodeEmailTaken, CodeTooManyRequests.
	Register(ctx context.Context, r Registration) (User, error)
	// Login opens a session. CodeWrongCredentials whatever the reason,
	// CodeMFARequired where LoginMFA must follow, CodeTooManyRequests.
	Login(ctx context.Context, c Credentials) (Tokens, error)
	// LoginMFA is the second step. CodeWrongCode while it goes on,
	// CodeAttemptOver when it must begin anew, CodeTooManyRequests.
	LoginMFA(ctx context.Context, s SecondStep) (Tokens, error)
	// Logout ends sessions. An already ended session is no error.
	Logout(ctx context.Context, scope LogoutScope) error
	// Me returns the acting person.
	Me(ctx context.Context) (User, error)
	// UpdateMe changes the acting person's profile. CodeInvalid,
	// CodeWrongPassword, CodeUsernameTaken, CodeEmailTaken, CodeStepUpRequired,
	// CodeTooManyRequests.
	UpdateMe(ctx context.Context, p UserPatch) (User, error)
	// StepUp makes the sign-in of the present session a recent one, which what
	// is sensitive asks for by CodeStepUpRequired. CodeWrongPassword,
	// CodeInvalid on field code, CodeStepUpRefused, CodeTooManyRequests.
	StepUp(ctx context.Context, p StepUp) error
	// StartTOTP makes the secret of a second factor, which ConfirmTOTP puts to
	// use; that ends the person's other sessions and returns ten recovery
	// codes, each good once, that cannot be asked for again. CodeInvalid on
	// field code, FieldStartedAnew where the secret that the code is said to be
	// of is not the one that was started last; CodeNotFound if none was started.
	// These four may return CodeStepUpRequired.
	StartTOTP(ctx context.Context) (TOTPSecret, error)
	ConfirmTOTP(ctx context.Context, c FirstCode) (recoveryCodes []string, err error)
	// EndTOTP takes the second factor away and ends the person's other sessions.
	EndTOTP(ctx context.Context) error
	// RenewRecoveryCodes replaces the recovery codes. CodeNotFound without a
	// second factor; CodeTooManyRequests.
	RenewRecoveryCodes(ctx context.Context) (recoveryCodes []string, err error)
	// Sessions lists the live sessions of the acting person, newest first.
	Sessions(ctx context.Context) ([]Session, error)
	// EndSession ends one of them. CodeNotFound if it is not his or not live.
	EndSession(ctx context.Context, id string) error
}

// MovieService is the catalogue and what a person did with it. Every method
// needs an acting person; CodeNotFound for an unknown film.
type MovieService interface {
	// FindMovies returns a page of films. CodeInvalid for a bad filter or cursor.
	FindMovies(ctx context.Context, f MovieFilter) (Page[Movie], error)
	// FindMovie returns one film, its overview and names in language "en" or "ko".
	FindMovie(ctx context.Context, id, language string) (Movie, error)
	// Genres lists the genres in use, sorted.
	Genres(ctx context.Context) ([]string, error)

	// RateMovie sets the acting person's rating, 1 to 10. CodeInvalid outside.
	RateMovie(ctx context.Context, id string, rating int) error
	UnrateMovie(ctx context.Context, id string) error
	AddToWatchlist(ctx context.Context, id string) error
	RemoveFromWatchlist(ctx context.Context, id string) error
	// MarkWatched records that the person saw the film on a date of his. A
	// date that is recorded already stays as it is. CodeInvalid for one that
	// ParsePastDate refuses.
	MarkWatched(ctx context.Context, id string, on Date) error
	// UnmarkWatched takes the viewing of a date back, or with "" all of the
	// film's. One that is not there is no error.
	UnmarkWatched(ctx context.Context, id string, on Date) error
	// Viewings lists when the acting person saw a film, the last first, 1,000
	// at most.
	Viewings(ctx context.Context, id string) ([]Viewing, error)

	// Watchlist and Ratings list the acting person's films, the newest entry
	// first.
	Watchlist(ctx context.Context, p PageRequest, language string) (Page[Movie], error)
	Ratings(ctx context.Context, p PageRequest, language string) (Page[Movie], error)
	// Diary lists the acting person's viewings by date, the last first: a film
	// stands there once for each. CodeInvalid for a bad month or cursor.
	Diary(ctx context.Context, f DiaryFilter) (Page[Movie], error)
	// DiaryMonths lists the months that have entries, the last first.
	DiaryMonths(ctx context.Context) ([]MonthCount, error)

	// SaveLibrary brings in what the acting person did with films elsewhere,
	// all of it or nothing, and says what became of each entry. The same again
	// changes nothing. CodeInvalid as CheckLibrary says.
	SaveLibrary(ctx context.Context, entries []LibraryEntry) ([]LibraryResult, error)
}
