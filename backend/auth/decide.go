package auth

import (
	"crypto/subtle"
	"time"

	"example.com/marquee/common/marquee"
)

// presented is an authentic refresh token as somebody handed it in.
type presented struct {
	counter    int64
	secretHash []byte
	origin     marquee.Origin
}

// belongsTo reports whether the token carries the session's own secret. A
// browser session has none, and no token belongs to it.
func (p presented) belongsTo(s Session) bool {
	return len(s.SecretHash) > 0 && subtle.ConstantTimeCompare(p.secretHash, s.SecretHash) == 1
}

// decide is the rotation table of the design: the session stands at c and was
// last rotated from `from`; n is presented. It knows no clock and no store.
func decide(p presented, s Session, active bool, now time.Time, grace time.Duration) Decision {
	n, c, from := p.counter, s.Counter, s.FromCounter
	inGrace := now.Sub(s.RotatedAt) < grace // from the rotation on, never renewed
	arrived := s.Seen >= c                  // an access token of c was used: the pair is in somebody's hands

	switch {
	case !active || !live(s, now) || !p.belongsTo(s):
		return Decision{Outcome: OutcomeRefuse}
	case n == c:
		return Decision{Outcome: OutcomeRotate, Counter: c + 1, FromCounter: c, Origin: p.origin}
	case n == from && inGrace: // a lost answer, two windows, a retry
		return Decision{Outcome: OutcomeRepeat}
	case n == from && !arrived: // a lost answer found late: the laptop slept
		return Decision{Outcome: OutcomeRotate, Counter: c + 1, FromCounter: from, Origin: p.origin}
	case n < c:
		return Decision{Outcome: OutcomeEnd, EndReason: EndReuse}
	default: // n > c: SQL itself was restored to an earlier state
		return Decision{Outcome: OutcomeCatchUp, Counter: n + 1, FromCounter: n, Origin: p.origin}
	}
}

// live reports whether a session has neither ended nor run out.
func live(s Session, now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.IdleEnd) && now.Before(s.EndsAt)
}
