package store

import (
	"strings"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

var _ auth.Sessions = (*Store)(nil)

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	ID             string  `bun:"id,pk"`
	UserID         string  `bun:"user_id"`
	SecretHash     []byte  `bun:"secret_hash"`
	CookieHash     []byte  `bun:"cookie_hash"`
	Counter        int64   `bun:"counter"`
	FromCounter    int64   `bun:"from_counter"`
	RotatedAt      int64   `bun:"rotated_at"`
	Seen           int64   `bun:"seen"`
	CreatedAt      int64   `bun:"created_at"`
	LastUsedAt     int64   `bun:"last_used_at"`
	IdleEnd        int64   `bun:"idle_end"`
	EndsAt         int64   `bun:"ends_at"`
	EndedAt        *int64  `bun:"ended_at"`
	EndReason      string  `bun:"end_reason"`
	AuthTime       *int64  `bun:"auth_time"`
	AMR            string  `bun:"amr"` // separated by spaces
	Client         string  `bun:"client"`
	Address        string  `bun:"address"`
	Agent          string  `bun:"agent"`
	RotatedClient  string  `bun:"rotated_client"`
	RotatedAddress string  `bun:"rotated_address"`
	RotatedAgent   string  `bun:"rotated_agent"`
	Brief          bool    `bun:"brief"`
	KeyID          *string `bun:"key_id"`
	Gateway        bool    `bun:"gateway"`
}

func (r sessionRow) session() auth.Session {
	return auth.Session{
		ID: r.ID, UserID: r.UserID, SecretHash: r.SecretHash, CookieHash: r.CookieHash,
		Counter: r.Counter, FromCounter: r.FromCounter, RotatedAt: timeOf(r.RotatedAt), Seen: r.Seen,
		CreatedAt: timeOf(r.CreatedAt), LastUsedAt: timeOf(r.LastUsedAt),
		IdleEnd: timeOf(r.IdleEnd), EndsAt: timeOf(r.EndsAt),
		EndedAt: timeOrZero(r.EndedAt), EndReason: r.EndReason,
		AuthTime: timeOrZero(r.AuthTime), AMR: strings.Fields(r.AMR),
		Origin:        marquee.Origin{Client: r.Client, Address: r.Address, Agent: r.Agent},
		RotatedOrigin: marquee.Origin{Client: r.RotatedClient, Address: r.RotatedAddress, Agent: r.RotatedAgent},
		Brief:         r.Brief, KeyID: orEmpty(r.KeyID), Gateway: r.Gateway,
	}
}

func rowOf(s auth.Session) sessionRow {
	s.Origin, s.RotatedOrigin = storableOrigin(s.Origin), storableOrigin(s.RotatedOrigin)
	return sessionRow{
		ID: s.ID, UserID: s.UserID, SecretHash: s.SecretHash, CookieHash: s.CookieHash,
		Counter: s.Counter, FromCounter: s.FromCounter, RotatedAt: micros(s.RotatedAt), Seen: s.Seen,
		CreatedAt: micros(s.CreatedAt), LastUsedAt: micros(s.LastUsedAt),
		IdleEnd: micros(s.IdleEnd), EndsAt: micros(s.EndsAt),
		EndedAt: microsOrNull(s.EndedAt), EndReason: s.EndReason,
		AuthTime: microsOrNull(s.AuthTime), AMR: strings.Join(s.AMR, " "),
		Client: s.Origin.Client, Address: s.Origin.Address, Agent: s.Origin.Agent,
		RotatedClient: s.RotatedOrigin.Client, RotatedAddress: s.RotatedOrigin.Address, RotatedAgent: s.RotatedOrigin.Agent,
		Brief: s.Brief, KeyID: textOrNull(s.KeyID), Gateway: s.Gateway,
	}
}

// storableOrigin makes what a client says of itself fit to be kept and shown:
// a NUL in an agent must not turn a sign-in into an error.
func storableOrigin(o marquee.Origin) marquee.Origin {
	return marquee.Origin{
		Client: marquee.CleanText(o.Client, 16), Address: marquee.CleanText(o.Address, 64), Agent: marquee.CleanText(o.Agent, 256),
	}
}

// openNow is the condition of a session that has neither ended nor run out.
const openNow = "s.ended_at IS NULL AND s.idle_end > ? AND s.ends_at > ?"
