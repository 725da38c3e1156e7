package marquee

import (
	"strings"
	"time"
	"unicode"
)

// Export is everything that the service holds of a person, but what could be
// used to sign in as him.
type Export struct {
	ExportedAt time.Time `json:"exported_at"`
	User       User      `json:"user"`
	// SecondFactorPending says that a second factor was begun and not confirmed.
	SecondFactorPending bool              `json:"second_factor_pending"`
	Ratings             []ExportedRating  `json:"ratings"`
	Watchlist           []ExportedListing `json:"watchlist"`
	Viewings            []ExportedViewing `json:"viewings"`
	// Sessions are those that live and those whose last end is not yet a day
	// past.
	Sessions []ExportedSession `json:"sessions"`
	Activity []Activity        `json:"activity"`
	SSHKeys  []ExportedSSHKey  `json:"ssh_keys"`
	// FamiliarNetworks are networks that sign-ins came from. They are kept in a
	// form that no address can be read from.
	FamiliarNetworks []FamiliarNetwork `json:"familiar_networks"`
	PasswordLinks    []PasswordLink    `json:"password_links"`
	PendingSignIns   []PendingSignIn   `json:"pending_sign_ins"`
	DeviceRequests   []AnsweredDevice  `json:"device_requests"`
}

// FilmName is how people name a film.
type FilmName struct {
	MovieID string `json:"movie_id"`
	Title   string `json:"title"`
	Year    int    `json:"year"`
}

// ExportedRating is a rating, 1 to 10.
type ExportedRating struct {
	FilmName
	Rating  int       `json:"rating"`
	RatedAt time.Time `json:"rated_at"`
}

// ExportedListing is a film of the watchlist.
type ExportedListing struct {
	FilmName
	ListedAt time.Time `json:"listed_at"`
}

// ExportedViewing is an entry of the diary.
type ExportedViewing struct {
	FilmName
	WatchedOn Date      `json:"watched_on"`
	Rewatch   bool      `json:"rewatch"` // as the person said; see Viewing for what is shown
	NotedAt   time.Time `json:"noted_at"`
}

// ExportedSession is a session with all that is kept of it.
type ExportedSession struct {
	ID         string     `json:"id"`
	Client     string     `json:"client"`
	Address    string     `json:"address"`
	Agent      string     `json:"agent"`
	AMR        []string   `json:"amr"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt time.Time  `json:"last_used_at"`
	IdleEnd    time.Time  `json:"idle_end"`
	EndsAt     time.Time  `json:"ends_at"`
	EndedAt    *time.Time `json:"ended_at"`
	EndReason  string     `json:"end_reason"`
	AuthTime   *time.Time `json:"auth_time"` // when a password was last given
	Brief      bool       `json:"brief"`     // it was for one command over SSH
	// The last rotation: how many there were, and where it came from.
	Rotations      int64     `json:"rotations"`
	RotatedAt      time.Time `json:"rotated_at"`
	RotatedClient  string    `json:"rotated_client"`
	RotatedAddress string    `json:"rotated_address"`
	RotatedAgent   string    `json:"rotated_agent"`
	KeyID          string    `json:"key_id"`  // the SSH key that opened it; "" for none
	Gateway        bool      `json:"gateway"` // an SSH server speaks for its visitor
}

// ExportedSSHKey is a linked key with the key itself.
type ExportedSSHKey struct {
	SSHKey
	PublicKey string `json:"public_key"`
}

// FamiliarNetwork is when somebody last signed in from a network.
type FamiliarNetwork struct {
	LastAt time.Time `json:"last_at"`
}

// PasswordLink is a one-use link that an operator made, without the link.
type PasswordLink struct {
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// PendingSignIn is a sign-in whose first step was right and that waits for a code.
type PendingSignIn struct {
	Method    string    `json:"method"` // of the first step, as amr has it
	KeyID     string    `json:"key_id"` // the SSH key of the first step; "" for none
	TriesLeft int       `json:"tries_left"`
	ExpiresAt time.Time `json:"expires_at"`
}

// AnsweredDevice is a device that asked to be let in and was answered within
// the last minutes. One that came in is a session.
type AnsweredDevice struct {
	Number    int        `json:"number"` // that was compared
	Client    string     `json:"client"`
	Address   string     `json:"address"`
	Agent     string     `json:"agent"`
	AskedAt   time.Time  `json:"asked_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	Answer    string     `json:"answer"`
	SessionID string     `json:"session_id"` // in which it was answered
	AuthTime  *time.Time `json:"auth_time"`  // when a password was last given there
}

// ExportPart is a list of an Export by its name there.
type ExportPart string

// The lists of an Export, in their order.
const (
	ExportRatings          ExportPart = "ratings"
	ExportWatchlist        ExportPart = "watchlist"
	ExportViewings         ExportPart = "viewings"
	ExportSessions         ExportPart = "sessions"
	ExportActivity         ExportPart = "activity"
	ExportSSHKeys          ExportPart = "ssh_keys"
	ExportFamiliarNetworks ExportPart = "familiar_networks"
	ExportPasswordLinks    ExportPart = "password_links"
	ExportPendingSignIns   ExportPart = "pending_sign_ins"
	ExportDeviceRequests   ExportPart = "device_requests"
)

// ExportParts are all of them.
func ExportParts() []ExportPart {
	return []ExportPart{ExportRatings, ExportWatchlist, ExportViewings, ExportSessions, ExportActivity, ExportSSHKeys,
		ExportFamiliarNetworks, ExportPasswordLinks, ExportPendingSignIns, ExportDeviceRequests}
}

// ExportName is what a person's export is called unless he says otherwise.
func ExportName(username string, now time.Time) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || strings.ContainsRune("_.-", r) {
			return r
		}
		return -1
	}, username)
	return "marquee-" + name + "-" + now.Format(time.DateOnly) + ".json"
}
