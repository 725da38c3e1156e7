package config

import (
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/adrg/xdg"
)

// DatabaseURL names the database; "" is the SQLite file of the data directory.
// It carries a password, so it is shown as a Secret is.
type DatabaseURL struct{ Secret }

var postgresSchemes = []string{"postgres", "postgresql", "postgresql+asyncpg"}

// UnmarshalText reads a Postgres URL, in the spellings that SQLAlchemy uses as
// well, or sqlite:PATH.
func (d *DatabaseURL) UnmarshalText(text []byte) error {
	s := string(text)
	if path, ok := strings.CutPrefix(s, "sqlite:"); ok && strings.TrimLeft(path, "/") != "" {
		d.Secret = Secret(s)
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || !slices.Contains(postgresSchemes, u.Scheme) || strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
		return want("database_url")
	}
	d.Secret = Secret(s)
	return nil
}

func (d DatabaseURL) sqlite() bool {
	return d.Secret == "" || strings.HasPrefix(string(d.Secret), "sqlite:")
}

// RedisURL names the Redis server; "" is the one inside the process.
type RedisURL struct{ Secret }

// UnmarshalText reads a redis or rediss URL.
func (r *RedisURL) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" {
		return want("redis_url")
	}
	r.Secret = Secret(text)
	return nil
}

// resolveStores fills REDIS_URL from its parts and the data directory, and
// refuses pairs that would quietly be less than what was asked for.
func resolveStores(c *Config, variables map[string]string) error {
	if err := resolveRedis(c, variables); err != nil {
		return err
	}
	if !c.Embedded() && c.RedisURL.Secret == "" {
		// Each process would have a Redis of its own, and a sign-out at one
		// would be no sign-out at the other.
		return wantFor("REDIS_URL", "redis_required")
	}
	if c.DataDir == "" {
		c.DataDir = filepath.Join(dataHome(variables), "marquee")
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return wantFor("MARQUEE_DATA_DIR", "directory")
	}
	c.DataDir = dir
	return nil
}

func resolveRedis(c *Config, variables map[string]string) error {
	if c.RedisURL.Secret != "" {
		return nil
	}
	if c.RedisHost == "" {
		for _, name := range []string{"REDIS_PORT", "REDIS_DB", "REDIS_PASSWORD"} {
			if variables[name] != "" {
				return wantFor("REDIS_HOST", "together", "Other", name)
			}
		}
		return nil
	}
	if c.RedisPort < 1 || c.RedisPort > 65535 {
		return wantFor("REDIS_PORT", "between", "Min", 1, "Max", 65535)
	}
	if c.RedisDB < 0 {
		return wantFor("REDIS_DB", "number")
	}
	u := url.URL{Scheme: "redis", Host: net.JoinHostPort(c.RedisHost, strconv.Itoa(c.RedisPort)), Path: "/" + strconv.Itoa(c.RedisDB)}
	if c.RedisPassword != "" {
		u.User = url.UserPassword("", c.RedisPassword.Reveal())
	}
	c.RedisURL.Secret = Secret(u.String())
	return nil
}

// dataHome is the directory of the given environment; the library knows only
// that of the process.
func dataHome(variables map[string]string) string {
	if dir := variables["XDG_DATA_HOME"]; filepath.IsAbs(dir) {
		return dir
	}
	return xdg.DataHome
}

// LogValue hides the URL.
func (d DatabaseURL) LogValue() slog.Value { return d.Secret.LogValue() }

// LogValue hides the URL.
func (r RedisURL) LogValue() slog.Value { return r.Secret.LogValue() }
