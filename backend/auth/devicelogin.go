package auth

import (
	"context"
	"errors"
	"time"

	"example.com/marquee/common/marquee"
)

// amrDevice says that another session let this one in. It is no value of RFC
// 8176; such a session has the approver's auth_time and cannot renew it.
const amrDevice = "device"

var errNoDevice = errors.New("no device asks by that code")

// LoginDevice opens the session of a client that was let in (RFC 8628 section
// 3.4). CodeAuthorizationPending and CodeSlowDown while nobody has answered,
// CodeAccessDenied, CodeExpiredToken, CodeInvalidGrant for a code that is
// unknown or used, CodeTooManyRequests.
func (s *Service) LoginDevice(ctx context.Context, deviceCode string, o marquee.Origin) (marquee.Tokens, error) {
	secret := newRefreshSecret()
	session, err := s.letIn(ctx, deviceCode, o, Session{SecretHash: refreshToken{secret: secret}.secretHash()})
	if err != nil {
		return marquee.Tokens{}, err
	}
	return s.issue(session, secret, session.CreatedAt)
}

// LoginBrowserDevice is LoginDevice for a browser.
func (s *Service) LoginBrowserDevice(ctx context.Context, deviceCode string, o marquee.Origin) (cookie string, err error) {
	cookie, hash := newCookie()
	if _, err := s.letIn(ctx, deviceCode, o, Session{CookieHash: hash}); err != nil {
		return "", err
	}
	return cookie, nil
}

// DeviceAnswered tells whether LoginDevice would open a session, by the same
// errors, and changes nothing.
func (s *Service) DeviceAnswered(ctx context.Context, deviceCode string) error {
	d, now, err := s.accounts.PeekDeviceRequest(ctx, deviceHash(deviceCode))
	if err != nil {
		return noDevice(err)
	}
	return answered(d, now)
}

func (s *Service) letIn(ctx context.Context, deviceCode string, o marquee.Origin, session Session) (Session, error) {
	o = cleanOrigin(o)
	if err := s.guard.count(ctx, s.guard.limits.PollDevice, "poll-device", networkOf(o)); err != nil {
		return Session{}, err
	}
	hash := deviceHash(deviceCode)
	d, now, err := s.accounts.PollDeviceRequest(ctx, hash)
	if err != nil {
		return Session{}, noDevice(err)
	}
	if err := answered(d, now); err != nil {
		return Session{}, err
	}
	a, err := s.accounts.AccountByID(ctx, d.UserID)
	switch {
	case err != nil && !marquee.IsCode(err, marquee.CodeNotFound):
		return Session{}, away("find an account", err)
	case err != nil || !a.IsActive || string(d.Verified) != string(verifiedHash(a)): // disabled, or a new password, since
		return Session{}, marquee.E(marquee.CodeAccessDenied)
	}
	session = newSession(session, a.ID, o, []string{amrDevice}, s.now())
	session.AuthTime, session.Device = d.AuthTime, hash
	opened, err := s.open(ctx, session, a.PasswordHash)
	if marquee.IsCode(err, marquee.CodeWrongCredentials) {
		return Session{}, marquee.Wrap(marquee.CodeAccessDenied, "let a device in", err)
	}
	if err != nil {
		return Session{}, err
	}
	s.record(ctx, EventSignedIn, opened, opened.Origin)
	return opened, nil
}

// answered is what a device may know of its request.
func answered(d DeviceRequest, now time.Time) error {
	switch {
	case !now.Before(d.ExpiresAt):
		return marquee.E(marquee.CodeExpiredToken)
	case d.Answer == marquee.DeviceRefused:
		return marquee.E(marquee.CodeAccessDenied)
	case d.TooSoon:
		return marquee.E(marquee.CodeSlowDown)
	case d.Answer == marquee.DevicePending:
		return marquee.E(marquee.CodeAuthorizationPending)
	}
	return nil
}

func noDevice(err error) error {
	if marquee.IsCode(err, marquee.CodeNotFound) {
		return marquee.Wrap(marquee.CodeInvalidGrant, "find a device request", errNoDevice)
	}
	return away("find a device request", err)
}
