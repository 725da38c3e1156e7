package auth

import (
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

func TestDecide(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	const grace = 30 * time.Second
	hash := []byte("the hash of the secret")
	here := marquee.Origin{Address: "192.0.2.1"}
	session := func(change func(*Session)) Session {
		s := Session{
			SecretHash: hash, Counter: 7, FromCounter: 6, Seen: 7, RotatedAt: now.Add(-10 * time.Second),
			IdleEnd: now.Add(time.Hour), EndsAt: now.Add(2 * time.Hour),
		}
		change(&s)
		return s
	}
	as := func(s *Session) {}
	late := func(s *Session) { s.RotatedAt = now.Add(-grace) }
	lateUnseen := func(s *Session) { late(s); s.Seen = 6 }

	for name, c := range map[string]struct {
		session  Session
		n        int64
		hash     []byte
		disabled bool
		want     Decision
	}{
		"the present token":                 {session(as), 7, hash, false, Decision{OutcomeRotate, 8, 7, here, "", Event{}}},
		"the one before, within grace":      {session(as), 6, hash, false, Decision{Outcome: OutcomeRepeat}},
		"the one before, on the last tick":  {session(func(s *Session) { late(s); s.RotatedAt = s.RotatedAt.Add(1) }), 6, hash, false, Decision{Outcome: OutcomeRepeat}},
		"the one before, late, arrived":     {session(late), 6, hash, false, Decision{Outcome: OutcomeEnd, EndReason: EndReuse}},
		"the one before, late, never seen":  {session(lateUnseen), 6, hash, false, Decision{OutcomeRotate, 8, 6, here, "", Event{}}},
		"an older one":                      {session(as), 5, hash, false, Decision{Outcome: OutcomeEnd, EndReason: EndReuse}},
		"an older one, nothing seen":        {session(lateUnseen), 5, hash, false, Decision{Outcome: OutcomeEnd, EndReason: EndReuse}},
		"the unused one, dead":              {session(func(s *Session) { s.Counter = 8 }), 7, hash, false, Decision{Outcome: OutcomeEnd, EndReason: EndReuse}},
		"one from before SQL was restored":  {session(as), 9, hash, false, Decision{OutcomeCatchUp, 10, 9, here, "", Event{}}},
		"another session's secret":          {session(as), 7, []byte("another"), false, Decision{}},
		"no secret at all (browser)":        {session(func(s *Session) { s.SecretHash = nil }), 7, nil, false, Decision{}},
		"a disabled person":                 {session(as), 7, hash, true, Decision{}},
		"a disabled person's old token":     {session(as), 5, hash, true, Decision{}},
		"ended":                             {session(func(s *Session) { s.EndedAt = now.Add(-1) }), 7, hash, false, Decision{}},
		"ended, older token":                {session(func(s *Session) { s.EndedAt = now.Add(-1) }), 5, hash, false, Decision{}},
		"idle life over":                    {session(func(s *Session) { s.IdleEnd = now }), 7, hash, false, Decision{}},
		"absolute life over":                {session(func(s *Session) { s.EndsAt = now }), 7, hash, false, Decision{}},
		"the store's clock was put back":    {session(func(s *Session) { s.RotatedAt = now.Add(time.Hour) }), 6, hash, false, Decision{Outcome: OutcomeRepeat}},
		"a clock put back revives no older": {session(func(s *Session) { s.RotatedAt = now.Add(time.Hour) }), 5, hash, false, Decision{Outcome: OutcomeEnd, EndReason: EndReuse}},
	} {
		t.Run(name, func(t *testing.T) {
			got := decide(presented{c.n, c.hash, here}, c.session, !c.disabled, now, grace)
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestDecideWithoutGrace(t *testing.T) {
	now := time.Now()
	s := Session{
		SecretHash: []byte{1}, Counter: 2, FromCounter: 1, Seen: 2, RotatedAt: now,
		IdleEnd: now.Add(time.Hour), EndsAt: now.Add(time.Hour),
	}
	if d := decide(presented{counter: 1, secretHash: []byte{1}}, s, true, now, 0); d.Outcome != OutcomeEnd {
		t.Errorf("without grace the token before is a reuse at once, got %+v", d)
	}
}
