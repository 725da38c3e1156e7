package redisstore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"sync"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/common/marquee"
)

const (
	liveChannel = "marquee:live"
	// liveBuffer is how many events may wait for one listener; who is further
	// behind is dropped, and learns the rest at his next request.
	liveBuffer = 16
)

// Live carries events to those who listen, on this process and on others. It
// promises nothing: with Redis away each process hears of its own only.
type Live struct {
	client  *redis.Client
	log     *slog.Logger
	process string // what this process sends to others is not for itself

	mu        sync.Mutex
	listeners map[*listener]bool
}

type listener struct {
	userID, sessionID string
	events            chan marquee.LiveEvent
}

// notice is an event on its way.
type notice struct {
	Process string            `json:"process"`
	UserID  string            `json:"user,omitempty"` // every session of the person, unless
	Event   marquee.LiveEvent `json:"event"`          // it is about the end of one
}

// NewLive makes a Live over a client of Dial or embedded.StartRedis. The
// caller closes the client, and runs Run for what other processes say.
func NewLive(client *redis.Client, log *slog.Logger) *Live {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Live{client: client, log: log, process: rand.Text(), listeners: map[*listener]bool{}}
}

// Publish tells the sessions of a person or, of the end of a session, that one
// alone. It waits for Redis no longer than its client does.
func (l *Live) Publish(ctx context.Context, userID string, events ...marquee.LiveEvent) {
	if len(events) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.client.Options().ReadTimeout)
	defer cancel()
	_, err := l.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, e := range events {
			n := notice{Process: l.process, UserID: userID, Event: e}
			l.deliver(n)
			text, err := json.Marshal(n)
			if err != nil {
				return err
			}
			p.Publish(ctx, liveChannel, text)
		}
		return nil
	})
	if err != nil {
		l.log.DebugContext(ctx, "other processes were not told", "event", events[0].Kind, "error", err)
	}
}

// Subscribe listens for a session until cancel is called. The channel is
// closed for a listener that is too slow.
func (l *Live) Subscribe(userID, sessionID string) (events <-chan marquee.LiveEvent, cancel func()) {
	s := &listener{userID: userID, sessionID: sessionID, events: make(chan marquee.LiveEvent, liveBuffer)}
	l.mu.Lock()
	l.listeners[s] = true
	l.mu.Unlock()
	return s.events, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.drop(s)
	}
}

// drop closes a listener once. The caller holds mu.
func (l *Live) drop(s *listener) {
	if l.listeners[s] {
		delete(l.listeners, s)
		close(s.events)
	}
}

func (l *Live) deliver(n notice) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range l.listeners {
		if !n.isFor(s) {
			continue
		}
		select {
		case s.events <- n.Event:
		default:
			l.drop(s)
		}
	}
}

func (n notice) isFor(s *listener) bool {
	if n.Event.Kind == marquee.LiveSessionEnded {
		return s.sessionID == n.Event.SessionID
	}
	return n.UserID != "" && s.userID == n.UserID && s.sessionID != n.Event.SessionID
}

// Run passes on what other processes say until ctx ends. The library connects
// again by itself.
func (l *Live) Run(ctx context.Context) {
	sub := l.client.Subscribe(ctx, liveChannel)
	defer sub.Close()
	messages := sub.Channel()
	for {
		select {
		case m, ok := <-messages:
			if !ok {
				return
			}
			var n notice
			if json.Unmarshal([]byte(m.Payload), &n) == nil && n.Process != l.process {
				l.deliver(n)
			}
		case <-ctx.Done():
			return
		}
	}
}
