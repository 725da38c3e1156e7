package marquee

import "time"

// Tokens is a pair as a sign-in or a rotation answers it (RFC 6749 section
// 5.1). The lives are in seconds, counted from the answer: a client goes by
// them and not by its own calendar.
type Tokens struct {
	AccessToken      string `json:"access_token"`
	RefreshToken     string `json:"refresh_token"`
	TokenType        string `json:"token_type"`
	ExpiresIn        int    `json:"expires_in"`
	RefreshExpiresIn int    `json:"refresh_expires_in"`
	SessionID        string `json:"session_id"`
	// DeviceToken is for the next sign-in to this account on this device
	// (Credentials). Only a sign-in answers one.
	DeviceToken string `json:"device_token,omitempty"`
}

// Session is one signed-in client of a person: a terminal, an SSH window, a
// browser.
type Session struct {
	ID string `json:"id"`
	// Current marks the session that asks.
	Current bool   `json:"current"`
	Client  string `json:"client"`
	Address string `json:"address"`
	Agent   string `json:"agent"`

	CreatedAt time.Time `json:"created_at"`
	// LastUsedAt is nil for the asking session, which is in use now: an access
	// token must not learn when its own session last rotated.
	LastUsedAt *time.Time `json:"last_used_at"`
	// EndsAt is when the session ends whatever happens.
	EndsAt time.Time `json:"ends_at"`
}

// LogoutScope says which sessions a sign-out ends.
type LogoutScope string

// The scopes of a sign-out.
const (
	LogoutLocal  LogoutScope = "local"  // the asking session
	LogoutOthers LogoutScope = "others" // every other session of the person
	LogoutGlobal LogoutScope = "global" // every session of the person
)
