package auth

import (
	"context"
	"log/slog"
)

// LogEvents returns Events that writes each to the log.
func LogEvents(log *slog.Logger) Events { return logEvents{log} }

type logEvents struct{ log *slog.Logger }

func (l logEvents) Record(ctx context.Context, e Event) {
	level := slog.LevelInfo
	if e.Kind == EventReuseFound || e.Kind == EventStoreBehind {
		level = slog.LevelWarn
	}
	l.log.LogAttrs(ctx, level, "security event",
		slog.String("event", e.Kind), slog.String("user", e.UserID), slog.String("session", e.SessionID),
		slog.String("reason", e.Reason), slog.String("by", e.Actor), slog.String("by_user", e.ActorID),
		slog.String("address", e.Origin.Address), slog.String("client", e.Origin.Client),
		slog.String("agent", e.Origin.Agent))
}
