package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"example.com/marquee/common/marquee"
)

// placePause is how old the note of a familiar place must be to be written
// anew: a sign-in need not write to SQL each time.
const placePause = 24 * time.Hour

// admission is a sign-in that may be tried, and what its outcome has to say.
type admission struct {
	attempt
	account  Account // the zero value for a name that nobody has
	device   device  // the one that signs in
	known    bool    // it has signed in before
	places   []string
	familiar bool // somebody has signed in from there
	noted    bool // so lately that it need not be written
}

// admit lets a sign-in be tried, before anything is hashed. A name that nobody
// has goes the same way as one that somebody has, at the same pace.
// CodeTooManyRequests; CodeUnavailable.
//
// The pauses of a caller hang on the name as he writes it: if they followed
// the account, a few failures on a user name would tell whether an address
// belongs to it. Failures in a row follow the account, whichever name was
// used.
func (s *Service) admit(ctx context.Context, c marquee.Credentials) (admission, error) {
	network := networkOf(c.Origin)
	if err := s.guard.count(ctx, s.guard.limits.SignIn, "sign-in", network); err != nil {
		return admission{}, err
	}
	account, err := s.accountFor(ctx, c.Login)
	if err != nil {
		return admission{}, err
	}
	a, err := s.recognise(ctx, account, network, c.DeviceToken)
	if err != nil {
		return admission{}, err
	}
	name := marquee.FoldName(c.Login)
	t := Try{
		Account: "name:" + name, Caller: marquee.LimitKey("network", name, network),
		Stranger: subnetOf(c.Origin), Pauses: s.guard.limits.Password, Lane: s.guard.limits.Lane,
	}
	if account.ID != "" {
		t.Account = "account:" + account.ID
	}
	if a.familiar {
		t.Stranger = ""
	}
	if a.known {
		t.Caller, t.Stranger = a.device.String(), ""
	}
	a.attempt, err = s.guard.begin(ctx, t)
	return a, err
}

// recognise looks whether an account was signed in to from the network before,
// or by the device of the token.
func (s *Service) recognise(ctx context.Context, account Account, network, deviceToken string) (admission, error) {
	a := admission{account: account, places: s.masters.places(account.ID, network)}
	last, err := s.accounts.LastFromPlace(ctx, account.ID, a.places)
	if err != nil {
		return a, away("look a place up", err)
	}
	age := s.now().Sub(last)
	a.familiar, a.noted = age < FamiliarFor, age < placePause
	if a.device, a.known = s.masters.deviceOf(deviceToken, account, s.now()); !a.known {
		a.device = newDevice()
	}
	return a, nil
}

// welcome does what follows a sign-in; none of it is a reason to fail one. It
// returns the token by which the device is known from now on. fresh is the
// password's hash of today if the stored one is older, else "".
func (s *Service) welcome(ctx context.Context, a admission, fresh string) (deviceToken string) {
	a.succeed(ctx)
	if !a.noted {
		if err := s.accounts.RememberPlace(ctx, a.account.ID, a.places[0], FamiliarFor); err != nil {
			s.log.WarnContext(ctx, "familiar place not noted", "user", a.account.ID, "error", err)
		}
	}
	if s.rehash(ctx, a.account, fresh) {
		a.account.PasswordHash = fresh
	}
	a.device.issued = s.now()
	return s.masters.present.deviceToken(a.device, a.account)
}

// places are what SQL may remember a network of an account's by, under the
// present key and the previous one: no address can be read from it.
func (k masterKeys) places(accountID, network string) []string {
	var all []string
	for _, m := range k.all() {
		mac := hmac.New(sha256.New, m.place)
		mac.Write([]byte(marquee.LimitKey(accountID, network)))
		all = append(all, hex.EncodeToString(mac.Sum(nil)[:16]))
	}
	return all
}

// networkOf is what one caller's limits go by. Peers on the data directory's
// socket have no address, and what they say they are is believed, since they
// own the directory: visitors over SSH must not keep the person at the machine
// waiting.
func networkOf(o marquee.Origin) string {
	if _, err := netip.ParseAddr(o.Address); err != nil {
		return o.Address + "/" + o.Client
	}
	return marquee.Network(o.Address)
}

// subnetOf is by what strangers share a lane; never "".
func subnetOf(o marquee.Origin) string {
	if _, err := netip.ParseAddr(o.Address); err != nil {
		return o.Address + "/" + o.Client
	}
	return marquee.Subnet(o.Address)
}
