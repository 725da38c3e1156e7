package auth

import (
	"context"
	"slices"
	"time"

	"example.com/marquee/common/marquee"
)

// Account is a user with what only these rules may see.
type Account struct {
	marquee.User
	// PasswordHash is a PHC string (argon2id) or a bcrypt hash of the
	// article's; "" lets nobody in.
	PasswordHash string
	// TOTP is the sealed secret of the second factor, nil without one;
	// TOTPPending that of one that was started and not confirmed.
	TOTP, TOTPPending []byte
}

// Why a session ended, as SQL keeps it.
const (
	EndLogout    = "logout"     // the person signed out here
	EndLogoutAll = "logout_all" // the person signed out everywhere
	EndRevoked   = "revoked"    // ended from another session of the person
	EndReuse     = "reuse"      // an old refresh token came back
	EndCap       = "cap"        // a newer sign-in went above the cap
	EndPassword  = "password"   // password or address changed
	EndDisabled  = "disabled"   // the account was disabled
	EndFactor    = "mfa"        // the second factor was put to use or taken away
	EndDeleted   = "deleted"    // the account was deleted
	EndRestored  = "restored"   // an older state was restored, in which it was live again
	EndKey       = "key"        // the SSH key that opened it was removed
)

// Session is one row of the truth about sessions. Counters count rotations:
// Counter is the refresh token out now, FromCounter the one it was last made
// from, Seen the highest whose access token has arrived.
type Session struct {
	ID          string // UUIDv7
	UserID      string
	SecretHash  []byte // SHA-256 of the secret part of the refresh token; nil for a browser session
	CookieHash  []byte // SHA-256 of the cookie; nil for a token session
	Counter     int64
	FromCounter int64
	RotatedAt   time.Time
	Seen        int64

	CreatedAt  time.Time
	LastUsedAt time.Time
	IdleEnd    time.Time
	EndsAt     time.Time // absolute
	EndedAt    time.Time // zero: not ended
	EndReason  string

	AuthTime time.Time
	AMR      []string
	Origin   marquee.Origin
	// Rotated from elsewhere: the address and agent of the rotation that made
	// Counter; compared with those of a repetition inside the grace period.
	RotatedOrigin marquee.Origin
	// Brief sessions live for one command over SSH and do not count for the cap.
	Brief bool
	// KeyID is the linked SSH key that opened it; "" for a password.
	KeyID string
	// Gateway marks a session of a visitor over SSH. It ends with its channel,
	// and runs out soon if the SSH server dies.
	Gateway bool
	// Device is the hash of the device code that opens the session, which
	// OpenSession uses up; nil for others. It is kept nowhere.
	Device []byte
}

// ByPassword tells whether a password opened the session.
func (s Session) ByPassword() bool { return slices.Contains(s.AMR, amrPassword) }

// Lives are the bounds of a session's life.
type Lives struct {
	Access   time.Duration // access token, 30 min
	Idle     time.Duration // refresh token, 7 days, renewed by rotation
	Absolute time.Duration // session, 30 days, never renewed
	Grace    time.Duration // a repeated refresh within it gets the same successor; 0 to 300 s
}

// IdleOf is how long a session lives unused. One of an SSH server is used at
// least once in the life of an access token, as long as the server lives.
func (l Lives) IdleOf(gateway bool) time.Duration {
	if gateway {
		return min(l.Idle, 2*l.Access)
	}
	return l.Idle
}

// AbsoluteOf is how long a session lives whatever happens.
func (l Lives) AbsoluteOf(brief bool) time.Duration {
	if brief {
		return min(l.Absolute, l.Access)
	}
	return l.Absolute
}

