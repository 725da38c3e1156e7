package auth

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"strings"
	"testing"
	"time"
)

// tokenSmith makes access tokens of any shape, with the real key or without.
type tokenSmith struct {
	key      accessKey
	verifier *verifier
	now      time.Time
}

const smithLife = 30 * time.Minute

func newSmith(tb testing.TB) *tokenSmith {
	tb.Helper()
	masters := testMasters(tb, "one", "")
	s := &tokenSmith{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	ring := testRing(&keyTable{}, masters, AlgorithmEdDSA, s.clock)
	if err := ring.start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	key, err := ring.signing()
	if err != nil {
		tb.Fatal(err)
	}
	s.key = key
	s.verifier = newVerifier(AlgorithmEdDSA, "marquee", "marquee", smithLife, s.clock)
	return s
}

func (s *tokenSmith) clock() time.Time { return s.now }

func (s *tokenSmith) find(kid string) (accessKey, error) {
	if kid != s.key.id {
		return accessKey{}, errUnknownKey
	}
	return s.key, nil
}

func (s *tokenSmith) accepts(token string) bool {
	_, err := s.verifier.verify(token, s.find)
	return err == nil
}

func (s *tokenSmith) claims() accessClaims {
	return accessClaims{
		Issuer: "marquee", Audience: "marquee", Subject: newID(), SessionID: newID(), ID: newTokenID(),
		IssuedAt: s.now.Unix(), ExpiresAt: s.now.Add(smithLife).Unix(), Counter: 3,
		AMR: []string{"pwd"}, AuthTime: s.now.Unix(),
	}
}

func (s *tokenSmith) good(tb testing.TB) string {
	tb.Helper()
	token, err := s.claims().sign(s.key)
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

// header is the header of a good token, as JSON.
func (s *tokenSmith) header() string {
	return `{"alg":"EdDSA","kid":"` + s.key.id + `","typ":"at+jwt"}`
}

// payload is the claims of a good token, as JSON.
func (s *tokenSmith) payload() string {
	text, _ := json.Marshal(s.claims())
	return string(text)
}

// forge signs any header and payload with the real key.
func (s *tokenSmith) forge(header, payload string) string {
	body := b64(header) + "." + b64(payload)
	return body + "." + b64(string(ed25519.Sign(s.key.private.(ed25519.PrivateKey), []byte(body))))
}

// with is a payload with members changed; a nil takes one out.
func (s *tokenSmith) with(changes map[string]any) string {
	var o map[string]any
	_ = json.Unmarshal([]byte(s.payload()), &o)
	o["exp"], o["iat"], o["auth_time"] = s.now.Add(smithLife).Unix(), s.now.Unix(), s.now.Unix()
	for name, value := range changes {
		if o[name] = value; value == nil {
			delete(o, name)
		}
	}
	text, _ := json.Marshal(o)
	return string(text)
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func TestVerifyAcceptsWhatWeSign(t *testing.T) {
	s := newSmith(t)
	for name, token := range map[string]string{
		"signed by us":    s.good(t),
		"forged the same": s.forge(s.header(), s.payload()),
		"full media type": s.forge(strings.Replace(s.header(), "at+jwt", "Application/AT+JWT", 1), s.payload()),
		"a later claim":   s.forge(s.header(), s.with(map[string]any{"later": "x"})),
		"no password yet": s.forge(s.header(), s.with(map[string]any{"auth_time": 0, "amr": []string{}})),
	} {
		if _, err := s.verifier.verify(token, s.find); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// None, and the public key used as an HMAC secret.
func algorithmConfusion(t *testing.T) {
	s := newSmith(t)
	if !s.accepts(s.good(t)) {
		t.Fatal("twin: a good token is refused")
	}
	public := s.key.public.(ed25519.PublicKey)
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	jwkText, _ := json.Marshal(newJWK(public))
	secrets := map[string][]byte{
		"raw": public, "DER": der, "JWK": jwkText, "empty": {}, "null": []byte("null"),
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
	}
	digests := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}
	for _, alg := range []string{
		"none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
		"PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "", "eddsa",
	} {
		body := b64(strings.Replace(s.header(), "EdDSA", alg, 1)) + "." + b64(s.payload())
		if s.accepts(body+".") || s.accepts(body+"."+b64(strings.Repeat("\x00", 64))) {
			t.Errorf("%s without a signature", alg)
		}
		for name, secret := range secrets {
			digest := digests[alg]
			if digest == nil {
				digest = sha256.New
			}
			mac := hmac.New(digest, secret)
			mac.Write([]byte(body))
			if s.accepts(body + "." + b64(string(mac.Sum(nil)))) {
				t.Errorf("%s with the public key (%s) as secret", alg, name)
			}
		}
	}
}

// The header is three members and nothing else.
func headerMembers(t *testing.T) {
	s := newSmith(t)
	kid, plainHeader := s.key.id, s.header()
	if !s.accepts(s.forge(plainHeader, s.payload())) {
		t.Fatal("twin: the plain header is refused")
	}
	add := func(member string) string { return strings.TrimSuffix(plainHeader, "}") + "," + member + "}" }
	for _, header := range []string{
		add(`"crit":["x"]`), add(`"crit":[]`), add(`"crit":["b64"],"b64":false`), add(`"b64":false`),
		add(`"jku":"http://127.0.0.1:1/keys"`), add(`"x5u":"http://127.0.0.1:1/"`), add(`"jwk":{}`), add(`"jwk":"x"`),
		add(`"x5c":["AAAA"]`), add(`"cty":"JWT"`), add(`"zip":"DEF"`), add(`"enc":"A128GCM"`), add(`"x":null`),
		add(`"alg":"EdDSA"`), add(`"ALG":"none"`), add(`"Kid":"` + kid + `"`), add(`"typ":"at+jwt"`),
		`{"alg":"EdDSA","kid":"` + kid + `"}`, `{"alg":"EdDSA","typ":"at+jwt"}`, `{"kid":"` + kid + `","typ":"at+jwt"}`,
		strings.Replace(plainHeader, "at+jwt", "JWT", 1), strings.Replace(plainHeader, "at+jwt", "rt+jwt", 1),
		strings.Replace(plainHeader, "at+jwt", "", 1), strings.Replace(plainHeader, `"at+jwt"`, `["at+jwt"]`, 1),
		strings.Replace(plainHeader, "at+jwt", "application/application/at+jwt", 1),
		strings.Replace(plainHeader, kid, "../../dev/null", 1), strings.Replace(plainHeader, kid, "' OR 1=1", 1),
		strings.Replace(plainHeader, `"`+kid+`"`, "7", 1), strings.Replace(plainHeader, `"`+kid+`"`, "null", 1),
		strings.Replace(plainHeader, kid, strings.Repeat("k", 43), 1), strings.Replace(plainHeader, kid, "", 1),
		"null", "[]", `"x"`, "", "{}", plainHeader + "{}", "\xef\xbb\xbf" + plainHeader,
	} {
		if s.accepts(s.forge(header, s.payload())) {
			t.Errorf("accepted header %s", header)
		}
	}
}

// Every claim is there, with its exact type.
func claimsMissingOrMistyped(t *testing.T) {
	s := newSmith(t)
	if !s.accepts(s.forge(s.header(), s.with(nil))) {
		t.Fatal("twin: the unchanged claims are refused")
	}
	text := []any{nil, json.RawMessage("null"), 7, 1.5, -1, true, "", "other", []string{}, []string{""}, map[string]any{}}
	id := append(text, strings.ToUpper(newID()), "{"+newID()+"}", strings.Repeat("a", 1<<10), "*", "a:b", "x\ny")
	number := []any{
		nil, json.RawMessage("null"), "1800000000", json.RawMessage("1e300"), json.RawMessage("1.8e9"), -1,
		json.RawMessage("1800000000.0"), json.RawMessage("1.5"), json.RawMessage("-0"), json.RawMessage("9007199254740993"),
		json.RawMessage("99999999999999999999"), true, []string{}, map[string]any{},
	}
	list := []any{nil, json.RawMessage("null"), "pwd", []any{7}, []any{[]string{"pwd"}}, map[string]any{}}
	for name, values := range map[string][]any{
		"iss": append(text, []string{"marquee"}), "aud": append(text, []string{"marquee"}, []string{"marquee", "other"}),
		"sub": id, "sid": id, "jti": text[:7:7], "exp": append(number, 0), "iat": append(number, 0),
		"ctr": append(number, 0), "auth_time": number, "amr": list,
	} {
		for _, value := range values {
			payload := s.with(map[string]any{name: value})
			if s.accepts(s.forge(s.header(), payload)) {
				t.Errorf("accepted %s = %v in %s", name, value, payload)
			}
		}
	}
}

// One object, in UTF-8, each member once.
func ambiguousClaims(t *testing.T) {
	s := newSmith(t)
	past := s.now.Add(-time.Hour).Unix()
	payload := s.payload()
	add := func(member string) string { return strings.TrimSuffix(payload, "}") + "," + member + "}" }
	for _, bad := range []string{
		add(`"sub":"` + newID() + `"`), add(`"SUB":"` + newID() + `"`), add(`"EXP":` + fmt.Sprint(past)),
		add(`"\u0065xp":` + fmt.Sprint(past)), add(`"x":{}`), add(`"x":1,"x":2`), add(`"x":1,"X":2`),
		"\xef\xbb\xbf" + payload, payload + payload, payload + " x", "[" + payload + "]", "null", `""`, "", "{", "7",
		add("\"x\":\"\xff\""), strings.ReplaceAll(payload, "", "\x00"), "\xff\xfe" + payload,
	} {
		if s.accepts(s.forge(s.header(), bad)) {
			t.Errorf("accepted claims %q", bad)
		}
	}
	if !s.accepts(s.forge(s.header(), add(`"x":1`))) {
		t.Error("twin: one unknown member is no harm")
	}
}

func verifyTimes(t *testing.T) {
	s := newSmith(t)
	token, start := s.good(t), s.now
	for after, want := range map[time.Duration]bool{
		0: true, smithLife - time.Second: true, smithLife: true, smithLife + 29*time.Second: true,
		smithLife + 30*time.Second: false, smithLife + 31*time.Second: false, 24 * time.Hour: false,
		-30 * time.Second: true, -31 * time.Second: false,
	} {
		if s.now = start.Add(after); s.accepts(token) != want {
			t.Errorf("%v after it was issued: accepted is %v", after, !want)
		}
	}
}

func longLivedToken(t *testing.T) {
	s := newSmith(t)
	until := func(d time.Duration) string {
		return s.forge(s.header(), s.with(map[string]any{"exp": s.now.Add(d).Unix()}))
	}
	if !s.accepts(until(smithLife)) {
		t.Fatal("twin: the usual life is refused")
	}
	for _, life := range []time.Duration{smithLife + 31*time.Second, 87600 * time.Hour, 0, -time.Second} {
		if s.accepts(until(life)) {
			t.Errorf("accepted a token that lives %v", life)
		}
	}
	if s.accepts(s.forge(s.header(), s.with(map[string]any{"exp": int64(1) << 53}))) {
		t.Error("accepted a token whose life overflows a duration")
	}
}

// One spelling, three parts, 4 KiB.
func otherSpellings(t *testing.T) {
	s := newSmith(t)
	good := s.good(t)
	parts := strings.Split(good, ".")
	for name, token := range map[string]string{
		"newline": good + "\n", "CR LF": good + "\r\n", "newline inside": parts[0] + ".\n" + parts[1] + "." + parts[2],
		"padding": good + "=", "space before": " " + good, "space after": good + " ", "tab": "\t" + good,
		"flipped bits": flipTail(good), "flipped header": flipTail(parts[0]) + "." + parts[1] + "." + parts[2],
		"flipped claims": parts[0] + "." + flipTail(parts[1]) + "." + parts[2],
		"two parts":      parts[0] + "." + parts[1], "four parts": good + ".", "five parts": good + ".a.b",
		"standard alphabet": strings.NewReplacer("-", "+", "_", "/").Replace(good) + "+",
		"no signature":      parts[0] + "." + parts[1] + ".", "empty": "", "dots": "..",
		"signature of another": parts[0] + "." + parts[1] + "." + strings.Split(s.good(t), ".")[2],
		"too long":             s.forge(s.header(), s.with(map[string]any{"x": strings.Repeat("x", 4096)})),
		"bearer":               "Bearer " + good,
	} {
		if s.accepts(token) {
			t.Errorf("%s: accepted", name)
		}
	}
	if !s.accepts(good) {
		t.Error("twin: the token itself is refused")
	}
	dots := strings.Repeat(".", 1<<20)
	if n := testing.AllocsPerRun(10, func() { s.accepts(dots) }); n > 10 {
		t.Errorf("a megabyte of dots cost %v allocations", n)
	}
}

// An expired token with a wrong signature is not merely expired.
func expiredAndForged(t *testing.T) {
	s := newSmith(t)
	good := s.good(t)
	s.now = s.now.Add(2 * smithLife)
	c, err := s.verifier.verify(good[:len(good)-8]+"AAAAAAAA", s.find)
	if err == nil || c.Subject != "" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestVerifyPassesOnThatKeysAreAway(t *testing.T) {
	s, away := newSmith(t), errors.New("away")
	_, err := s.verifier.verify(s.good(t), func(string) (accessKey, error) { return accessKey{}, away })
	if !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}

func TestHS256(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	ring := func(present, previous string) *keyRing {
		r := testRing(&keyTable{}, testMasters(t, present, previous), AlgorithmHS256, clock)
		if err := r.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return r
	}
	old, changed, gone := ring("one", ""), ring("two", "one"), ring("two", "")
	v := newVerifier(AlgorithmHS256, "marquee", "marquee", smithLife, clock)
	verify := func(r *keyRing, token string) error {
		_, err := v.verify(token, func(kid string) (accessKey, error) { return r.find(t.Context(), kid) })
		return err
	}
	smith := &tokenSmith{now: now}
	oldKey, _ := old.signing()
	token, err := smith.claims().sign(oldKey)
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(old, token); err != nil {
		t.Error(err)
	}
	if err := verify(changed, token); err != nil {
		t.Errorf("made under the previous secret: %v", err)
	}
	if verify(gone, token) == nil {
		t.Error("made under a secret that was taken away")
	}
	if signingID(t, changed) == oldKey.id {
		t.Error("the previous secret still signs")
	}
	for _, other := range []string{AlgorithmEdDSA, "HS384"} {
		strict := newVerifier(other, "marquee", "marquee", smithLife, clock)
		if _, err := strict.verify(token, func(string) (accessKey, error) { return oldKey, nil }); err == nil {
			t.Errorf("a verifier for %s took HS256", other)
		}
	}
}

// JWT-20: what is accepted is, byte for byte, what was signed.
func FuzzVerify(f *testing.F) {
	s := newSmith(f)
	// The same key and tokens in every process of the fuzzer.
	private := ed25519.NewKeyFromSeed(testSecret("fuzz"))
	public := private.Public().(ed25519.PublicKey)
	s.key.id, s.key.private, s.key.public = thumbprint(public), private, public
	signed := map[string]bool{}
	for i := range 3 {
		c := s.claims()
		c.Subject, c.SessionID = "019aa000-0000-7000-8000-000000000001", "019aa000-0000-7000-8000-000000000002"
		c.ID, c.Counter = "a token of the fuzzer", int64(i+1)
		token, err := c.sign(s.key)
		if err != nil {
			f.Fatal(err)
		}
		signed[token] = true
		f.Add(token)
		f.Add(token + "\n")
		f.Add(flipTail(token))
	}
	for _, header := range []string{s.header(), `{"alg":"none"}`, `{"alg":"EdDSA","crit":["x"]}`, "null"} {
		for _, payload := range []string{"{}", "null", `{"exp":1,"EXP":2}`} {
			f.Add(b64(header) + "." + b64(payload) + "." + b64(strings.Repeat("s", 64)))
		}
	}
	f.Fuzz(func(t *testing.T, token string) {
		if s.accepts(token) && !signed[token] {
			t.Errorf("accepted what was never signed: %q", token)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	s := newSmith(b)
	token := s.good(b)
	b.ReportAllocs()
	for b.Loop() {
		if !s.accepts(token) {
			b.Fatal("refused")
		}
	}
}
