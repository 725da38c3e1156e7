package store

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

var _ auth.Belongings = (*Store)(nil)

// Belongings lists what a person has here, part by part; see auth.Belongings.
func (s *Store) Belongings(ctx context.Context, userID string, part marquee.ExportPart, after string, limit int) (rows []any, next string, err error) {
	list := map[marquee.ExportPart]func(context.Context, string, string, int) ([]any, string, error){
		marquee.ExportRatings: s.exportRatings, marquee.ExportWatchlist: s.exportWatchlist, marquee.ExportViewings: s.exportViewings,
		marquee.ExportSessions: s.exportSessions, marquee.ExportActivity: s.exportActivity, marquee.ExportSSHKeys: s.exportKeys,
		marquee.ExportFamiliarNetworks: s.exportPlaces, marquee.ExportPasswordLinks: s.exportLinks, marquee.ExportPendingSignIns: s.exportAttempts,
		marquee.ExportDeviceRequests: s.exportDevices,
	}[part]
	if list == nil {
		return nil, "", marquee.E(marquee.CodeInternal)
	}
	rows, next, err = list(ctx, userID, after, limit)
	return rows, next, s.fail("export "+string(part), err)
}

// filmName names the film of an exported row.
type filmName struct {
	MovieID string `bun:"movie_id"`
	Title   string `bun:"title"`
	Year    int    `bun:"year"`
}

// ofFilms selects rows of a table as o, with their films, after the mark.
func (s *Store) ofFilms(table, userID, after, mark string, limit int) *bun.SelectQuery {
	return s.reader.NewSelect().TableExpr("? AS o", bun.Ident(table)).
		ColumnExpr("o.movie_id, m.title, m.year").Join("JOIN movies AS m ON m.id = o.movie_id").
		Where("o.user_id = ?", userID).Where(mark+" > ?", after).OrderExpr(mark).Limit(int64(limit))
}

// whole is the mark after a batch: "" when it was the last.
func whole(rows []any, limit int, mark string) string {
	if len(rows) < limit {
		return ""
	}
	return mark
}

func (s *Store) exportRatings(ctx context.Context, userID, after string, limit int) (out []any, next string, err error) {
	var rows []struct {
		filmName
		Rating int   `bun:"rating"`
		At     int64 `bun:"at"`
	}
	err = s.ofFilms("ratings", userID, after, "o.movie_id", limit).ColumnExpr("o.rating, o.at").Scan(ctx, &rows)
	for _, r := range rows {
		out = append(out, marquee.ExportedRating{FilmName: marquee.FilmName(r.filmName), Rating: r.Rating, RatedAt: timeOf(r.At)})
		next = r.MovieID
	}
	return out, whole(out, limit, next), err
}

func (s *Store) exportWatchlist(ctx context.Context, userID, after string, limit int) (out []any, next string, err error) {
	var rows []struct {
		filmName
		At int64 `bun:"at"`
	}
	err = s.ofFilms("watchlist", userID, after, "o.movie_id", limit).ColumnExpr("o.at").Scan(ctx, &rows)
	for _, r := range rows {
		out = append(out, marquee.ExportedListing{FilmName: marquee.FilmName(r.filmName), ListedAt: timeOf(r.At)})
		next = r.MovieID
	}
	return out, whole(out, limit, next), err
}

func (s *Store) exportViewings(ctx context.Context, userID, after string, limit int) (out []any, next string, err error) {
	var rows []struct {
		filmName
		WatchedOn marquee.Date `bun:"watched_on"`
		Rewatch   bool         `bun:"rewatch"`
		At        int64        `bun:"at"`
	}
	err = s.ofFilms("watched", userID, after, "o.movie_id || ' ' || o.watched_on", limit).ColumnExpr("o.watched_on, o.rewatch, o.at").Scan(ctx, &rows)
	for _, r := range rows {
		out = append(out, marquee.ExportedViewing{
			FilmName: marquee.FilmName(r.filmName), WatchedOn: r.WatchedOn, Rewatch: r.Rewatch, NotedAt: timeOf(r.At),
		})
		next = r.MovieID + " " + string(r.WatchedOn)
	}
	return out, whole(out, limit, next), err
}

