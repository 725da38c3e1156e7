package auth_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// What a refresh token must withstand: RT-1 is RFC 9700 section 2.2.2, RT-2
// and RT-3 section 4.14.2, the others what its rotation means here. Each row
// has its twin, most of them a session beside the attacked one that goes on.
func TestAttack_RFC9700(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"RT-1 RT-2 a thief rotates first", thiefRotatesFirst},
		{"RT-3 RT-5 an older token, inside the grace", reuseOfOlderToken},
		{"RT-4 a lost answer is asked for again", lostAnswerRepeated},
		{"RT-4 a thief follows inside the grace", thiefFollowsInsideGrace},
		{"RT-4 RT-11 64 at once get one successor", stormOnOneToken},
		{"RT-6 the successor that nobody used comes back", unusedSuccessorComesBack},
		{"RT-6 SQL was restored", storeRestored},
		{"RT-7 the token of another session", tokenOfAnotherSession},
		{"RT-7 the cookie of another door", cookieAsToken},
		{"RT-8 no rotation beyond the absolute end", rotatedForEver},
		{"RT-9 nothing at rest is a token", tokensAtRest},
		{"RT-10 no two in one second are alike", sameTokenInOneSecond},
		{"RT-11 every history can be explained", rotationIsLinearizable},
		{"RT-12 a disabled person", disabledPerson},
	} {
		t.Run(row.name, row.test)
	}
}

// JWT-8: the subject is whom the session belongs to.
func TestAttack_RFC8725_Sessions(t *testing.T) {
	t.Run("JWT-8 the subject of another session", subjectOfAnotherSession)
}

// Who holds one session's token has nothing of another's, and uses none up.
func tokenOfAnotherSession(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		r.register(t, "mallory")
		mine, theirs := r.login(t, "haneul"), r.login(t, "mallory")
		_, token := r.auth.NewSecret() // rightly signed, of no session's secret
		_, err := r.auth.Refresh(t.Context(), token(mine.SessionID), home)
		wantCode(t, "another secret", err, marquee.CodeInvalidToken)
		swapped := strings.Replace(theirs.RefreshToken, theirs.SessionID, mine.SessionID, 1)
		_, err = r.auth.Refresh(t.Context(), swapped, home)
		wantCode(t, "another session's id", err, marquee.CodeInvalidToken)
		for _, twin := range []marquee.Tokens{mine, theirs} {
			if n := r.auth.RefreshCounter(r.refresh(t, twin.RefreshToken).RefreshToken); n != 2 {
				t.Errorf("twin: rotated to %d", n)
			}
		}
	})
}

// Rotation renews the idle life, and the absolute one never.
func rotatedForEver(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		for range 5 { // twin: before the end, each is good
			r.clock.Advance(6*24*time.Hour - time.Second)
			pair = r.refresh(t, pair.RefreshToken)
			r.alive(t, "rotated", pair)
		}
		r.clock.Advance(5 * time.Second)
		_, err := r.auth.Refresh(t.Context(), pair.RefreshToken, home)
		wantCode(t, "after thirty days", err, marquee.CodeInvalidToken)
	})
}

// What lies in the files of SQL, and what Redis holds, gives nobody a session.
func tokensAtRest(t *testing.T) {
	redis, err := embedded.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	url := testrig.SQLiteFrom(t, "auth", migrate)
	r := newRig(t, url, redisstore.New(redis.Client(), redisstore.Options{Word: embedded.RedisWord})).start(t)
	u := r.register(t, "haneul")
	pair := r.login(t, "haneul")
	next := r.refresh(t, pair.RefreshToken)
	r.alive(t, "the pair", next)
	cookie, _, err := r.auth.LoginBrowser(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
	if err != nil {
		t.Fatal(err)
	}

	var rest bytes.Buffer
	files, err := filepath.Glob(strings.TrimPrefix(url, "sqlite:") + "*") // the journal as well
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rest.Write(raw)
	}
	keys, err := redis.Client().Keys(t.Context(), "*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatal(keys, err)
	}
	for _, k := range keys {
		rest.WriteString(k)
		fields, err := redis.Client().HGetAll(t.Context(), k).Result()
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range fields {
			rest.WriteString(name + value)
		}
	}
	secret := strings.Split(next.RefreshToken, ".")[4]
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"a refresh token": next.RefreshToken, "its secret": secret, "its secret, raw": string(raw), "its secret in hex": hex.EncodeToString(raw),
		"an access token": next.AccessToken, "a cookie": cookie, "the password": password,
	} {
		if bytes.Contains(rest.Bytes(), []byte(text)) {
			t.Errorf("%s lies at rest", what)
		}
	}
	if !bytes.Contains(rest.Bytes(), []byte(u.ID)) || !bytes.Contains(rest.Bytes(), []byte(auth.EventSignedIn)) {
		t.Error("twin: what was looked through is not what was written")
	}
}
