package web_test

import (
	"context"
	"io"
	"reflect"
	"time"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

// Cookies that the staged rules know.
const (
	liveCookie = "a session that lives"
	deadCookie = "a session that is over"
)

// stagedAuth is rules of identity in which every text of a person is the same,
// and every form is refused: pages with whatever may stand on them can be had
// without a database. A method that is missing here fails the test.
type stagedAuth struct {
	web.Auth
	text string
	mfa  bool // whether the person has a second factor
}

func refusedAt(names ...string) error {
	var fields []marquee.FieldError
	for _, n := range names {
		fields = append(fields, marquee.FieldError{Field: n, Code: marquee.FieldFormat})
	}
	return marquee.Invalid(fields...)
}

func (s stagedAuth) AuthenticateBrowser(_ context.Context, cookie string) (marquee.Actor, error) {
	if cookie != liveCookie {
		return marquee.Actor{}, marquee.E(marquee.CodeInvalidToken)
	}
	return marquee.Actor{UserID: "somebody"}, nil
}

func (s stagedAuth) EndOfBrowser(context.Context, string) (string, error) { return s.text, nil }

func (s stagedAuth) Me(context.Context) (marquee.User, error) {
	u := filled[marquee.User](s.text)
	u.MFAEnabled = s.mfa
	return u, nil
}

func (s stagedAuth) Register(context.Context, marquee.Registration) (marquee.User, error) {
	return marquee.User{}, refusedAt("username", "email", "password")
}

func (s stagedAuth) LoginBrowser(context.Context, marquee.Credentials) (string, string, error) {
	return "", "", &marquee.Error{Code: marquee.CodeMFARequired, MFAToken: s.text}
}

func (s stagedAuth) LoginBrowserMFA(context.Context, marquee.SecondStep) (string, string, error) {
	return "", "", marquee.E(marquee.CodeWrongCode)
}

func (s stagedAuth) StepUpBrowser(context.Context, string, marquee.StepUp) (string, error) {
	return "", marquee.E(marquee.CodeWrongPassword)
}

func (s stagedAuth) StartTOTP(context.Context) (marquee.TOTPSecret, error) {
	return filled[marquee.TOTPSecret](s.text), nil
}

func (s stagedAuth) ConfirmTOTP(context.Context, marquee.FirstCode) ([]string, error) {
	return nil, refusedAt("code")
}

func (s stagedAuth) EndTOTP(context.Context) error { return marquee.E(marquee.CodeStepUpRequired) }

func (s stagedAuth) RenewRecoveryCodes(context.Context) ([]string, error) {
	return filled[[]string](s.text), nil
}

func (s stagedAuth) UpdateMe(context.Context, marquee.UserPatch) (marquee.User, error) {
	return marquee.User{}, refusedAt("username", "email", "password", "current_password")
}

func (s stagedAuth) Sessions(context.Context) ([]marquee.Session, error) {
	here, there := filled[marquee.Session](s.text), filled[marquee.Session](s.text)
	there.Current = false
	return []marquee.Session{here, there}, nil
}

func (s stagedAuth) Activity(context.Context, marquee.PageRequest) (marquee.ActivityPage, error) {
	return filled[marquee.ActivityPage](s.text), nil
}

func (s stagedAuth) PasswordLinkOwner(context.Context, string) (marquee.User, error) {
	return filled[marquee.User](s.text), nil
}

func (s stagedAuth) UsePasswordLink(context.Context, string, string, marquee.Origin) error {
	return refusedAt("password")
}

func (s stagedAuth) Challenge(context.Context, marquee.Origin) (marquee.Challenge, error) {
	return filled[marquee.Challenge](s.text), nil
}

func (s stagedAuth) Keys(context.Context) ([]marquee.SSHKey, error) {
	return filled[[]marquee.SSHKey](s.text), nil
}

func (s stagedAuth) LinkKey(context.Context, marquee.KeyLink) (marquee.SSHKey, error) {
	return marquee.SSHKey{}, marquee.E(marquee.CodeInvalidGrant)
}

func (s stagedAuth) ChangeKey(context.Context, string, marquee.KeyPatch) (marquee.SSHKey, error) {
	return marquee.SSHKey{}, refusedAt("name", "from")
}

func (s stagedAuth) RemoveKey(context.Context, string) error { return nil }

func (s stagedAuth) ExportMe(context.Context, io.Writer) error {
	return marquee.E(marquee.CodeStepUpRequired)
}

func (s stagedAuth) DeleteMe(context.Context, marquee.Deletion) error {
	return marquee.E(marquee.CodeWrongPassword)
}

func (s stagedAuth) Logout(context.Context, marquee.LogoutScope) error { return nil }
func (s stagedAuth) EndSession(context.Context, string) error          { return nil }

// stagedFilms is the same for films.
type stagedFilms struct {
	marquee.MovieService
	text string
}

func (s stagedFilms) Genres(context.Context) ([]string, error) { return filled[[]string](s.text), nil }

func (s stagedFilms) FindMovie(context.Context, string, string) (marquee.Movie, error) {
	return filled[marquee.Movie](s.text), nil
}

func (s stagedFilms) FindMovies(context.Context, marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	return filled[marquee.Page[marquee.Movie]](s.text), nil
}

func (s stagedFilms) Watchlist(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error) {
	return filled[marquee.Page[marquee.Movie]](s.text), nil
}

func (s stagedFilms) Diary(context.Context, marquee.DiaryFilter) (marquee.Page[marquee.Movie], error) {
	return filled[marquee.Page[marquee.Movie]](s.text), nil
}

func (s stagedFilms) DiaryMonths(context.Context) ([]marquee.MonthCount, error) {
	return filled[[]marquee.MonthCount](s.text), nil
}

func (s stagedFilms) Viewings(context.Context, string) ([]marquee.Viewing, error) {
	return filled[[]marquee.Viewing](s.text), nil
}

func (s stagedFilms) RateMovie(context.Context, string, int) error      { return refusedAt("rating") }
func (s stagedFilms) AddToWatchlist(context.Context, string) error      { return nil }
func (s stagedFilms) RemoveFromWatchlist(context.Context, string) error { return nil }

// filled is a value with the same text in every string, lists of one, and
// something that is not zero everywhere else.
func filled[T any](text string) T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), text)
	return v
}