func (s *Store) exportSessions(ctx context.Context, userID, after string, limit int) (out []any, next string, err error) {
	var rows []sessionRow
	err = s.reader.NewSelect().Model(&rows).Where("s.user_id = ? AND s.id > ?", userID, after).Order("s.id").Limit(int64(limit)).Scan(ctx)
	for _, r := range rows {
		out = append(out, marquee.ExportedSession{
			ID: r.ID, Client: r.Client, Address: r.Address, Agent: r.Agent, AMR: strings.Fields(r.AMR),
			CreatedAt: timeOf(r.CreatedAt), LastUsedAt: timeOf(r.LastUsedAt), IdleEnd: timeOf(r.IdleEnd), EndsAt: timeOf(r.EndsAt),
			EndedAt: timeOrNil(r.EndedAt), EndReason: r.EndReason, AuthTime: timeOrNil(r.AuthTime), Brief: r.Brief,
			Rotations: r.Counter - 1, RotatedAt: timeOf(r.RotatedAt),
			RotatedClient: r.RotatedClient, RotatedAddress: r.RotatedAddress, RotatedAgent: r.RotatedAgent, KeyID: orEmpty(r.KeyID), Gateway: r.Gateway,
		})
		next = r.ID
	}
	return out, whole(out, limit, next), err
}

func timeOrNil(us *int64) *time.Time {
	if us == nil {
		return nil
	}
	t := timeOf(*us)
	return &t
}

func (s *Store) exportActivity(ctx context.Context, userID, after string, limit int) (out []any, next string, err error) {
	mark := auth.ActivityMark{}
	if at, id, ok := strings.Cut(after, " "); ok {
		if mark.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return nil, "", err
		}
		mark.ID = id
	}
	rows, err := s.Activity(ctx, userID, mark, limit)
	for _, r := range rows {
		out = append(out, r)
		next = r.At.Format(time.RFC3339Nano) + " " + r.ID
	}
	return out, whole(out, limit, next), err
}

func (s *Store) exportKeys(ctx context.Context, userID, after string, limit int) (out []any, next string, err error) {
	var rows []sshKeyRow
	err = s.reader.NewSelect().Model(&rows).Where("k.user_id = ? AND k.id > ?", userID, after).Order("k.id").Limit(int64(limit)).Scan(ctx)
	for _, r := range rows {
		k := r.key()
		out = append(out, marquee.ExportedSSHKey{SSHKey: k.SSHKey, PublicKey: k.PublicKey})
		next = r.ID
	}
	return out, whole(out, limit, next), err
}

// exportPlaces lists one batch: there are never as many (mostPlaces).
func (s *Store) exportPlaces(ctx context.Context, userID, _ string, limit int) (out []any, _ string, err error) {
	var rows []placeRow
	err = s.reader.NewSelect().Model(&rows).Where("user_id = ?", userID).Order("last_at", "place").Limit(int64(limit)).Scan(ctx)
	for _, r := range rows {
		out = append(out, marquee.FamiliarNetwork{LastAt: timeOf(r.LastAt)})
	}
	return out, "", err
}

// exportLinks lists one batch: a person has one link at a time.
func (s *Store) exportLinks(ctx context.Context, userID, _ string, limit int) (out []any, _ string, err error) {
	var rows []passwordLinkRow
	err = s.reader.NewSelect().Model(&rows).Where("user_id = ?", userID).Order("created_at").Limit(int64(limit)).Scan(ctx)
	for _, r := range rows {
		out = append(out, marquee.PasswordLink{CreatedAt: timeOf(r.CreatedAt), ExpiresAt: timeOf(r.ExpiresAt)})
	}
	return out, "", err
}

// exportAttempts lists one batch: what is older than minutes is taken away.
func (s *Store) exportAttempts(ctx context.Context, userID, _ string, limit int) (out []any, _ string, err error) {
	var rows []attemptRow
	err = s.reader.NewSelect().Model(&rows).Where("user_id = ?", userID).Order("expires_at").Limit(int64(limit)).Scan(ctx)
	for _, r := range rows {
		out = append(out, marquee.PendingSignIn{Method: r.Method, KeyID: r.KeyID, TriesLeft: r.TriesLeft, ExpiresAt: timeOf(r.ExpiresAt)})
	}
	return out, "", err
}
