package store

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

type deviceRequestRow struct {
	bun.BaseModel `bun:"table:device_requests,alias:d"`

	DeviceHash []byte  `bun:"device_hash,pk"`
	UserHash   []byte  `bun:"user_hash"`
	Number     int     `bun:"number"`
	Client     string  `bun:"client"`
	Address    string  `bun:"address"`
	Agent      string  `bun:"agent"`
	AskedAt    int64   `bun:"asked_at"`
	ExpiresAt  int64   `bun:"expires_at"`
	PolledAt   int64   `bun:"polled_at"`
	Pause      int64   `bun:"pause"` // microseconds between two questions
	TooSoon    bool    `bun:"too_soon"`
	Answer     string  `bun:"answer"`
	UserID     *string `bun:"user_id"`
	SessionID  string  `bun:"session_id"`
	Verified   []byte  `bun:"verified"`
	AuthTime   *int64  `bun:"auth_time"`
}

func (r deviceRequestRow) request() auth.DeviceRequest {
	d := auth.DeviceRequest{
		DeviceHash: r.DeviceHash, UserHash: r.UserHash, Number: r.Number,
		Origin:  marquee.Origin{Client: r.Client, Address: r.Address, Agent: r.Agent},
		AskedAt: timeOf(r.AskedAt), ExpiresAt: timeOf(r.ExpiresAt),
		Answer: r.Answer, Session: r.SessionID, Verified: r.Verified, AuthTime: timeOrZero(r.AuthTime), TooSoon: r.TooSoon,
	}
	if r.UserID != nil {
		d.UserID = *r.UserID
	}
	return d
}

// deviceRest is how long a request that is over is kept, so that its device
// learns that it is over.
const deviceRest = 10 * time.Minute

// CreateDeviceRequest keeps a request for that long.
func (s *Store) CreateDeviceRequest(ctx context.Context, d auth.DeviceRequest, life, interval time.Duration) error {
	now, err := s.nowIn(ctx, s.db)
	if err != nil {
		return s.fail("create device request", err)
	}
	o := storableOrigin(d.Origin)
	row := deviceRequestRow{
		DeviceHash: d.DeviceHash, UserHash: d.UserHash, Number: d.Number,
		Client: o.Client, Address: o.Address, Agent: o.Agent,
		AskedAt: micros(now), ExpiresAt: micros(now.Add(life)), Pause: interval.Microseconds(),
	}
	_, err = s.db.NewInsert().Model(&row).Exec(ctx)
	return s.fail("create device request", err)
}

// DeviceRequestByUserCode returns the live request that nobody has answered.
func (s *Store) DeviceRequestByUserCode(ctx context.Context, hashes [][]byte) (auth.DeviceRequest, error) {
	var row deviceRequestRow
	err := s.reader.NewSelect().Model(&row).
		Where("d.user_hash IN (?)", bun.List(hashes)).
		Where("d.answer = ? AND d.expires_at > ?", marquee.DevicePending, s.now()).Limit(1).Scan(ctx)
	if err != nil {
		return auth.DeviceRequest{}, s.fail("find device request", err)
	}
	return row.request(), nil
}

// AnswerDeviceRequest answers a live request, once, and records e with it.
func (s *Store) AnswerDeviceRequest(ctx context.Context, d auth.DeviceRequest, e auth.Event) (bool, error) {
	answered := false
	err := s.inTx(ctx, "answer device request", func(ctx context.Context, tx bun.Tx) error {
		r, err := tx.NewUpdate().Model((*deviceRequestRow)(nil)).
			Set("answer = ?", d.Answer).Set("user_id = ?", d.UserID).Set("session_id = ?", d.Session).Set("verified = ?", d.Verified).Set("auth_time = ?", microsOrNull(d.AuthTime)).
			Where("d.device_hash = ? AND d.answer = ? AND d.expires_at > ?", d.DeviceHash, marquee.DevicePending, s.now()).Exec(ctx)
		if answered, err = s.changed("answer device request", r, err); err != nil || !answered {
			return err
		}
		return s.record(ctx, tx, e)
	})
	return answered && err == nil, err
}

