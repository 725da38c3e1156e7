package auth

import (
	"context"
	"fmt"

	"example.com/marquee/common/marquee"
)

// DeviceRequest returns the client that asks by a user code, in whatever case
// and with or without the dash. CodeNotFound for a code that is unknown,
// answered or over; CodeTooManyRequests for who guesses.
func (s *Service) DeviceRequest(ctx context.Context, userCode string, o marquee.Origin) (marquee.DeviceRequest, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return marquee.DeviceRequest{}, err
	}
	d, err := s.askedBy(ctx, actor, userCode, o)
	if err != nil {
		return marquee.DeviceRequest{}, err
	}
	ends, err := s.wouldEnd(ctx, actor)
	return marquee.DeviceRequest{
		UserCode: spokenUserCode(typedUserCode(userCode)), Number: fmt.Sprint(d.Number),
		Client: d.Origin.Client, Address: d.Origin.Address, Agent: d.Origin.Agent, AskedAt: d.AskedAt,
		EndsThisSession: ends,
	}, err
}

// AnswerDevice lets a client in that asks, or refuses it. To let one in needs
// a recent sign-in in a session that a password opened: one that was let in
// itself must not let in others. CodeNotFound, CodeStepUpRequired,
// CodeStepUpRefused.
func (s *Service) AnswerDevice(ctx context.Context, userCode string, approve bool, o marquee.Origin) error {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return err
	}
	session, _, err := s.sessionOf(ctx, actor)
	if err != nil {
		return err
	}
	if approve {
		if !mayStepUp(session) {
			return marquee.E(marquee.CodeStepUpRefused)
		}
		if session, _, err = s.recent(ctx, actor); err != nil {
			return err
		}
	}
	a, err := s.accountOf(ctx, actor)
	if err != nil {
		return err
	}
	d, err := s.askedBy(ctx, actor, userCode, o)
	if err != nil {
		return err
	}
	d.UserID, d.Session, d.Verified, d.AuthTime = a.ID, session.ID, verifiedHash(a), session.AuthTime
	e := Event{Kind: EventDeviceRefused, UserID: a.ID, SessionID: session.ID, Origin: d.Origin}
	d.Answer = marquee.DeviceRefused
	if approve {
		d.Answer, e.Kind = marquee.DeviceApproved, EventDeviceApproved
	}
	ok, err := s.accounts.AnswerDeviceRequest(ctx, d, e)
	if err != nil {
		return away("answer a device", err)
	}
	if !ok { // answered elsewhere in this very moment
		return marquee.E(marquee.CodeNotFound)
	}
	s.events.Record(ctx, Attribute(ctx, e))
	return nil
}

// askedBy finds the request of a user code. Each question counts: who tries
// codes must not find one that somebody else's device shows.
func (s *Service) askedBy(ctx context.Context, actor marquee.Actor, userCode string, o marquee.Origin) (DeviceRequest, error) {
	if err := s.guard.count(ctx, s.guard.limits.UserCode, "user-code", actor.UserID); err != nil {
		return DeviceRequest{}, err
	}
	if err := s.guard.count(ctx, s.guard.limits.UserCodes, "user-codes", networkOf(o)); err != nil {
		return DeviceRequest{}, err
	}
	code := typedUserCode(userCode)
	if code == "" {
		return DeviceRequest{}, marquee.E(marquee.CodeNotFound)
	}
	var hashes [][]byte
	for _, m := range s.masters.all() {
		hashes = append(hashes, m.userCodeHash(code))
	}
	d, err := s.accounts.DeviceRequestByUserCode(ctx, hashes)
	if err != nil {
		return DeviceRequest{}, away("find a device request", err)
	}
	return d, nil
}

// wouldEnd tells whether one session more ends the acting one: the oldest goes
// when there are too many.
func (s *Service) wouldEnd(ctx context.Context, actor marquee.Actor) (bool, error) {
	sessions, err := s.sessions.LiveSessions(ctx, actor.UserID) // newest first
	if err != nil {
		return false, away("list sessions", err)
	}
	newer := 0
	for _, other := range sessions {
		switch {
		case other.Brief: // never ends for want of room
		case other.ID == actor.SessionID:
			return newer+1 >= s.maxSessions, nil
		default:
			newer++
		}
	}
	return false, nil
}
