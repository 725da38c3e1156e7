package redisstore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
)

var _ auth.Copies = (*Store)(nil)

// deleteBatch bounds the scripts sent to Redis in one go: as many as the
// in-process Redis, which compiles each anew, runs well within answerTime.
const deleteBatch = 25

var errAnswer = errors.New("unexpected answer of a script")

// Lookup returns the live copy of a session or, on a miss, a ticket.
func (s *Store) Lookup(ctx context.Context, sessionID string) (auth.Alive, string, error) {
	const op = "redis: look up session"
	var fresh [16]byte
	_, _ = rand.Read(fresh[:]) // never fails (crypto/rand)
	got, err := s.run(ctx, s.scripts.lookup, sessionID,
		hex.EncodeToString(fresh[:]), s.ticket.Microseconds(), s.lease.Microseconds()).StringSlice()
	if err != nil {
		return auth.Alive{}, "", unavailable(op, err)
	}
	switch {
	case len(got) == 2 && got[0] == "ticket":
		return auth.Alive{}, got[1], nil
	case len(got) == 7 && got[0] == "copy":
		a, err := readAlive(got[1:])
		return a, "", unavailable(op, err)
	}
	return auth.Alive{}, "", unavailable(op, errAnswer)
}

// Fill writes the copy if that very ticket is still there and reports whether
// it did. The lease starts now and nothing renews it.
func (s *Store) Fill(ctx context.Context, sessionID, ticket string, a auth.Alive, idle, end time.Duration) (bool, error) {
	wrote, err := s.run(ctx, s.scripts.fill, sessionID,
		ticket, s.ticket.Microseconds(), s.lease.Microseconds(), idle.Microseconds(), end.Microseconds(),
		a.UserID, a.Seen, micro(a.IdleEnd), micro(a.EndsAt), micro(a.AuthTime), strings.Join(a.AMR, " ")).Int()
	return wrote == 1, unavailable("redis: fill session", err)
}

// Seen raises seen in the copy, if there is one.
func (s *Store) Seen(ctx context.Context, sessionID string, counter int64) error {
	return unavailable("redis: mark seen", s.run(ctx, s.scripts.seen, sessionID, counter).Err())
}

// Delete removes ticket and copy of each session. After an error some may be
// removed and some not; it is safe to repeat.
func (s *Store) Delete(ctx context.Context, sessionIDs ...string) error {
	for len(sessionIDs) > 0 {
		n := min(len(sessionIDs), deleteBatch)
		if err := s.deleteSome(ctx, sessionIDs[:n]); err != nil {
			return unavailable("redis: delete sessions", err)
		}
		sessionIDs = sessionIDs[n:]
	}
	return nil
}

// deleteSome sends one script per session, since their keys share no hash tag,
// and their text with it: a pipeline cannot fall back from an unknown digest.
func (s *Store) deleteSome(ctx context.Context, ids []string) error {
	ctx, cancel := context.WithTimeout(ctx, s.answer)
	defer cancel()
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, id := range ids {
			s.scripts.delete.Eval(ctx, p, []string{prefix(id)}, s.word)
		}
		return nil
	})
	return err
}

func (s *Store) run(ctx context.Context, script *redis.Script, sessionID string, args ...any) *redis.Cmd {
	ctx, cancel := context.WithTimeout(ctx, s.answer)
	defer cancel()
	return script.Run(ctx, s.client, []string{prefix(sessionID)}, append([]any{s.word}, args...)...)
}

// readAlive reads user, seen, idle_at, ends_at, auth_at, amr.
func readAlive(f []string) (auth.Alive, error) {
	numbers := make([]int64, 4)
	for i := range numbers {
		n, err := strconv.ParseInt(f[1+i], 10, 64)
		if err != nil {
			return auth.Alive{}, errAnswer
		}
		numbers[i] = n
	}
	return auth.Alive{
		UserID: f[0], Seen: numbers[0],
		IdleEnd: instant(numbers[1]), EndsAt: instant(numbers[2]), AuthTime: instant(numbers[3]),
		AMR: strings.Fields(f[5]),
	}, nil
}

// micro and instant turn times into unix microseconds and back; 0 is none.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
