package config

import (
	"errors"
	"os"
	"strings"

	"example.com/marquee/backend/auth"
)

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
			return wantFor(variable, "secret_short", "Min", auth.MasterMin)
		}
	}
	if c.SecretKey == "" && !c.Embedded() {
		return wantFor(variable, "secret_required", "Min", auth.MasterMin)
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

// checkSecret holds a secret against the rule for master secrets, so that what
// is wrong with it is told with its variable.
func checkSecret(variable string, s Secret) error {
	err := auth.CheckMaster([]byte(s.Reveal()))
	switch {
	case s == "" || err == nil:
		return nil
	case errors.Is(err, auth.ErrShortMaster):
		return wantFor(variable, "secret_short", "Min", auth.MasterMin)
	}
	return wantFor(variable, "secret_known")
}
