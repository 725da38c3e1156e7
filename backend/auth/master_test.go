package auth

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

func wellKnownMaster(t *testing.T) {
	for name, secret := range map[string]string{
		"empty":                   "",
		"31 bytes":                string(testSecret("x")[:31]),
		"the article's code":      "your-secret-key-here",
		"the article's compose":   "your_secret_key_change_this_in_production",
		"FastAPI's tutorial":      "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
		"jwt.io":                  "a-string-secret-at-least-256-bits-long",
		"Supabase":                "super-secret-jwt-token-with-at-least-32-characters-long",
		"zeros":                   strings.Repeat("\x00", 32),
		"one letter":              strings.Repeat("a", 64),
		"two pieces":              strings.Repeat("0123456789abcdef", 2),
		"few different letters":   strings.Repeat("a", 40) + "b",
		"a word again and again":  strings.Repeat("marquee!", 8),
		"digits":                  "12345678901234567890123456789012",
		"a placeholder, in caps":  "PLEASE-CHANGE-ME-BEFORE-YOU-DEPLOY-THIS",
		"a placeholder, spelt on": "c h a n g e _ t h i s _ s e c r e t _ n o w !",
	} {
		if CheckMaster([]byte(secret)) == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := newMasterKeys([]byte(secret), nil); err == nil {
			t.Errorf("%s: keys were made of it", name)
		}
	}
	for range 1000 { // twin: what a person makes at random is taken
		secret := newRefreshSecret()
		if err := CheckMaster([]byte(hex.EncodeToString(secret[:]))); err != nil {
			t.Fatalf("%x: %v", secret, err)
		}
	}
	if err := CheckMaster(testSecret("x")); err != nil {
		t.Error(err)
	}
}

func TestDeriveKey(t *testing.T) {
	s := &Service{masters: testMasters(t, "one", "two")}
	old := &Service{masters: testMasters(t, "two", "")}
	if len(s.DeriveKey("cursor")) != 32 || bytes.Equal(s.DeriveKey("cursor"), s.DeriveKey("form")) {
		t.Error("purposes must give 32 bytes each, and different ones")
	}
	if !bytes.Equal(s.DerivePreviousKey("cursor"), old.DeriveKey("cursor")) {
		t.Error("the previous key is not what the previous secret derived")
	}
	if old.DerivePreviousKey("cursor") != nil {
		t.Error("there is no previous secret")
	}
	for _, purpose := range []string{purposeRefresh, "../" + purposeRefresh, "auth/refresh-token"} {
		if bytes.Equal(s.DeriveKey(purpose), s.masters.present.refresh) {
			t.Errorf("another part can derive the refresh key as %q", purpose)
		}
	}
}
