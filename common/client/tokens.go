package client

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"example.com/marquee/common/marquee"
)

// Held is a pair of tokens as a store keeps it. It prints as nothing but the
// session's id, whatever the verb.
type Held struct {
	marquee.Tokens
	// ObtainedAt is when the answer came, by the calendar of the machine that
	// got it: a hint after a restart, since calendars are set.
	ObtainedAt time.Time
}

// Format implements fmt.Formatter and keeps tokens out of every print.
func (h Held) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "tokens of session "+h.SessionID) }

// LogValue implements slog.LogValuer, for handlers that do not print by fmt.
func (h Held) LogValue() slog.Value { return slog.StringValue("tokens of session " + h.SessionID) }

// Empty reports whether no session is held.
func (h Held) Empty() bool { return h.RefreshToken == "" }

// TokenStore is where the pair of one server rests, for one process or for
// several that share it; and, beyond sessions, what the server knows the
// device by.
type TokenStore interface {
	// Load returns what is held; an empty Held without an error if nothing is.
	Load(ctx context.Context) (Held, error)
	// Save replaces what is held and returns when it would survive a crash.
	Save(ctx context.Context, h Held) error
	// Clear removes what is held if its refresh token is that one, and
	// otherwise does nothing.
	Clear(ctx context.Context, refreshToken string) error
	// Lock is held by one process, and in it one caller, at a time, for the
	// length of a rotation or a sign-in. It fails when ctx ends. Save and Clear
	// do not need it.
	Lock(ctx context.Context) (unlock func(), err error)
	// Device returns the device token of the last sign-in; "" without one.
	Device(ctx context.Context) (string, error)
	// SaveDevice replaces it.
	SaveDevice(ctx context.Context, token string) error
}

// MemoryTokens returns a store that ends with the process.
func MemoryTokens() TokenStore { return &memoryTokens{turn: make(chan struct{}, 1)} }

type memoryTokens struct {
	turn   chan struct{}
	mu     sync.Mutex
	held   Held
	device string
}

func (m *memoryTokens) Load(context.Context) (Held, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held, nil
}

func (m *memoryTokens) Save(_ context.Context, h Held) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = h
	return nil
}

func (m *memoryTokens) Clear(_ context.Context, refreshToken string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held.RefreshToken == refreshToken {
		m.held = Held{}
	}
	return nil
}

func (m *memoryTokens) Device(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.device, nil
}

func (m *memoryTokens) SaveDevice(_ context.Context, token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.device = token
	return nil
}

func (m *memoryTokens) Lock(ctx context.Context) (func(), error) {
	select {
	case m.turn <- struct{}{}:
		return func() { <-m.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
