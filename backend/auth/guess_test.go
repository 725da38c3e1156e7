package auth_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// cheapAccounts remember one account, and that nobody in a storm has been
// there before: what is tested is how many guesses come to be checked, not how
// long SQL and the hash take.
type cheapAccounts struct {
	auth.Accounts
	victim auth.Account
	storm  atomic.Bool
}

func (a *cheapAccounts) AccountByLogin(context.Context, string) (auth.Account, error) {
	return a.victim, nil
}

func (a *cheapAccounts) LastFromPlace(ctx context.Context, userID string, places []string) (time.Time, error) {
	if a.storm.Load() {
		return time.Time{}, nil
	}
	return a.Accounts.LastFromPlace(ctx, userID, places)
}

func (a *cheapAccounts) RehashPassword(context.Context, string, string, string) error {
	return errors.New("the hash stays cheap")
}

// Ten thousand guesses from a thousand addresses, one a second, do not come
// to be checked, not even the right one among them; and the owner signs in
// meanwhile where he has before.
func TestAttack_TenThousandGuesses(t *testing.T) {
	test := func(t *testing.T, r *rig, client *redis.Client, word string, guesses int) {
		addresses := guesses / 10
		counts := redisstore.New(client, redisstore.Options{Word: word, Clock: r.clock.Now})
		u := r.register(t, "haneul")
		accounts := &cheapAccounts{Accounts: r.store}
		hash := auth.CheapHash(password)
		if _, _, err := r.store.UpdateAccount(t.Context(), u.ID, auth.AccountPatch{PasswordHash: &hash}); err != nil {
			t.Fatal(err)
		}
		accounts.victim, _ = r.store.AccountByID(t.Context(), u.ID)
		s := r.process(t, func(d *auth.Deps, c *auth.Config) { d.Accounts, d.Attempts = accounts, counts })
		login := func(word, address string) error {
			_, err := s.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: word, Origin: marquee.Origin{Address: address}})
			return err
		}
		if err := login(password, home.Address); err != nil {
			t.Fatal(err)
		}

		accounts.storm.Store(true)
		checked, start := 0, r.clock.Now()
		for i := range guesses {
			word := "a guess"
			if i == guesses/2+1 || i == guesses-2 {
				word = password // he knows it, and cannot tell
			}
			n := i % addresses
			err := login(word, fmt.Sprintf("10.%d.%d.%d", n/200, n%200, 1+i%7))
			switch marquee.ErrorCode(err) {
			case marquee.CodeTooManyRequests:
			case marquee.CodeWrongCredentials:
				checked++
			default:
				t.Fatalf("guess %d: %v", i, err)
			}
			r.clock.Advance(time.Second)
		}
		lane := int(r.clock.Now().Sub(start)/(30*time.Second)) + 1
		if most := 100 + lane; checked > most || checked < 100 {
			t.Errorf("%d guesses were checked, want at most %d", checked, most)
		}
		accounts.storm.Store(false)
		if err := login(password, home.Address); err != nil {
			t.Errorf("the owner: %v", err)
		}
		// The twin: without the storm behind it, a new address is let in.
		if err := login(password, "192.0.2.200"); err != nil {
			t.Errorf("the twin: %v", err)
		}
	}
	t.Run("embedded", func(t *testing.T) {
		in, err := embedded.StartRedis()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = in.Close() })
		test(t, embeddedRig(t), in.Client(), embedded.RedisWord, 1000) // its scripts are slow
	})
	t.Run("real", func(t *testing.T) {
		client, err := redisstore.Dial(testrig.Redis(t), patience)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = client.Close() })
		guesses := 10_000
		if testrig.Race {
			guesses = 2000
		}
		test(t, embeddedRig(t), client, "", guesses)
	})
}

// patience is how long a Redis that is there may take on a machine that does
// much else.
const patience = time.Minute

type brokenAttempts struct{}

var errBroken = errors.New("dial tcp 10.0.0.7:6379: refused")

func (brokenAttempts) Allow(context.Context, string, marquee.Limit) (time.Duration, error) {
	return 0, errBroken
}
func (brokenAttempts) Begin(context.Context, auth.Try) (time.Duration, error) { return 0, errBroken }
func (brokenAttempts) Withdraw(context.Context, auth.Try) error               { return errBroken }
func (brokenAttempts) Succeed(context.Context, auth.Try) error                { return errBroken }

// What cannot be counted is not tried.
func TestAttack_NothingCounts(t *testing.T) {
	r := embeddedRig(t)
	r.register(t, "haneul")
	ctx := r.as(t, r.login(t, "haneul").AccessToken)
	s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Attempts = brokenAttempts{} })
	_, err := s.Login(ctx, marquee.Credentials{Login: "haneul", Password: password, Origin: home})
	wantCode(t, "sign-in", err, marquee.CodeUnavailable)
	_, err = s.Register(ctx, marquee.Registration{Email: "b@example.com", Username: "bora", Password: password})
	wantCode(t, "registration", err, marquee.CodeUnavailable)
	other := "other@example.com"
	_, err = s.UpdateMe(ctx, marquee.UserPatch{Email: &other, CurrentPassword: password})
	wantCode(t, "a guess at the own password", err, marquee.CodeUnavailable)
	wantCode(t, "a link", s.UsePasswordLink(ctx, "x", password, home), marquee.CodeUnavailable)
	if _, err := r.auth.Login(ctx, marquee.Credentials{Login: "haneul", Password: password, Origin: home}); err != nil {
		t.Errorf("the twin: %v", err)
	}
}
