package auth

import (
	"context"
	"log/slog"

	"example.com/marquee/common/marquee"
)

// guard keeps people from trying too often. It stands before everything that
// costs much or could be guessed.
type guard struct {
	limits   Limits
	attempts Attempts // nil: no limits
	log      *slog.Logger
}

// count counts one event of what under parts. CodeTooManyRequests above the
// limit; CodeUnavailable when it could not be counted.
func (g *guard) count(ctx context.Context, l marquee.Limit, what string, parts ...string) error {
	if g.attempts == nil {
		return nil
	}
	wait, err := g.attempts.Allow(ctx, marquee.LimitKey(what, parts...), l)
	switch {
	case err != nil:
		return marquee.Unavailable("limit "+what, err)
	case wait > 0:
		return &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: wait}
	}
	return nil
}

// attempt is a try that was let through. It has failed unless succeed or
// withdraw says otherwise.
type attempt struct {
	guard *guard
	try   Try
}

// begin lets a try through. CodeTooManyRequests before its time;
// CodeUnavailable when that cannot be told.
func (g *guard) begin(ctx context.Context, t Try) (attempt, error) {
	a := attempt{g, t}
	if g.attempts == nil {
		return a, nil
	}
	wait, err := g.attempts.Begin(ctx, t)
	switch {
	case err != nil:
		return a, marquee.Unavailable("count a try", err)
	case wait > 0:
		return a, &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: wait}
	}
	return a, nil
}

// begun tells an attempt from the zero value.
func (a attempt) begun() bool { return a.guard != nil }

// succeed says that the try was right: what failed before is forgotten.
func (a attempt) succeed(ctx context.Context) { a.tell(ctx, Attempts.Succeed) }

// withdraw says that nothing was tried after all: a part was away or busy.
func (a attempt) withdraw(ctx context.Context) { a.tell(ctx, Attempts.Withdraw) }

// tell passes on what became of the try. That it could not be is no reason to
// fail anything: the next try waits longer than it had to.
func (a attempt) tell(ctx context.Context, what func(Attempts, context.Context, Try) error) {
	if !a.begun() || a.guard.attempts == nil {
		return
	}
	if err := what(a.guard.attempts, ctx, a.try); err != nil {
		a.guard.log.WarnContext(ctx, "a try stays counted as failed", "error", err)
	}
}
