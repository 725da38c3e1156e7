package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"example.com/marquee/common/marquee"
)

// Deps are what the rules need of others. All but Attempts, Events, Clock and
// Log are required.
type Deps struct {
	Accounts Accounts
	Sessions Sessions
	Keys     SigningKeys
	Copies   Copies
	Attempts Attempts // nil: no limits, for load tests
	Activity ActivityRecord
	// Belongings is for exports.
	Belongings Belongings
	Live       Live             // nil: nobody listens
	Gateways   Gateways         // nil: NoGateways
	Events     Events           // nil: LogEvents(Log)
	Clock      func() time.Time // nil: time.Now; it dates access tokens only, sessions go by the store's
	Log        *slog.Logger     // nil: slog.Default()
}

// Config is what an operator may set.
type Config struct {
	Master         []byte                // at least MasterMin bytes
	PreviousMaster []byte                // nil without
	Algorithm      string                // AlgorithmEdDSA (also "") or AlgorithmHS256
	Issuer         string                // "" is "marquee"
	Audience       string                // "" is "marquee"
	Lives          Lives                 // the zero value is DefaultLives
	MaxSessions    int                   // of one person; 0 is 10
	ActivityLife   time.Duration         // how long security events are kept; 0 is 180 days
	Passwords      marquee.PasswordRules // with a judge
	Limits         Limits                // the zero value is DefaultLimits
	HashCost       HashCost              // of new password hashes; the zero value is DefaultHashCost, less is for tests
	HashSlots      int                   // passwords hashed at once; 0 is DefaultHashSlots
	HashQueue      int                   // requests that may wait for a slot; 0 is 128
}

// DefaultLives are the lives of the design.
func DefaultLives() Lives {
	return Lives{
		Access: 30 * time.Minute, Idle: 7 * 24 * time.Hour,
		Absolute: 30 * 24 * time.Hour, Grace: 30 * time.Second,
	}
}

// maxGrace bounds Lives.Grace: within it a stolen token can be followed.
const maxGrace = 300 * time.Second

// refreshDeadline is how long a refresh may have waited and still change
// something, by the monotonic clock: a client has given up by then, and its
// next try must not race with this one.
const refreshDeadline = 10 * time.Second

// Service is the rules of identity. Start it before use; it is safe for
// concurrent use afterwards.
type Service struct {
	accounts   Accounts
	sessions   Sessions
	copies     Copies
	activity   ActivityRecord
	belongings Belongings
	live       Live
	gateways   Gateways
	origins    atomic.Pointer[[]string]
	events     Events
	log        *slog.Logger
	now        func() time.Time

	issuer       string
	audience     string
	lives        Lives
	maxSessions  int
	activityLife time.Duration
	passwords    marquee.PasswordRules

	masters         masterKeys
	keys            *keyRing
	verifier        *verifier
	guard           *guard
	hasher          *hasher
	refreshDeadline time.Duration
	failures        onTheWay
}

var (
	_ marquee.AuthService    = (*Service)(nil)
	_ marquee.AccountService = (*Service)(nil)
	_ marquee.AdminService   = (*Service)(nil)
	_ marquee.KeyService     = (*Service)(nil)
	_ marquee.DeviceService  = (*Service)(nil)

	_ marquee.PersonalDataService = (*Service)(nil)
)

// New makes a Service; it refuses settings that are not safe.
func New(d Deps, c Config) (*Service, error) {
	if d.Accounts == nil || d.Sessions == nil || d.Keys == nil || d.Copies == nil || d.Activity == nil || d.Belongings == nil {
		return nil, errors.New("auth: a store is missing")
	}
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	masters, err := newMasterKeys(c.Master, c.PreviousMaster)
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	if d.Clock == nil {
		d.Clock = time.Now
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Events == nil {
		d.Events = LogEvents(d.Log)
	}
	if d.Gateways == nil {
		d.Gateways = NoGateways{}
	}
	if d.Live != nil {
		d.Events = toldEvents{Events: d.Events, live: d.Live, now: d.Clock}
	}
	return &Service{
		accounts: d.Accounts, sessions: d.Sessions, copies: d.Copies, activity: d.Activity, belongings: d.Belongings, live: d.Live, gateways: d.Gateways, activityLife: c.ActivityLife,
		events: d.Events, log: d.Log, now: d.Clock,
		issuer: c.Issuer, audience: c.Audience, lives: c.Lives,
		maxSessions: c.MaxSessions, passwords: c.Passwords,
		masters: masters,
		keys: &keyRing{
			store: d.Keys, masters: masters, algorithm: c.Algorithm,
			life: c.Lives.Access, now: d.Clock, log: d.Log,
		},
		verifier:        newVerifier(c.Algorithm, c.Issuer, c.Audience, c.Lives.Access, d.Clock),
		guard:           &guard{limits: c.Limits, attempts: d.Attempts, log: d.Log},
		hasher:          newHasher(c.HashSlots, c.HashQueue, c.HashCost),
		refreshDeadline: refreshDeadline,
	}, nil
}

// ServeAs says under which origins the service is reached: PUBLIC_URL and, on
// a data directory, the unix:// URL of its socket. Until then nothing that was
// signed for an origin is good.
func (s *Service) ServeAs(origins ...string) { s.origins.Store(&origins) }

func (s *Service) own() []string {
	if own := s.origins.Load(); own != nil {
		return *own
	}
	return nil
}

// Start loads the signing keys. It makes the first one in an empty store and
// fails if one of them opens with neither master secret. What the previous
// master secret had sealed is sealed under the present one.
func (s *Service) Start(ctx context.Context) error {
	if err := s.keys.start(ctx); err != nil {
		return err
	}
	return s.resealFactors(ctx)
}

func (c Config) withDefaults() Config {
	if c.Algorithm == "" {
		c.Algorithm = AlgorithmEdDSA
	}
	if c.Issuer == "" {
		c.Issuer = "marquee"
	}
	if c.Audience == "" {
		c.Audience = "marquee"
	}
	if c.Lives == (Lives{}) {
		c.Lives = DefaultLives()
	}
	if c.MaxSessions == 0 {
		c.MaxSessions = 10
	}
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.ActivityLife == 0 {
		c.ActivityLife = 180 * 24 * time.Hour
	}
	if c.HashCost == (HashCost{}) {
		c.HashCost = DefaultHashCost()
	}
	if c.HashSlots == 0 {
		c.HashSlots = DefaultHashSlots()
	}
	if c.HashQueue == 0 {
		c.HashQueue = 128
	}
	return c
}

func (c Config) check() error {
	switch {
	case c.Passwords.Judge == nil:
		return errors.New("nobody judges passwords")
	case c.Algorithm != AlgorithmEdDSA && c.Algorithm != AlgorithmHS256:
		return fmt.Errorf("unknown algorithm %q", c.Algorithm)
	case c.Lives.Access < time.Second || c.Lives.Idle < time.Second || c.Lives.Absolute < time.Second:
		return errors.New("a life is shorter than a second")
	case c.Lives.Grace < 0 || c.Lives.Grace > maxGrace:
		return errors.New("the grace of a refresh is not within 0 to 300 seconds")
	case !c.HashCost.allowed():
		return errors.New("the cost of a password hash is out of bounds")
	case c.MaxSessions < 1 || c.HashSlots < 1 || c.HashQueue < 0:
		return errors.New("a limit is below one")
	}
	return nil
}
