package marquee

import (
	"context"
	"time"
)

// Activity is one thing that happened to an account and matters for its
// safety. Kind, Reason and By are codes; sentences are the reader's to make.
type Activity struct {
	ID   string    `json:"id"`
	Kind string    `json:"kind"` // "signed_in", "session_ended" ...
	At   time.Time `json:"at"`
	// SessionID is the session it is about; nil where it is about none.
	SessionID *string `json:"session_id"`
	// Reason says why a session ended; "" for other kinds.
	Reason string `json:"reason"`
	// By says who did it: one of the By* constants.
	By string `json:"by"`
	// BySession is which other session of the person did it; nil otherwise.
	BySession *string `json:"by_session"`
	// ByName is the user name of the superuser, with ByAdmin; nil otherwise,
	// and when he is gone.
	ByName *string `json:"by_name"`
	// Where it came from, as far as that is known.
	Client  string `json:"client"`
	Address string `json:"address"`
	Agent   string `json:"agent"`
	// Key is the fingerprint of the SSH key it is about, or that signed in.
	Key string `json:"key"`
	// Times is above 1 where many of a kind were counted instead of listed.
	Times int `json:"times"`
}

// Who did it.
const (
	BySelf         = "self"          // the session it is about, or the one that asked
	ByOtherSession = "other_session" // another session of the person
	ByLink         = "link"          // whoever held a one-use link of an operator's
	ByOperator     = "operator"      // on the server's command line
	ByAdmin        = "admin"         // another person, a superuser
	BySystem       = "system"        // a rule of the service
)

// ActivityPage is one page of a person's activity, the newest first.
type ActivityPage struct {
	Items []Activity `json:"items"`
	// NextCursor asks for what is older; nil at the end.
	NextCursor *string `json:"next_cursor"`
}

// AccountService is what a person may learn of and do with his account as a
// whole. The same holds of its methods as of those of AuthService.
type AccountService interface {
	// Activity lists what happened to the acting person's account. CodeInvalid
	// for a bad limit or cursor; PageRequest.At is not used.
	Activity(ctx context.Context, p PageRequest) (ActivityPage, error)
}