// Accounts is the store of people. Names and addresses are compared in the
// form of marquee.FoldName. Errors are marquee.Error: CodeNotFound,
// CodeUsernameTaken, CodeEmailTaken, CodeUnavailable. What changes an account,
// its second factor or its keys for a session that the context acts for answers
// CodeInvalidToken when that has ended meanwhile, and changes nothing.
type Accounts interface {
	CreateAccount(ctx context.Context, a Account) (Account, error)
	AccountByLogin(ctx context.Context, login string) (Account, error) // user name or address
	AccountByID(ctx context.Context, id string) (Account, error)
	// UpdateAccount changes the members that are not nil. With endReason set
	// it ends the person's sessions but keep ("" keeps none) in the same
	// transaction, which locks the user row first, and returns their ids.
	// With ifHash set it answers CodeWrongPassword unless the stored hash is
	// still that one. AdminID is explained at AccountPatch.
	UpdateAccount(ctx context.Context, id string, p AccountPatch) (a Account, ended []string, err error)
	// DeleteAccount removes a person with all that refers to him, in one
	// transaction. What happened to the account stays on record without saying
	// whose it was. It returns the ids of sessions that may have a copy.
	// CodeWrongPassword unless the stored hash is still ifHash, CodeNotFound,
	// CodeLastSuperuser.
	DeleteAccount(ctx context.Context, id, ifHash string) (ended []string, err error)
	// RehashPassword replaces the hash if it is still old; no error if not.
	RehashPassword(ctx context.Context, id, old, new string) error
	// LastFromPlace returns when the person last signed in from one of places;
	// the zero time if never, or if nobody has that id.
	LastFromPlace(ctx context.Context, userID string, places []string) (time.Time, error)
	// RememberPlace notes that the person signed in from place just now, and
	// forgets those of his that are older than keep.
	RememberPlace(ctx context.Context, userID, place string, keep time.Duration) error
	// FindAccounts lists accounts by folded user name. CountAccounts counts
	// those of a query wherever it begins, up to one above most.
	FindAccounts(ctx context.Context, q AccountQuery) ([]Account, error)
	CountAccounts(ctx context.Context, q AccountQuery, most int) (int, error)
	// CreatePasswordLink keeps the SHA-256 of a one-use link for that long, and
	// returns until when.
	CreatePasswordLink(ctx context.Context, userID string, hash []byte, life time.Duration) (expires time.Time, err error)
	// UsePasswordLink spends the link, sets the hash and ends every session of
	// the person in one transaction. CodeNotFound if unknown, used or expired.
	UsePasswordLink(ctx context.Context, hash []byte, newPasswordHash string) (a Account, ended []string, err error)
	// PasswordLinkOwner returns whose live link this is, without spending it.
	PasswordLinkOwner(ctx context.Context, hash []byte) (Account, error)

	SecondFactors
	PendingSignIns
	LinkedKeys
	DeviceRequests
}

// SecondFactors is the store of second factors, part of that of people.
type SecondFactors interface {
	// SetPendingTOTP keeps the sealed secret of a factor that was started, in
	// place of one started before.
	SetPendingTOTP(ctx context.Context, userID string, sealed []byte) error
	// ConfirmTOTP makes the pending secret the factor's, if it is still that
	// one (CodeNotFound if not), with step as the last one used and these
	// recovery codes only, and ends the person's sessions but keep, in one
	// transaction that locks the user row first.
	ConfirmTOTP(ctx context.Context, userID string, pending []byte, step int64, codes [][]byte, keep, endReason string) (ended []string, err error)
	// EndTOTP removes factor, pending secret and recovery codes in the same
	// way. It reports whether there was a factor; without one nothing ends.
	EndTOTP(ctx context.Context, userID, keep, endReason string) (had bool, ended []string, err error)
	// UseTOTPStep notes a time step as used, in one statement, if it is later
	// than the last one.
	UseTOTPStep(ctx context.Context, userID string, step int64) (bool, error)
	// ResealTOTP replaces the sealed form of a secret if it is still old.
	ResealTOTP(ctx context.Context, userID string, old, sealed []byte) error
	// AccountsWithTOTP lists accounts that have a factor by id, those after
	// the given one.
	AccountsWithTOTP(ctx context.Context, after string, limit int) ([]Account, error)
	// UseRecoveryCode removes a code for somebody at o; false if it is not there.
	UseRecoveryCode(ctx context.Context, userID string, hash []byte, o marquee.Origin) (bool, error)
	ReplaceRecoveryCodes(ctx context.Context, userID string, hashes [][]byte) error
	CountRecoveryCodes(ctx context.Context, userID string) (int, error)
}

// PendingSignIns is the store of sign-ins that wait for a code.
type PendingSignIns interface {
	// CreateAttempt keeps an attempt for that long. What has run out goes.
	CreateAttempt(ctx context.Context, a PendingSignIn, life time.Duration) error
	// TryAttempt takes one try from a live attempt, in one statement, and
	// returns what is left of it and the store's time. CodeNotFound without
	// one, or without a try left.
	TryAttempt(ctx context.Context, hash []byte) (PendingSignIn, time.Time, error)
	// EndAttempt removes an attempt; false if another has done so.
	EndAttempt(ctx context.Context, hash []byte) (bool, error)
}

// AccountPatch says what UpdateAccount changes.
type AccountPatch struct {
	Email        *string
	Username     *string
	PasswordHash *string
	IsActive     *bool
	IsSuperuser  *bool
	IfHash       *string
	EndReason    string
	KeepSession  string
	// AdminID is the superuser who changes the account. With it UpdateAccount
	// answers CodeForbidden unless he is an active one at that moment, and
	// CodeLastSuperuser if no active one were left; "" asks for neither.
	AdminID string
}

