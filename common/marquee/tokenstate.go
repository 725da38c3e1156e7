package marquee

import (
	"context"
	"slices"
	"time"
)

// TokenState is what a client knows of the access token it holds: what the
// token says, in the claims of RFC 9068 section 2.2, and when it goes on.
// Never the token, its signature or the refresh token. Nothing of it is
// verified: that is the server's part.
type TokenState struct {
	Algorithm, KeyID              string // of the header
	Issuer, Subject, Audience     string
	SessionID, TokenID            string
	Counter                       int64 // of the pair: 1 at the sign-in, one more with each rotation
	Methods                       []string
	IssuedAt, ExpiresAt, AuthTime time.Time // by the server's clock; AuthTime zero: no password was given

	// Life is how long the token is good in all, as the server said.
	Life time.Duration
	// Over and RefreshDue are by this machine's clock, counted from the answer
	// that brought the token; zero where that is not known.
	Over, RefreshDue time.Time
	// ClockAhead is how far this machine's calendar is ahead of the server's,
	// to about a second, by its last answer; ClockKnown is false before one.
	ClockAhead time.Duration
	ClockKnown bool
}

// StepUpRefused turns CodeStepUpRequired into CodeStepUpRefused where no password
// opened the session: asking for one would be in vain. Other errors stay.
func StepUpRefused(ctx context.Context, h TokenHolder, err error) error {
	if !IsCode(err, CodeStepUpRequired) {
		return err
	}
	held, unknown := h.TokenState(ctx)
	if unknown != nil || slices.Contains(held.Methods, "pwd") { // RFC 8176
		return err
	}
	return E(CodeStepUpRefused)
}

// TokenHolder is a client that holds an access token.
type TokenHolder interface {
	// TokenState returns the state of the held token. It asks no server.
	// CodeUnauthenticated without a session.
	TokenState(ctx context.Context) (TokenState, error)
}
