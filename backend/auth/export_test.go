package auth

import "time"

// MintRefresh writes the refresh token of a session at any counter, as a
// client that kept it would hold it.
func (s *Service) MintRefresh(like string, counter int64) string {
	t, err := parseRefreshToken(like, s.masters)
	if err != nil {
		panic(err)
	}
	t.counter = counter
	return t.sign(s.masters.present)
}

// RefreshCounter is the counter that a refresh token carries.
func (s *Service) RefreshCounter(token string) int64 {
	t, err := parseRefreshToken(token, s.masters)
	if err != nil {
		panic(err)
	}
	return t.counter
}

// MintAccess writes the access token that the present state of a session
// would get, at any counter.
func (s *Service) MintAccess(session Session, counter int64, now time.Time) string {
	session.Counter = counter
	pair, err := s.issue(session, [refreshSecretLen]byte{}, now)
	if err != nil {
		panic(err)
	}
	return pair.AccessToken
}

// NewSecret makes the secret of a session that a test opens by hand: its hash,
// and the first refresh token for a session id.
func (s *Service) NewSecret() (hash []byte, token func(sessionID string) string) {
	t := refreshToken{counter: 1, secret: newRefreshSecret()}
	return t.secretHash(), func(sessionID string) string {
		t.sessionID = sessionID
		return t.sign(s.masters.present)
	}
}

// SetRefreshDeadline shortens how long a refresh may wait.
func (s *Service) SetRefreshDeadline(d time.Duration) { s.refreshDeadline = d }

// NewID returns a new id.
func NewID() string { return newID() }

// CheapHash hashes a password at the least cost that is taken.
func CheapHash(password string) string {
	h := argonHash{cost: HashCost{Memory: 8, Passes: 1, Threads: 1}, salt: make([]byte, saltLen)}
	h.tag = h.compute(password, tagLen)
	return h.String()
}
