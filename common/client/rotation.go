package client

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
)

// rotation is one renewal of the pair, start to end.
type rotation struct {
	*source
	began int  // the epoch it belongs to
	must  bool // the access token is dead, so that a pair that cannot be saved is used all the same

	signedOut error // why the session was left, if this rotation left it
}

// run takes the lock between processes, adopts what another one left there,
// and only then asks the server. It tries again once if the server refuses a
// token while a newer one has come to rest meanwhile.
func (r *rotation) run(ctx context.Context) (string, error) {
	unlock, err := r.Store.Lock(ctx)
	if err != nil {
		return "", marquee.Unavailable("wait for another process", err)
	}
	defer unlock()
	for again := false; ; again = true {
		from, fresh, err := r.adopt(ctx)
		if err != nil || fresh {
			return from.AccessToken, err
		}
		tokens, err := r.ask(ctx, from.RefreshToken)
		switch {
		case err == nil:
			return r.keep(ctx, from, Held{Tokens: tokens, ObtainedAt: r.Clock().Round(0)})
		case !marquee.IsCode(err, marquee.CodeInvalidToken):
			r.postpone(err)
			return "", err
		case !r.refuse(ctx, from, err) || again:
			return "", err
		}
	}
}

// adopt reads the store again. fresh says that another process has rotated
// already and its pair is in use now. A pair of another session is not taken
// over: this process would become another person without a word.
func (r *rotation) adopt(ctx context.Context) (from Held, fresh bool, err error) {
	stored, err := r.Store.Load(ctx)
	if err != nil {
		return Held{}, false, marquee.Unavailable("read credentials", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.stale():
		return Held{}, false, marquee.E(marquee.CodeUnauthenticated)
	case !r.saved || stored.AccessToken == r.held.AccessToken:
		return r.held, false, nil
	case stored.SessionID != r.held.SessionID:
		return Held{}, false, r.leaveFor(marquee.E(marquee.CodeUnauthenticated))
	}
	r.take(stored, true)
	return stored, r.due.IsZero() || r.Clock().Before(r.due), nil
}

// ask rotates at the server, once more after an answer that did not come: the
// server repeats its answer to the same token (tokens.md, "Refresh token").
func (r *rotation) ask(ctx context.Context, refreshToken string) (marquee.Tokens, error) {
	t, err := r.Exchange(ctx, refreshToken)
	if !marquee.IsCode(err, marquee.CodeServerUnreachable) || pause(ctx, refreshPause) != nil {
		return t, err
	}
	return r.Exchange(ctx, refreshToken)
}

// keep saves the new pair and only then uses it. One whose session was left
// meanwhile, here or in another process, is thrown away and revoked.
func (r *rotation) keep(ctx context.Context, from, next Held) (string, error) {
	if err := r.wanted(ctx, from); err != nil {
		r.discard(next)
		return "", err
	}
	saveErr := r.Store.Save(ctx, next)
	if saveErr != nil {
		r.OnNotSaved(saveErr)
		if !r.must {
			// The old pair serves on: the server takes its refresh token again
			// as long as the new one was never seen in use.
			r.postpone(nil)
			return "", marquee.Unavailable("save credentials", saveErr)
		}
	}
	if !r.use(next, saveErr == nil) {
		_ = r.Store.Clear(ctx, next.RefreshToken)
		r.discard(next)
		return "", marquee.E(marquee.CodeUnauthenticated)
	}
	return next.AccessToken, nil
}

// wanted returns an error if the session that from belongs to was left.
func (r *rotation) wanted(ctx context.Context, from Held) error {
	stored, err := r.Store.Load(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.stale():
		return marquee.E(marquee.CodeUnauthenticated)
	case err == nil && r.saved && stored.RefreshToken != from.RefreshToken:
		return r.leaveFor(marquee.E(marquee.CodeUnauthenticated))
	}
	return nil
}

// use makes next the pair in use unless the session was left.
func (r *rotation) use(next Held, saved bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stale() {
		return false
	}
	r.take(next, saved)
	return true
}

// refuse forgets the pair that the server refused, and only that. It reports
// whether the store holds a newer one of the session to try.
func (r *rotation) refuse(ctx context.Context, from Held, reason error) (newer bool) {
	_ = r.Store.Clear(ctx, from.RefreshToken)
	stored, err := r.Store.Load(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stale() {
		return false
	}
	if err == nil && stored.SessionID == from.SessionID && stored.RefreshToken != from.RefreshToken {
		return true
	}
	_ = r.leaveFor(reason)
	return false
}

// stale reports that the session this rotation is for was left or replaced.
// The caller holds mu.
func (r *rotation) stale() bool { return r.epoch != r.began }

// leaveFor forgets the session and keeps why, to be told when no lock is
// held. The caller holds mu.
func (r *rotation) leaveFor(reason error) error {
	r.leave()
	r.over, r.signedOut = reason, reason
	return reason
}

// postpone lets early rotation rest, so that a server that is away is not
// asked again with every request. err may say for how long.
func (r *rotation) postpone(err error) {
	rest := max(postponed, retryAfterOf(err))
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.Clock(); !r.stale() && !r.due.IsZero() && now.Before(r.dead) {
		r.due = now.Add(min(rest, r.dead.Sub(now)))
	}
}

// discard ends the session of a pair that nobody wants any more, as far as
// the server can be reached.
func (r *rotation) discard(h Held) {
	ctx, cancel := context.WithTimeout(context.Background(), discardTimeout)
	defer cancel()
	_ = r.Revoke(ctx, h.RefreshToken)
}

// discardTimeout bounds the revocation of a pair that is thrown away.
const discardTimeout = 10 * time.Second
