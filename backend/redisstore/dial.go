package redisstore

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// answerTime is how long Redis may take before it counts as away.
const answerTime = 250 * time.Millisecond

// Dial makes a client for a redis://, rediss:// or unix:// URL, of a Redis that
// counts as away when it takes longer than answer; 0 is 250 ms. It does not
// connect. The error never repeats the URL, which may hold a password.
//
// The client never sends a command twice: the library would by default, on a
// lost answer as well, and a script is not safe to repeat (MaxRetries). It
// honours the deadline of the context, which it does not by default.
func Dial(address string, answer time.Duration) (*redis.Client, error) {
	if answer == 0 {
		answer = answerTime
	}
	o, err := redis.ParseURL(address)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("not an address of a Redis server: %w", err)
	}
	o.MaxRetries = -1
	o.DialerRetries = 1
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = answer, answer, answer, answer
	o.Protocol = 2
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(o), nil
}
