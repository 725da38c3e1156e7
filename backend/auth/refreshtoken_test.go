package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// testMasters returns keys made of seeds; previous may be "".
func testMasters(tb testing.TB, present, previous string) masterKeys {
	tb.Helper()
	k, err := newMasterKeys(testSecret(present), testSecret(previous))
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func testSecret(seed string) []byte {
	if seed == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(seed))
	return sum[:]
}

func TestRefreshTokenRoundTrip(t *testing.T) {
	keys := testMasters(t, "one", "")
	want := refreshToken{sessionID: newID(), counter: 41, secret: newRefreshSecret()}
	text := want.sign(keys.present)
	got, err := parseRefreshToken(text, keys)
	if err != nil || got != want {
		t.Fatalf("got %+v %v, want %+v", got, err, want)
	}
	if again := got.sign(keys.present); again != text {
		t.Errorf("the same token came out twice differently: %s, %s", text, again)
	}
	want.counter = 1<<63 - 1
	if n := len(want.sign(keys.present)); n > refreshMaxLen {
		t.Errorf("the longest token has %d bytes, more than %d", n, refreshMaxLen)
	}
}

func TestRefreshTokenOfPreviousMaster(t *testing.T) {
	old, changed := testMasters(t, "one", ""), testMasters(t, "two", "one")
	token := refreshToken{sessionID: newID(), counter: 1, secret: newRefreshSecret()}
	if _, err := parseRefreshToken(token.sign(old.present), changed); err != nil {
		t.Errorf("a token of the previous secret: %v", err)
	}
	if _, err := parseRefreshToken(token.sign(old.present), testMasters(t, "two", "")); err == nil {
		t.Error("a token of a secret that was taken away is still good")
	}
}

func TestAttack_ForgedRefreshToken(t *testing.T) {
	keys := testMasters(t, "one", "")
	token := refreshToken{sessionID: newID(), counter: 3, secret: newRefreshSecret()}
	good := token.sign(keys.present)
	if _, err := parseRefreshToken(good, keys); err != nil {
		t.Fatalf("twin: the token itself: %v", err)
	}
	part := func(i int, s string) string {
		parts := strings.Split(good, ".")
		parts[i] = s
		return strings.Join(parts, ".")
	}
	other := testMasters(t, "other", "").present
	resigned := signAs(token, *other, keys.present.refreshID)
	for name, forged := range map[string]string{
		"empty": "", "dots": ".....", "too long": good + strings.Repeat("A", refreshMaxLen),
		"trailing newline": good + "\n", "padding": good + "=", "leading space": " " + good,
		"other counter":      part(3, "4"),
		"counter with zeros": part(3, "03"), "counter with sign": part(3, "+3"),
		"other session":  part(2, newID()),
		"upper-case id":  part(2, strings.ToUpper(token.sessionID)),
		"other secret":   part(4, base64.RawURLEncoding.EncodeToString(make([]byte, 16))),
		"other version":  part(0, "m2"),
		"unknown key":    part(1, other.refreshID),
		"other's MAC":    resigned,
		"no MAC":         good[:strings.LastIndexByte(good, '.')],
		"empty MAC":      part(5, ""),
		"one part more":  good + ".x",
		"flipped tail":   flipTail(good),
		"MAC in two":     part(5, "AAAA\nAAAA"),
		"an access form": "eyJhbGciOiJub25lIn0.e30.",
	} {
		if _, err := parseRefreshToken(forged, keys); err == nil {
			t.Errorf("%s: accepted %q", name, forged)
		}
	}
}

// signAs writes a token under one key that names another.
func signAs(t refreshToken, key masterKey, name string) string {
	key.refreshID = name
	return t.sign(&key)
}

// flipTail changes the unused bits of the last base64 character: another text
// that a lax decoder reads alike.
func flipTail(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	i := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + string(alphabet[i^1])
}

func FuzzRefreshToken(f *testing.F) {
	keys := testMasters(f, "one", "two")
	signed := map[string]bool{}
	for i, m := range keys.all() { // the same in every process of the fuzzer
		text := refreshToken{sessionID: "019aa000-0000-7000-8000-000000000001", counter: int64(i + 1), secret: [16]byte(bytes.Repeat([]byte{7}, 16))}.sign(m)
		signed[text] = true
		f.Add(text)
		f.Add(text + "\n")
		f.Add(flipTail(text))
		f.Add(strings.ToUpper(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseRefreshToken(text, keys); err == nil && !signed[text] {
			t.Errorf("accepted what was never signed: %q", text)
		}
	})
}
