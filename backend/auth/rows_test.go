package auth

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
)

// row is one row of a standard, by its number.
type row struct {
	name string
	test func(t *testing.T)
}

func runRows(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, r.test)
	}
}

// What an access token must withstand: JWT-1 to 9 are RFC 8725 sections 3.1 to
// 3.9, JWT-10 is 3.10, JWT-11 3.11 and 3.12, JWT-12 RFC 7515 section 4.1.11;
// the others are what the library would let through. JWT-20 is FuzzVerify.
// Each row has its twin: the same token without the attack is good.
func TestAttack_RFC8725(t *testing.T) {
	runRows(t, []row{
		{"JWT-1 none, other algorithms, the public key as secret", algorithmConfusion},
		{"JWT-2 no old algorithm can be set", oldAlgorithms},
		{"JWT-3 signatures that are almost right", signaturesAlmostRight},
		{"JWT-4 a key beside another's public part", signingKeyMoved},
		{"JWT-5 secrets that others know", wellKnownMaster},
		{"JWT-6 JWT-17 JWT-18 one spelling, three parts, 4 KiB", otherSpellings},
		{"JWT-7 JWT-14 one object, in UTF-8, each member once", ambiguousClaims},
		{"JWT-8 JWT-9 JWT-15 every claim, with its exact type", claimsMissingOrMistyped},
		{"JWT-10 JWT-11 JWT-12 JWT-13 a header of three members", headerMembers},
		{"JWT-10 invented key ids", unknownKeysTogether},
		{"JWT-16 the clock", verifyTimes},
		{"JWT-16 a life of years", longLivedToken},
		{"JWT-19 expired and forged is not merely expired", expiredAndForged},
	})
}

func oldAlgorithms(t *testing.T) {
	check := func(algorithm string) error {
		c := Config{Algorithm: algorithm, Passwords: marquee.PasswordRules{Judge: strength.Judge}}.withDefaults()
		return c.check()
	}
	for _, algorithm := range []string{AlgorithmEdDSA, AlgorithmHS256, ""} {
		if err := check(algorithm); err != nil {
			t.Errorf("twin: %q: %v", algorithm, err)
		}
	}
	if err := (Config{}.withDefaults().check()); err == nil || !strings.Contains(err.Error(), "passwords") {
		t.Errorf("a service without a judge of passwords: %v", err)
	}
	for _, algorithm := range []string{"none", "None", "HS1", "HS384", "RS256", "ES256", "PS256", "eddsa", "Ed25519"} {
		if check(algorithm) == nil {
			t.Errorf("a service signs with %q", algorithm)
		}
	}
}

// A signature has one form (RFC 8032 section 5.1.7): S below the order of the
// group, and a point that can be decoded.
func signaturesAlmostRight(t *testing.T) {
	s := newSmith(t)
	good := s.good(t)
	if !s.accepts(good) {
		t.Fatal("twin: the token itself is refused")
	}
	body := good[:strings.LastIndexByte(good, '.')]
	real := ed25519.Sign(s.key.private.(ed25519.PrivateKey), []byte(body))
	// The order of the group, little-endian.
	order := [32]byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
	changed := func(change func(sig []byte)) string {
		sig := append([]byte(nil), real...)
		change(sig)
		return string(sig)
	}
	for name, sig := range map[string]string{
		"S plus the order": changed(func(sig []byte) {
			carry := 0
			for i, o := range order {
				sum := int(sig[32+i]) + int(o) + carry
				sig[32+i], carry = byte(sum), sum>>8
			}
		}),
		"nothing":          strings.Repeat("\x00", ed25519.SignatureSize),
		"all ones":         strings.Repeat("\xff", ed25519.SignatureSize),
		"the neutral R":    changed(func(sig []byte) { clear(sig[:32]); sig[0] = 1 }),
		"the sign of R":    changed(func(sig []byte) { sig[31] ^= 0x80 }),
		"S of nothing":     changed(func(sig []byte) { clear(sig[32:]) }),
		"a bit of S":       changed(func(sig []byte) { sig[40] ^= 1 }),
		"cut off":          string(real[:63]),
		"a byte more":      string(real) + "\x00",
		"halves exchanged": string(real[32:]) + string(real[:32]),
		"over the claims":  string(ed25519.Sign(s.key.private.(ed25519.PrivateKey), []byte(strings.Split(body, ".")[1]))),
	} {
		if s.accepts(body + "." + b64(sig)) {
			t.Errorf("%s: accepted", name)
		}
	}
}

// What others may read of our keys, and when. The key set over HTTP is in
// backend/httpapi.
func TestRFC7517(t *testing.T) {
	runRows(t, []row{
		{"RFC 7638 3.1 the thumbprint is the kid", knownThumbprint},
		{"RFC 7517 9.2 public members only, with use and alg", publicMembersOnly},
		{"RFC 7517 4.5 each kid once", eachKidOnce},
		{"RFC 7517 5 published before it signs, until its last token is over", publishedBeforeItSigns},
		{"RFC 7517 5 withdrawn everywhere", withdrawnEverywhere},
	})
}

func eachKidOnce(t *testing.T) {
	r := newKeyRig(t)
	if _, err := r.RotateKey(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	set, _ := r.JWKS()
	for _, k := range r.keys.set.Load().keys {
		if n := strings.Count(string(set), `"`+k.id+`"`); n != 1 {
			t.Errorf("%s is there %d times: %s", k.id, n, set)
		}
		if k.id != thumbprint(k.public.(ed25519.PublicKey)) {
			t.Errorf("%s is not the thumbprint of its key", k.id)
		}
	}
}

// C25 to C27 are bugs of these libraries that others have had; C27, the JWT
// library, is TestAttack_RFC8725.
func TestAttack_Misuse(t *testing.T) {
	runRows(t, []row{
		{"C25 bcrypt reads 72 bytes", bcryptTruncation},
		{"C26 a stored hash that takes all memory", hugeHashParameters},
		{"C26 more sign-ins than hashes fit", hashFlood},
	})
}
