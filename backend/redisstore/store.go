package redisstore

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"example.com/marquee/common/marquee"
)

//go:embed scripts/prelude.lua
var prelude string

//go:embed scripts/lookup.lua
var lookupSource string

//go:embed scripts/fill.lua
var fillSource string

//go:embed scripts/seen.lua
var seenSource string

//go:embed scripts/delete.lua
var deleteSource string

//go:embed scripts/ready.lua
var readySource string

//go:embed scripts/begin.lua
var beginSource string

//go:embed scripts/withdraw.lua
var withdrawSource string

// Options are the settings of a Store; the zero value is right for a real
// Redis server.
type Options struct {
	// Word stands for the server's history in place of its master_replid. Only
	// for a server that starts empty and has no replicas: the in-process one.
	Word string
	// TicketLife bounds the time between a miss and its write-back; 0 is 5 s.
	TicketLife time.Duration
	// Lease is how long a copy is believed, from its write-back; 0 is 60 s.
	// It bounds what a sign-out that could not reach Redis leaves behind.
	Lease time.Duration
	// Clock replaces the clocks of this process and of Redis where failures
	// are counted; nil leaves them.
	Clock func() time.Time
	// Log says when limits begin and cease to be kept in this process.
	Log *slog.Logger
}

// Store is Redis as marquee uses it. Its methods may be called concurrently.
type Store struct {
	client  *redis.Client
	word    string
	ticket  time.Duration
	lease   time.Duration
	answer  time.Duration
	clock   func() time.Time // nil: Redis's own
	scripts scripts
	limits  *redis_rate.Limiter

	outage      *outage
	localLimits *localLimits
	localTries  *localTries
}

type scripts struct{ lookup, fill, seen, delete, ready, begin, withdraw *redis.Script }

// New makes a Store over a client of Dial or embedded.StartRedis. The caller
// closes the client, whose read timeout is how long Redis may take before it
// counts as away.
func New(client *redis.Client, o Options) *Store {
	if o.TicketLife == 0 {
		o.TicketLife = 5 * time.Second
	}
	if o.Lease == 0 {
		o.Lease = 60 * time.Second
	}
	clock := o.Clock
	if clock == nil {
		clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	script := func(source string) *redis.Script { return redis.NewScript(prelude + source) }
	return &Store{
		client: client, word: o.Word, ticket: o.TicketLife, lease: o.Lease, answer: client.Options().ReadTimeout, clock: o.Clock,
		scripts: scripts{
			lookup: script(lookupSource), fill: script(fillSource), seen: script(seenSource),
			delete: script(deleteSource), ready: script(readySource),
			begin: redis.NewScript(beginSource), withdraw: redis.NewScript(withdrawSource),
		},
		limits:      redis_rate.NewLimiter(client),
		outage:      &outage{clock: clock, log: o.Log},
		localLimits: newLocalLimits(clock),
		localTries:  newLocalTries(clock),
	}
}

// Ready returns nil if this Redis can answer for sessions: it is there, has
// loaded its data and is a primary. CodeUnavailable if not.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.answer)
	defer cancel()
	err := s.scripts.ready.Run(ctx, s.client, []string{prefix("ready")}, s.word).Err()
	return unavailable("redis: ready", err)
}

// ErrEvicts is returned by CheckPolicy.
var ErrEvicts = errors.New("redis would evict keys under memory pressure, counters of limits among them; set maxmemory-policy to noeviction")

// CheckPolicy returns ErrEvicts if the server tells that it throws keys away
// when memory is short: somebody who fills it would lift every limit. Servers
// that do not tell (INFO memory refused) and those without a memory limit pass.
// CodeUnavailable if the server does not answer.
func (s *Store) CheckPolicy(ctx context.Context) error {
	if s.word != "" {
		return nil
	}
	info, err := s.client.Info(ctx, "memory").Result()
	if redis.HasErrorPrefix(err, "NOPERM") || redis.HasErrorPrefix(err, "ERR") {
		return nil
	}
	if err != nil {
		return unavailable("redis: info memory", err)
	}
	fields := map[string]string{}
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		fields[name] = value
	}
	if p := fields["maxmemory_policy"]; p != "" && p != "noeviction" && fields["maxmemory"] != "0" {
		return ErrEvicts
	}
	return nil
}

// prefix returns the key of a name from outside, less the word: of one length
// and one alphabet whatever the name holds. The braces are a hash tag, so that
// all keys of a script live on one server.
func prefix(name string) string {
	return "marquee:{" + digest(name) + "}:"
}

// digest stands for text from outside.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// unavailable is nil for nil and CodeUnavailable for everything else: a
// refused connection, a timeout, LOADING, READONLY, OOM. None of them says
// anything about a session.
func unavailable(op string, err error) error {
	if err == nil {
		return nil
	}
	return marquee.Unavailable(op, err)
}
