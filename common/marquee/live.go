package marquee

import "time"

// LiveEvent is something that has just happened to an account, told to its
// sessions while they listen. What is missed is learnt at the next request.
type LiveEvent struct {
	Kind string `json:"kind"` // a Live* constant; others may come
	// SessionID is the session that ended or was opened; "" for other kinds.
	SessionID string    `json:"session_id"`
	At        time.Time `json:"at"`
	// Reason says why a session ended, as in Activity; "" where that is not
	// known and for other kinds.
	Reason string `json:"reason"`
}

// The kinds of live events.
const (
	LiveSessionEnded      = "session_ended"      // the session that listens is over
	LiveSignedIn          = "signed_in"          // somebody signed in to the account
	LiveCredentialChanged = "credential_changed" // what one signs in with
)
