package config

import (
	"os"
	"slices"
	"strings"
)

// SecretBytes is the least length of a master secret, in bytes: an HMAC-SHA256
// key shorter than its output weakens it (RFC 2104 section 3).
const SecretBytes = 32

// wellKnown are secrets that stand in documentation, examples and the
// article's own files: everybody has them.
var wellKnown = []string{
	"your-secret-key-here",
	"your_secret_key_change_this_in_production",
	"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", // the FastAPI tutorial
	"your-super-secret-jwt-token-with-at-least-32-characters-long",
	"super-secret-jwt-token-with-at-least-32-characters-long",
	"a-string-secret-at-least-256-bits-long",
	"your-256-bit-secret",
	"openssl rand -hex 32",
	"0123456789abcdef0123456789abcdef",
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"abcdefghijklmnopqrstuvwxyz123456",
	"abcdefghijklmnopqrstuvwxyz012345",
}

// placeholders are what a secret that nobody has chosen contains.
var placeholders = []string{
	"changethis", "changeme", "changeit", "replaceme", "replacethis", "yoursecret", "supersecret", "insecure", "placeholder",
	"examplesecret", "secretkeyhere", "jwtsecret", "mysecret", "defaultsecret",
}

// resolveSecret reads SECRET_KEY_FILE into SecretKey and refuses secrets that
// are short or not secret.
func resolveSecret(c *Config, _ map[string]string) error {
	variable := "SECRET_KEY"
	if c.SecretKeyFile != "" {
		if c.SecretKey != "" {
			return wantFor("SECRET_KEY_FILE", "not_both", "Other", "SECRET_KEY")
		}
		variable = "SECRET_KEY_FILE"
		raw, err := os.ReadFile(c.SecretKeyFile)
		if err != nil {
			return wantFor(variable, "file")
		}
		c.SecretKey = Secret(strings.TrimSpace(string(raw)))
		if c.SecretKey == "" {
			return wantFor(variable, "secret_short", "Min", SecretBytes)
		}
	}
	if c.SecretKey == "" && !c.Embedded() {
		return wantFor(variable, "secret_required", "Min", SecretBytes)
	}
	if err := checkSecret(variable, c.SecretKey); err != nil {
		return err
	}
	if c.SecretKeyPrevious == "" {
		return nil
	}
	if c.SecretKeyPrevious == c.SecretKey {
		return wantFor("SECRET_KEY_PREVIOUS", "secret_same")
	}
	return checkSecret("SECRET_KEY_PREVIOUS", c.SecretKeyPrevious)
}

func checkSecret(variable string, s Secret) error {
	switch text := s.Reveal(); {
	case text == "":
		return nil
	case isWellKnown(text):
		return wantFor(variable, "secret_known")
	case len(text) < SecretBytes:
		return wantFor(variable, "secret_short", "Min", SecretBytes)
	case distinct(text) < 8:
		return wantFor(variable, "secret_known")
	}
	return nil
}

func isWellKnown(text string) bool {
	lower := strings.ToLower(text)
	if slices.Contains(wellKnown, lower) {
		return true
	}
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, lower)
	return slices.ContainsFunc(placeholders, func(p string) bool { return strings.Contains(letters, p) })
}

func distinct(text string) int {
	seen := map[byte]bool{}
	for i := range len(text) {
		seen[text[i]] = true
	}
	return len(seen)
}