// pollSlack is how much too early a question may come: networks do not keep
// time.
const pollSlack = 500 * time.Millisecond

// PollDeviceRequest notes a question, in one statement, and returns the
// request, over or not.
func (s *Store) PollDeviceRequest(ctx context.Context, hash []byte) (auth.DeviceRequest, time.Time, error) {
	early := bun.SafeQuery("(d.polled_at > 0 AND ? - d.polled_at < d.pause - ?)", s.now(), pollSlack.Microseconds())
	return s.askedDevice(ctx, s.db.NewUpdate().Model((*deviceRequestRow)(nil)).
		Set("too_soon = ?", early).
		Set("pause = d.pause + CASE WHEN ? THEN ? ELSE 0 END", early, (5*time.Second).Microseconds()).
		Set("polled_at = ?", s.now()).
		Where("d.device_hash = ?", hash).Returning("*, ? AS present", s.now()))
}

// PeekDeviceRequest returns the request of a device code, over or not.
func (s *Store) PeekDeviceRequest(ctx context.Context, hash []byte) (auth.DeviceRequest, time.Time, error) {
	return s.askedDevice(ctx, s.reader.NewSelect().Model((*deviceRequestRow)(nil)).
		ColumnExpr("d.*, ? AS present", s.now()).Where("d.device_hash = ?", hash))
}

func (s *Store) askedDevice(ctx context.Context, q interface {
	Scan(ctx context.Context, dest ...any) error
}) (auth.DeviceRequest, time.Time, error) {
	var row struct {
		deviceRequestRow
		Now int64 `bun:"present"`
	}
	if err := q.Scan(ctx, &row); err != nil {
		return auth.DeviceRequest{}, time.Time{}, s.fail("ask for a device request", err)
	}
	return row.request(), timeOf(row.Now), nil
}

// useDevice uses up in the transaction that opens a session the approval that
// lets it in: once, and only while the session lives that gave it. Whoever ends
// that one must not meet its device a moment later.
func (s *Store) useDevice(ctx context.Context, tx bun.Tx, o auth.Session) error {
	if o.Device == nil {
		return nil
	}
	var approver string
	err := tx.NewDelete().Model((*deviceRequestRow)(nil)).
		Where("d.device_hash = ? AND d.user_id = ? AND d.answer = ?", o.Device, o.UserID, marquee.DeviceApproved).
		Returning("session_id").Scan(ctx, &approver)
	switch {
	case marquee.IsCode(s.fail("use device request", err), marquee.CodeNotFound):
		return marquee.E(marquee.CodeInvalidGrant)
	case err != nil:
		return err
	}
	lives, err := s.holdOpen(ctx, tx, approver)
	if err == nil && !lives {
		return marquee.E(marquee.CodeWrongCredentials)
	}
	return err
}

// exportDevices goes by the hash of the device code, which stays here.
func (s *Store) exportDevices(ctx context.Context, userID, after string, limit int) (out []any, next string, err error) {
	mark, err := hex.DecodeString(after)
	if err != nil {
		return nil, "", err
	}
	var rows []deviceRequestRow
	err = s.reader.NewSelect().Model(&rows).Where("d.user_id = ? AND d.device_hash > ?", userID, mark).Order("d.device_hash").Limit(int64(limit)).Scan(ctx)
	for _, r := range rows {
		out = append(out, marquee.AnsweredDevice{
			Number: r.Number, Client: r.Client, Address: r.Address, Agent: r.Agent,
			AskedAt: timeOf(r.AskedAt), ExpiresAt: timeOf(r.ExpiresAt),
			Answer: r.Answer, SessionID: r.SessionID, AuthTime: timeOrNil(r.AuthTime),
		})
		next = hex.EncodeToString(r.DeviceHash)
	}
	return out, whole(out, limit, next), err
}
