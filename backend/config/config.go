package config

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is every setting of the backend. The comment of a member is its
// description in .env.example, which a test holds against this file. An empty
// variable counts as not set.
type Config struct {
	// Where the backend listens. ":0" picks a free port on loopback and prints it.
	Addr Address `env:"ADDR" envDefault:"127.0.0.1:8000"`
	// PEM files of a certificate and its key: serve HTTPS. Without them and not
	// on loopback, the start warns.
	TLSCert string `env:"TLS_CERT"`
	TLSKey  string `env:"TLS_KEY"`
	// A listener of its own for /metrics, for example 127.0.0.1:9100.
	MetricsAddr Address `env:"METRICS_ADDR"`
	// Where the embedded parts live: database, secret, lock and socket. The
	// default is the folder "marquee" in XDG_DATA_HOME.
	DataDir string `env:"MARQUEE_DATA_DIR"`

	// postgres://user:password@host/name, or sqlite:PATH. Without it: a SQLite
	// file in MARQUEE_DATA_DIR.
	DatabaseURL DatabaseURL `env:"DATABASE_URL"`
	// redis:// or rediss://. Without it and without REDIS_HOST: inside the
	// process, which only SQLite allows.
	RedisURL RedisURL `env:"REDIS_URL"`
	// The same in four parts, for when REDIS_URL is not set.
	RedisHost     string `env:"REDIS_HOST"`
	RedisPort     int    `env:"REDIS_PORT" envDefault:"6379"`
	RedisDB       int    `env:"REDIS_DB" envDefault:"0"`
	RedisPassword Secret `env:"REDIS_PASSWORD"`

	// The address people use, the only source of links and of the cookie's
	// origin; pages answer 421 to another Host. The default is http://ADDR on
	// loopback; elsewhere it is required.
	PublicURL PublicURL `env:"PUBLIC_URL"`

	// The master secret, 32 bytes or more, or a file that holds it. Required
	// with Postgres; the embedded parts make their own. Make one with: openssl
	// rand -hex 32
	SecretKey     Secret `env:"SECRET_KEY"`
	SecretKeyFile string `env:"SECRET_KEY_FILE"`
	// The secret before, while it is being changed: what it made stays good,
	// and everything is made anew under the present one.
	SecretKeyPrevious Secret `env:"SECRET_KEY_PREVIOUS"`

	// How access tokens are signed: EdDSA, or HS256 as the article does.
	Algorithm Algorithm `env:"ALGORITHM" envDefault:"EdDSA"`
	// Fixed words in every token.
	Issuer   string `env:"JWT_ISSUER" envDefault:"marquee"`
	Audience string `env:"JWT_AUDIENCE" envDefault:"marquee"`
	// How long an access token lives, and how long a session lives unused, by
	// the article's names.
	AccessMinutes int `env:"ACCESS_TOKEN_EXPIRE_MINUTES" envDefault:"30"`
	RefreshDays   int `env:"REFRESH_TOKEN_EXPIRE_DAYS" envDefault:"7"`
	// The same as durations such as 30m or 168h; these win.
	AccessTTL  time.Duration `env:"ACCESS_TOKEN_TTL"`
	RefreshTTL time.Duration `env:"REFRESH_TOKEN_TTL"`
	// When a session ends whatever happens. The default is 720h, or
	// REFRESH_TOKEN_TTL where that is longer.
	SessionTTL time.Duration `env:"SESSION_MAX_TTL"`
	// How long a repeated refresh gets the same successor, 0 to 300 seconds.
	GraceSeconds int `env:"REFRESH_GRACE_SECONDS" envDefault:"30"`
	// The oldest session of a person ends above this number; 1 is the article's rule.
	MaxSessions int `env:"MAX_SESSIONS_PER_USER" envDefault:"10"`
	// Days that security events of accounts are kept, 1 to 3650.
	ActivityDays int `env:"ACTIVITY_DAYS" envDefault:"180"`
	// Characters of a new password, 8 to 128.
	PasswordMin int `env:"PASSWORD_MIN_LENGTH" envDefault:"8"`

	// Origins whose scripts may call the API, separated by commas, for example
	// http://localhost:3000.
	CORSOrigins Origins `env:"CORS_ORIGINS"`
	// Networks of proxies that may say who the client is, in CIDR form,
	// separated by commas.
	TrustedProxies Networks `env:"TRUSTED_PROXIES"`
	// A file of the SSH servers that are believed when they say which key proved
	// itself to them: ssh-ed25519 lines of authorized_keys, each with
	// from="NETWORK,..." at will.
	SSHGatewayKeys string `env:"SSH_GATEWAY_KEYS"`
	// "off" is for load tests.
	RateLimits Switch `env:"RATE_LIMITS" envDefault:"on"`

	// debug, info, warn or error.
	LogLevel Level `env:"LOG_LEVEL" envDefault:"info"`
	// text or json. The default is text on a terminal, else json.
	LogFormat Format `env:"LOG_FORMAT"`

	// Certificate is what TLS_CERT and TLS_KEY hold; nil without them.
	Certificate *tls.Certificate `env:"-"`
	// GatewayKeys are what SSH_GATEWAY_KEYS holds.
	GatewayKeys []GatewayKey `env:"-"`
	// Warnings are what an operator should hear of at the start.
	Warnings []string `env:"-"`
}

// Load reads the settings from an environment in the form of os.Environ. The
// error is an *Error.
func Load(environ []string) (Config, error) {
	variables := env.ToMap(environ)
	for name, value := range variables {
		if strings.TrimSpace(value) == "" {
			delete(variables, name)
		}
	}
	cfg, err := env.ParseAsWithOptions[Config](env.Options{Environment: variables})
	if err != nil {
		return Config{}, parseError(err)
	}
	for _, resolve := range []func(*Config, map[string]string) error{
		resolveListening, resolveStores, resolveSecret, resolveGateways, resolveLives, checkBounds,
	} {
		if err := resolve(&cfg, variables); err != nil {
			return Config{}, err
		}
	}
	return cfg, nil
}

// Embedded reports whether the backend runs on the parts of its data
// directory: one process, one SQLite file.
func (c Config) Embedded() bool { return c.DatabaseURL.sqlite() }

// ActivityLife is ActivityDays as a duration.
func (c Config) ActivityLife() time.Duration { return time.Duration(c.ActivityDays) * day }

// Grace is GraceSeconds as a duration.
func (c Config) Grace() time.Duration { return time.Duration(c.GraceSeconds) * time.Second }

// LogValue keeps a whole Config out of logs by accident.
func (c Config) LogValue() slog.Value { return slog.StringValue("settings") }

// parseError turns the first complaint of the parser into an *Error. The
// parser's own text is dropped, since it repeats the value.
func parseError(err error) error {
	var parse env.ParseError
	if !errors.As(err, &parse) {
		return &Error{Variable: "environment", Want: "readable"}
	}
	field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
	variable := field.Tag.Get("env")
	var own *Error
	switch {
	case errors.As(parse.Err, &own):
		return &Error{Variable: variable, Want: own.Want, Args: own.Args}
	case parse.Type == reflect.TypeFor[time.Duration]():
		return &Error{Variable: variable, Want: "duration"}
	}
	return &Error{Variable: variable, Want: "number"}
}
