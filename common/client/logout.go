package client

import (
	"context"
	"errors"
	"time"

	"example.com/marquee/common/marquee"
)

// Logout implements marquee.AuthService. What is held is forgotten only when
// the server has confirmed the end of the session or the session was over
// already; with the server away it stays, and the error says so.
func (c *Client) Logout(ctx context.Context, scope marquee.LogoutScope) error {
	held, _ := c.source.snapshot()
	switch {
	case held.Empty():
		return marquee.E(marquee.CodeUnauthenticated)
	case scope == marquee.LogoutOthers:
		return c.authed(ctx, logoutRequest(scope))
	case scope == marquee.LogoutGlobal:
		return c.logoutGlobal(ctx, held)
	}
	err := c.do(ctx, logoutRequest(scope), held.AccessToken)
	if marquee.IsCode(err, marquee.CodeInvalidToken) {
		err = c.logoutWith(ctx, held.RefreshToken, scope)
	}
	if err != nil && !marquee.IsCode(err, marquee.CodeInvalidToken) {
		return err
	}
	return c.source.forget(context.WithoutCancel(ctx), held.SessionID)
}

// logoutGlobal ends every session by a live access token: a dead pair ends its
// own session only. That it was dead, so that the others live on, is told.
func (c *Client) logoutGlobal(ctx context.Context, held Held) error {
	err := c.authed(ctx, logoutRequest(marquee.LogoutGlobal))
	if err != nil && !isOver(err) {
		return err
	}
	return errors.Join(err, c.source.forget(context.WithoutCancel(ctx), held.SessionID))
}

// replace makes h the held pair after a sign-in. A rotation of the session
// before is thrown away when it ends.
func (s *source) replace(ctx context.Context, h Held) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	err := s.saveLocked(ctx, h)
	if err != nil {
		s.OnNotSaved(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave()
	s.take(h, err == nil)
}

// saveTimeout bounds how long a sign-in waits for a rotation of another
// process before it stays in memory.
const saveTimeout = 10 * time.Second

// saveLocked saves while no rotation of any process can write its own.
func (s *source) saveLocked(ctx context.Context, h Held) error {
	unlock, err := s.Store.Lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return s.Store.Save(ctx, h)
}

// forget drops the ended session here and in the store, where another process
// may have left a newer pair of the same session. A pair of another session
// stays.
func (s *source) forget(ctx context.Context, sessionID string) error {
	s.mu.Lock()
	if s.held.SessionID == sessionID {
		s.leave()
	}
	s.mu.Unlock()
	stored, err := s.Store.Load(ctx)
	if err == nil && stored.SessionID == sessionID && !stored.Empty() {
		err = s.Store.Clear(ctx, stored.RefreshToken)
	}
	if err != nil {
		return marquee.Wrap(marquee.CodeInternal, "forget credentials", err)
	}
	return nil
}