func fill(v reflect.Value, text string) {
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)
		return
	case *marquee.Date:
		*at = "2026-11-24"
		return
	case *marquee.Month:
		*at = "2026-11"
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		v.SetInt(2)
	case reflect.Float64:
		v.SetFloat(2)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Struct:
		for i := range v.NumField() {
			word := text
			if v.Type().Field(i).Name == "OriginalTitle" { // shown where it is another
				word = "o" + text
			}
			fill(v.Field(i), word)
		}
	}
}

func (s stagedAuth) AskDevice(context.Context, marquee.Origin) (marquee.DeviceAuthorization, error) {
	return marquee.DeviceAuthorization{DeviceCode: "device", UserCode: "user", Number: "42"}, nil
}

func (s stagedAuth) DeviceRequest(_ context.Context, userCode string, _ marquee.Origin) (marquee.DeviceRequest, error) {
	if userCode == "none" {
		return marquee.DeviceRequest{}, marquee.E(marquee.CodeNotFound)
	}
	return marquee.DeviceRequest{UserCode: s.text, Client: "tui", Agent: s.text, Address: s.text, Number: s.text, EndsThisSession: s.mfa}, nil
}

// AnswerDevice knows the code "new" alone; to approve others takes a sign-in
// of a moment ago.
func (s stagedAuth) AnswerDevice(_ context.Context, userCode string, approve bool, _ marquee.Origin) error {
	switch {
	case userCode == "none":
		return marquee.E(marquee.CodeNotFound)
	case approve && userCode != "new":
		return marquee.E(marquee.CodeStepUpRequired)
	}
	return nil
}

func (s stagedAuth) DeviceAnswered(_ context.Context, deviceCode string) error {
	switch deviceCode {
	case "new":
		return nil
	case "over":
		return marquee.E(marquee.CodeExpiredToken)
	}
	return marquee.E(marquee.CodeAuthorizationPending)
}

func (s stagedAuth) LoginBrowserDevice(ctx context.Context, deviceCode string, _ marquee.Origin) (string, error) {
	return liveCookie, s.DeviceAnswered(ctx, deviceCode)
}
