package embedded

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// answerTime is how long a command may take on a machine that does much else:
// this Redis is never away.
const answerTime = 10 * time.Second

// RedisWord stands for the master_replid that this Redis does not have: it
// starts empty with its process and has no replicas, so nothing older than the
// process can come back in it.
const RedisWord = "embedded"

// Redis is a Redis server inside this process, in memory only.
type Redis struct {
	server *miniredis.Miniredis
	client *redis.Client
}

// StartRedis starts one. It is reached through pipes of this process and opens
// no port. Keys run out by the clock, and everything that marquee keeps in it
// has a life, so its memory is bounded by what happens in a few minutes.
func StartRedis() (*Redis, error) {
	server := miniredis.NewMiniRedis()
	server.ClockTTL(true)
	client := redis.NewClient(&redis.Options{
		Addr: "in-process",
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			c, err := server.Dial()
			if err != nil {
				return nil, err
			}
			return newQueued(c), nil
		},
		MaxRetries:               -1,
		DialerRetries:            1,
		ContextTimeoutEnabled:    true,
		ReadTimeout:              answerTime,
		WriteTimeout:             answerTime,
		Protocol:                 2,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	if err := client.Ping(context.Background()).Err(); err != nil {
		server.Close()
		return nil, fmt.Errorf("in-process Redis: %w", err)
	}
	return &Redis{server: server, client: client}, nil
}

// Client returns the client of this server.
func (r *Redis) Client() *redis.Client { return r.client }

// Close closes the client and stops the server; what it held is gone.
func (r *Redis) Close() error {
	err := r.client.Close()
	r.server.Close()
	return err
}
