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

// Origin says where a request came from; the server fills it from the
// connection, a client leaves it empty. All of it is shown to the person.
type Origin struct {
	Address string // IP address without port
	Agent   string // User-Agent, cleaned, at most 256 characters
	Client  string // "tui", "ssh", "browser", "api"
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