// AccountQuery says which accounts, and where among them to begin.
type AccountQuery struct {
	Text  string            // a part of the folded name or address; "" for all
	State marquee.UserState // "" for all
	// After is a folded user name: Limit accounts after it are meant or, with
	// Backward, the Limit before it, the last first. "" is beyond either end.
	After    string
	Backward bool
	Limit    int
}

// Sessions is the truth about sessions. Its clock is the store's: the
// database's own on Postgres, so that two processes agree, or the injected one
// in tests. All times in a Session come from it.
type Sessions interface {
	// OpenSession locks the user row, checks that the user is active, the hash
	// is still verifiedHash and, where a password opens s, that amr has the second
	// factor if one is set (CodeWrongCredentials if not), inserts s with
	// its times set from the lives, ends the oldest sessions of the person
	// above limit (brief ones neither count nor end), all in one transaction.
	// A session with a KeyID is opened only if that key is still the user's
	// and, where a second factor is set, replaces it or amr has one
	// (CodeWrongCredentials if not); the key's last use is now.
	// It returns s as stored and the ids of those ended.
	OpenSession(ctx context.Context, s Session, verifiedHash string, lives Lives, limit int) (opened Session, ended []string, err error)
	// AdvanceSession moves counter n to n+1 with from n, in one statement, if
	// the session stands at n, has not ended or run out, secretHash is its
	// own and the user is active. ok is false, without an error, if it did not.
	AdvanceSession(ctx context.Context, id string, n int64, secretHash []byte, o marquee.Origin, lives Lives) (s Session, ok bool, err error)
	// DecideSession runs decide with the session's row locked, in one
	// transaction, and carries out what it returns; active tells whether the
	// user is, now is the store's clock. CodeNotFound for an unknown session.
	// An End decision is committed.
	DecideSession(ctx context.Context, id string, lives Lives, decide func(s Session, active bool, now time.Time) Decision) (Session, Decision, error)
	// SessionByID returns the session, live or ended, and whether its user is
	// active. CodeNotFound for an unknown one.
	SessionByID(ctx context.Context, id string) (s Session, active bool, now time.Time, err error)
	// SessionByCookie is the same by the hash of a browser's cookie.
	SessionByCookie(ctx context.Context, cookieHash []byte) (s Session, active bool, now time.Time, err error)
	// TouchSession renews the idle end and last use of a live browser session.
	TouchSession(ctx context.Context, id string, lives Lives) error
	// StepUpSession sets the age of a live session's sign-in to now, and its
	// amr, if the user is active and the hash is still verifiedHash.
	StepUpSession(ctx context.Context, id, verifiedHash string, amr []string) (bool, error)
	// RenewCookie replaces the hash of a live browser session's cookie; false
	// if no live session has the old one.
	RenewCookie(ctx context.Context, old, renewed []byte) (bool, error)
	// MarkSeen sets seen = greatest(seen, counter) and reports whether the
	// session is live. Nothing changes on an ended one.
	MarkSeen(ctx context.Context, id string, counter int64) (live bool, err error)
	// LiveSessions lists a person's live sessions, newest first.
	LiveSessions(ctx context.Context, userID string) ([]Session, error)
	// EndSession ends one session of a person; ending an ended one again is no
	// error. CodeNotFound if it is not his.
	EndSession(ctx context.Context, userID, id, reason string) error
	// EndSessions ends all sessions of a person but keep ("" keeps none) and
	// returns the ids of every session that is not live now and could still
	// have a copy, those ended before included.
	EndSessions(ctx context.Context, userID, keep, reason string) (ended []string, err error)
}

// Decision is what the rotation table says to do with a presented token.
type Decision struct {
	// Outcome is one of the Outcome constants.
	Outcome Outcome
	// Counter and FromCounter are set when Outcome is OutcomeRotate or
	// OutcomeCatchUp: the store writes them, renews the idle end and RotatedAt
	// and, with Origin, RotatedOrigin.
	Counter, FromCounter int64
	Origin               marquee.Origin
	// EndReason is set for OutcomeEnd.
	EndReason string
	// Event is what the store records with it, "" for nothing. Of what is no
	// change, a repetition, it records one for each rotation.
	Event Event
}

// Outcome names the rows of the rotation table in tokens.
type Outcome int

// The rows of the table.
const (
	OutcomeRefuse  Outcome = iota // not authentic, unknown, ended, run out: nothing changes
	OutcomeRotate                 // n = c, or the lost answer found late
	OutcomeRepeat                 // within grace: the same successor, nothing changes
	OutcomeEnd                    // reuse: the session ends
	OutcomeCatchUp                // n > c: SQL was restored to an earlier state
)

