package marquee

import "time"

// User is a person with an account, as everybody may see it of himself.
type User struct {
	ID          string    `json:"id"`
	Email       string    `json:"email"`
	Username    string    `json:"username"`
	IsActive    bool      `json:"is_active"`
	IsSuperuser bool      `json:"is_superuser"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	// MFAEnabled says that signing in asks for a code as well.
	MFAEnabled bool `json:"mfa_enabled"`
	// RecoveryCodesLeft is told to the person himself only.
	RecoveryCodesLeft int `json:"recovery_codes_left"`
}

// Registration is what a person types to get an account. Validate with
// Registration.Validate before it is used.
type Registration struct {
	Email    string `json:"email"`
	Username string `json:"username"`
	Password string `json:"password"`
	Origin   Origin `json:"-"`
}

// Credentials is what a person types to sign in, with where it came from.
type Credentials struct {
	// Login is a user name or an e-mail address.
	Login    string
	Password string
	// DeviceToken is what an earlier sign-in on this device answered, if
	// anything: who has signed in before does not wait behind strangers.
	DeviceToken string
	Origin      Origin
}

// SecondStep is the second step of a sign-in, after CodeMFARequired.
type SecondStep struct {
	Token string // of the error
	Code  string // of the authenticator app, or a recovery code
	// DeviceToken is as in Credentials.
	DeviceToken string
	Origin      Origin
}

// StepUp proves again who sits there.
type StepUp struct {
	Password string `json:"password"`
	Code     string `json:"code,omitempty"` // where a second factor is set
	Origin   Origin `json:"-"`
}

// TOTPSecret is what an authenticator app needs (RFC 6238).
type TOTPSecret struct {
	Secret string `json:"secret"` // base 32, to be typed
	URI    string `json:"uri"`    // otpauth://totp/..., for a QR code
}

// FirstCode is a code that puts a second factor to use.
type FirstCode struct {
	// Secret is the one that Code is of; "" is the one that was started last.
	Secret string `json:"secret,omitempty"`
	Code   string `json:"code"`
}

// Origin says where a request came from; the server fills it from the
// connection, a client leaves it empty. All of it is shown to the person.
type Origin struct {
	Address string // IP address without port
	Agent   string // User-Agent, cleaned, at most 256 characters
	Client  string // "tui", "ssh", "browser", "api"
	// Gateway says that an SSH server which the backend trusts vouches for the
	// address: what it opens ends with the visitor's channel.
	Gateway bool
}

// UserPatch changes a profile; nil leaves a member as it is. A new Email or
// Password needs CurrentPassword and ends the person's other sessions.
type UserPatch struct {
	Email           *string `json:"email,omitempty"`
	Username        *string `json:"username,omitempty"`
	Password        *string `json:"password,omitempty"`
	CurrentPassword string  `json:"current_password,omitempty"`
	Origin          Origin  `json:"-"`
}
