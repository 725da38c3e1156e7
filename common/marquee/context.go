package marquee

import (
	"context"
	"time"
)

// Actor is the person a request acts for and the session he came by.
type Actor struct {
	UserID    string
	SessionID string
	// AuthTime is when a password was last given in this session; zero if never.
	AuthTime time.Time
	// ExpiresAt is when the access token is over; zero for a browser's session.
	ExpiresAt time.Time
	// AMR says how the session was opened (RFC 8176): "pwd", "ssh" ...
	AMR []string
}

type actorKey struct{}
type requestIDKey struct{}

// WithActor returns a context that acts for a.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns whom the context acts for; CodeUnauthenticated for nobody.
func ActorFrom(ctx context.Context) (Actor, error) {
	a, ok := ctx.Value(actorKey{}).(Actor)
	if !ok {
		return Actor{}, E(CodeUnauthenticated)
	}
	return a, nil
}

// WithRequestID returns a context that carries the id of its request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestIDFrom returns the id of the request, "" without one.
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