// Alive is the copy of a session's life that Redis holds.
type Alive struct {
	UserID   string
	Seen     int64
	IdleEnd  time.Time
	EndsAt   time.Time
	AuthTime time.Time
	AMR      []string
}

// Copies is the copy in Redis (tokens.md, "Rules for the copy in Redis"):
// tickets, a lease of 60 s, keys under the server's master_replid. Every
// error is CodeUnavailable.
type Copies interface {
	// Lookup returns the live copy of the session or, on a miss, a ticket: the
	// one that is there or a new one of 128 random bits, good for 5 s.
	Lookup(ctx context.Context, sessionID string) (a Alive, ticket string, err error)
	// Fill writes the copy if that very ticket is still there; it reports
	// whether it did. The lease starts now. idle and end are how long the
	// session may still live, by the clock of SQL, so that clocks need not agree.
	Fill(ctx context.Context, sessionID, ticket string, a Alive, idle, end time.Duration) (bool, error)
	// Seen raises seen in the copy, if there is one.
	Seen(ctx context.Context, sessionID string, counter int64) error
	// Delete removes ticket and copy of each session.
	Delete(ctx context.Context, sessionIDs ...string) error
}

// WrappedKey is a signing key as SQL keeps it.
type WrappedKey struct {
	ID          string // kid: RFC 7638 thumbprint
	Algorithm   string // "EdDSA"
	Public      []byte // raw Ed25519 public key
	Sealed      []byte // private key, sealed under a key derived from the master secret
	CreatedAt   time.Time
	ActiveAt    time.Time // it signs from then on
	RetiredAt   time.Time // it signs until then; zero: no end is set
	WithdrawnAt time.Time // nothing it signed is believed; zero: it was not withdrawn
}

// SigningKeys keeps the signing keys. Each set of them has a version, a word
// that no other set has.
type SigningKeys interface {
	// SigningKeys returns every key, oldest first.
	SigningKeys(ctx context.Context) (keys []WrappedKey, version string, err error)
	// SigningKeysVersion returns the version alone. It is asked often.
	SigningKeysVersion(ctx context.Context) (string, error)
	// ChangeSigningKeys runs change with the keys held against other changes,
	// keeps what it returns as additions and as new states of keys that are
	// there, and gives the set a new version, in one transaction. Nothing
	// changes if it returns an error or no key. now is the store's clock.
	ChangeSigningKeys(ctx context.Context, change func(keys []WrappedKey, now time.Time) ([]WrappedKey, error)) error
	// ResealSigningKey replaces the sealed form of a key.
	ResealSigningKey(ctx context.Context, id string, sealed []byte) error
}

// Events takes what operators and people must be able to learn of later.
type Events interface {
	Record(ctx context.Context, e Event)
}

// Event is one security event.
type Event struct {
	Kind      string // EventSignedIn ...
	UserID    string // "" if no account is meant
	SessionID string // the session it is about, "" for none
	Reason    string // why a session ended, an End* constant
	Key       string // fingerprint of the SSH key it is about, "" for none
	Origin    marquee.Origin
	// Who did it: a marquee.By* constant, "" until Attribute says; then the
	// person, and which other session of his.
	Actor, ActorID, ActorSession string
}

// The kinds of events.
const (
	EventSignedIn        = "signed_in"
	EventSignInFailed    = "sign_in_failed"
	EventReuseFound      = "reuse_found"
	EventRepeatElsewhere = "refreshed_elsewhere"
	EventStoreBehind     = "store_behind"
	EventSessionEnded    = "session_ended"
	EventPasswordChanged = "password_changed"
	EventAccountChanged  = "account_changed" // name or address
	EventDisabled        = "account_disabled"
	EventEnabled         = "account_enabled"
	EventSuperuser       = "superuser_granted"
	EventNoSuperuser     = "superuser_revoked"
	EventDeleted         = "account_deleted"
	EventSteppedUp       = "stepped_up"
	EventFactorOn        = "second_factor_on"
	EventFactorOff       = "second_factor_off"
	EventFactorFailed    = "second_factor_failed"
	EventRecoveryUsed    = "recovery_code_used"
	EventRecoveryRenewed = "recovery_codes_renewed"
	EventDeviceApproved  = "device_approved"
	EventDeviceRefused   = "device_refused"
	EventKeyLinked       = "ssh_key_linked"
	EventKeyChanged      = "ssh_key_changed"
	EventKeyRemoved      = "ssh_key_removed"
)
