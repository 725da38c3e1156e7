package auth

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
)

// Limits are all the numbers about who tries too often. A network is an IPv4
// address or the /64 of an IPv6 one (marquee.Network).
type Limits struct {
	SignIn       marquee.Limit // sign-ins to whatever account, per network
	Register     marquee.Limit // accounts made, per network
	Judge        marquee.Limit // new passwords judged, good or bad, per network: one can cost what a hash does
	Challenge    marquee.Limit // nonces for SSH keys, per network
	AskDevice    marquee.Limit // devices that ask to be let in, per network
	UserCode     marquee.Limit // user codes tried, per person
	UserCodes    marquee.Limit // the same of all persons together, per network
	PollDevice   marquee.Limit // questions of devices whether they are in, per network
	PasswordLink marquee.Limit // uses of one-use links, per network
	DeadRefresh  marquee.Limit // repetitions of a refused refresh token, per network and token
	Export       marquee.Limit // exports of all that is held, per account
	// Change counts new names, addresses and passwords, per account and per
	// network: they tell what is taken. Recovery codes made anew and changes of
	// SSH keys count for the account: all of it is recorded.
	Change marquee.Limit

	Password     Pauses // wrong passwords, per name and network or device
	OwnPassword  Pauses // wrong current passwords, per session
	SecondFactor Pauses // wrong codes of an account, per familiar network or device, and of all strangers together
	Lane         Lane
}

// Pauses are how long somebody waits who fails again and again. What he failed
// is forgotten at once when he succeeds, and else an hour after the last
// failure for each: going away gains nothing.
type Pauses struct {
	Free    int           // failures that cost no time
	First   time.Duration // the pause after the first beyond them; each further one doubles it
	Longest time.Duration
}

// Memory is how long one failure is remembered after the last, and MostMemory
// the most that any number of them is.
const (
	Memory     = time.Hour
	MostMemory = 24 * time.Hour
)

// Lane is the slow lane of an account whose sign-ins fail in a row, whoever
// tries. Strangers share it: networks (marquee.Subnet, a /24 or a /64) get
// places in the order in which they ask, one each; a place lets one try
// through, and places begin Every apart. Those who have signed in to the
// account before, from that network or with that device, are not in it.
type Lane struct {
	After  int           // failures in a row; 0: there is no lane
	Every  time.Duration // between two places
	Places int           // that are given out ahead; beyond, nobody gets a new one
	Hold   time.Duration // how long a place waits for its network
}

// DefaultLimits are the limits of a service on the open Internet. A hundred
// failures in a row is the bound of NIST SP 800-63B-4 section 3.2.2.
func DefaultLimits() Limits {
	return Limits{
		SignIn:       marquee.Limit{Rate: 60, Period: time.Minute, Burst: 60},
		Register:     marquee.Limit{Rate: 20, Period: time.Hour, Burst: 10},
		Judge:        marquee.Limit{Rate: 60, Period: time.Minute, Burst: 60},
		Challenge:    marquee.Limit{Rate: 60, Period: time.Minute, Burst: 60},
		AskDevice:    marquee.Limit{Rate: 20, Period: time.Minute, Burst: 20},
		UserCode:     marquee.Limit{Rate: 20, Period: 10 * time.Minute, Burst: 20},
		UserCodes:    marquee.Limit{Rate: 60, Period: 10 * time.Minute, Burst: 60},
		PollDevice:   marquee.Limit{Rate: 600, Period: time.Minute, Burst: 600},
		PasswordLink: marquee.Limit{Rate: 60, Period: time.Minute, Burst: 60},
		DeadRefresh:  marquee.Limit{Rate: 5, Period: time.Minute, Burst: 5},
		Export:       marquee.Limit{Rate: 10, Period: time.Hour, Burst: 10},
		Change:       marquee.Limit{Rate: 20, Period: time.Hour, Burst: 10},

		Password:     Pauses{Free: 3, First: time.Second, Longest: 15 * time.Minute},
		OwnPassword:  Pauses{Free: 5, First: time.Second, Longest: 15 * time.Minute},
		SecondFactor: Pauses{Free: 5, First: time.Second, Longest: 15 * time.Minute},
		Lane:         Lane{After: 100, Every: 30 * time.Second, Places: 120, Hold: 10 * time.Minute},
	}
}

// Try is one try that may fail. Its texts may hold anything.
type Try struct {
	// Account is what is tried: failures in a row are counted under it.
	Account string
	// Caller is who tries it; he has pauses of his own.
	Caller string
	// Stranger is the network of a caller who is not familiar; "" for one who is.
	Stranger string
	Pauses   Pauses
	Lane     Lane
}

// Attempts counts what is tried and what failed. A limit is never lifted
// because a part is away.
type Attempts interface {
	marquee.Limiter
	// Begin lets a try through and counts it as failed, so that any number at
	// once cannot slip by; or it returns how long to wait, and nothing is
	// counted.
	Begin(ctx context.Context, t Try) (wait time.Duration, err error)
	// Withdraw takes the count of a try back that came to nothing.
	Withdraw(ctx context.Context, t Try) error
	// Succeed forgets the failures of the caller and those in a row.
	Succeed(ctx context.Context, t Try) error
}
