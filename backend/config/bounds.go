package config

import "time"

const day = 24 * time.Hour

// The bounds of the lives.
const (
	minAccess, maxAccess   = 10 * time.Second, day
	minRefresh, maxRefresh = time.Minute, 400 * day
	defaultSession         = 30 * day
)

// resolveLives fills the durations from the article's names and checks that
// each life fits into the next.
func resolveLives(c *Config, variables map[string]string) error {
	access, refresh := "ACCESS_TOKEN_TTL", "REFRESH_TOKEN_TTL"
	if variables[access] == "" {
		if c.AccessMinutes < 1 || c.AccessMinutes > 1440 {
			return wantFor("ACCESS_TOKEN_EXPIRE_MINUTES", "between", "Min", 1, "Max", 1440)
		}
		access, c.AccessTTL = "ACCESS_TOKEN_EXPIRE_MINUTES", time.Duration(c.AccessMinutes)*time.Minute
	}
	if variables[refresh] == "" {
		if c.RefreshDays < 1 || c.RefreshDays > 400 {
			return wantFor("REFRESH_TOKEN_EXPIRE_DAYS", "between", "Min", 1, "Max", 400)
		}
		refresh, c.RefreshTTL = "REFRESH_TOKEN_EXPIRE_DAYS", time.Duration(c.RefreshDays)*day
	}
	if c.AccessTTL < minAccess || c.AccessTTL > maxAccess {
		return wantFor(access, "between", "Min", minAccess, "Max", maxAccess)
	}
	if c.RefreshTTL < minRefresh || c.RefreshTTL > maxRefresh {
		return wantFor(refresh, "between", "Min", minRefresh, "Max", maxRefresh)
	}
	if c.RefreshTTL < c.AccessTTL {
		return wantFor(refresh, "at_least_other", "Other", access)
	}
	if variables["SESSION_MAX_TTL"] == "" {
		c.SessionTTL = max(defaultSession, c.RefreshTTL)
	}
	if c.SessionTTL < c.RefreshTTL || c.SessionTTL > maxRefresh {
		return wantFor("SESSION_MAX_TTL", "at_least_other", "Other", refresh)
	}
	return nil
}

func checkBounds(c *Config, _ map[string]string) error {
	for _, b := range []struct {
		variable        string
		value, min, max int
	}{
		{"REFRESH_GRACE_SECONDS", c.GraceSeconds, 0, 300},
		{"MAX_SESSIONS_PER_USER", c.MaxSessions, 1, 1000},
		{"ACTIVITY_DAYS", c.ActivityDays, 1, 3650},
		{"PASSWORD_MIN_LENGTH", c.PasswordMin, 8, 128},
	} {
		if b.value < b.min || b.value > b.max {
			return wantFor(b.variable, "between", "Min", b.min, "Max", b.max)
		}
	}
	for variable, word := range map[string]string{"JWT_ISSUER": c.Issuer, "JWT_AUDIENCE": c.Audience} {
		if len(word) > 128 {
			return wantFor(variable, "at_most_characters", "Max", 128)
		}
	}
	return nil
}
