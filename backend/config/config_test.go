package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/lang"
)

const goodSecret = "bf1d8c3f3a2b4a5f9d0e7c6b5a493827"

func postgres(more ...string) []string {
	return append([]string{
		"DATABASE_URL=postgres://ann:hunter2@db/films", "REDIS_URL=redis://:hunter2@cache:6379/0", "SECRET_KEY=" + goodSecret,
	}, more...)
}

func TestNothingSetIsEmbeddedOnLoopback(t *testing.T) {
	cfg, err := Load([]string{"XDG_DATA_HOME=/data", "SECRET_KEY=", "DATABASE_URL= "})
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.Embedded() || cfg.Addr != "127.0.0.1:8000" || cfg.DataDir != "/data/marquee" || cfg.SecretKey != "" {
		t.Errorf("%+v", cfg)
	}
	if cfg.PublicURL.String() != "http://127.0.0.1:8000" || len(cfg.Warnings) != 0 {
		t.Errorf("%v %v", cfg.PublicURL, cfg.Warnings)
	}
	if cfg.AccessTTL != 30*time.Minute || cfg.RefreshTTL != 7*day || cfg.SessionTTL != 30*day || cfg.Grace() != 30*time.Second {
		t.Errorf("%v %v %v", cfg.AccessTTL, cfg.RefreshTTL, cfg.SessionTTL)
	}
	if !bool(cfg.RateLimits) || cfg.MaxSessions != 10 || cfg.PasswordMin != 8 || cfg.Algorithm != "EdDSA" {
		t.Errorf("%+v", cfg)
	}
}

// The article's own .env works as it is, but for the secret.
func TestArticleNames(t *testing.T) {
	cfg, err := Load([]string{
		"DATABASE_URL=postgresql+asyncpg://postgres:pw@db:5432/films", "SECRET_KEY=" + goodSecret, "ALGORITHM=HS256",
		"ACCESS_TOKEN_EXPIRE_MINUTES=5", "REFRESH_TOKEN_EXPIRE_DAYS=60",
		"REDIS_HOST=redis", "REDIS_PORT=6380", "REDIS_DB=2", "REDIS_PASSWORD=p@ss/word",
	})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.AccessTTL != 5*time.Minute || cfg.RefreshTTL != 60*day || cfg.SessionTTL != 60*day || cfg.Algorithm != "HS256" {
		t.Errorf("%+v", cfg)
	}
	if got := cfg.RedisURL.Reveal(); got != "redis://:p%40ss%2Fword@redis:6380/2" {
		t.Error(got)
	}
}

func TestDurationsWin(t *testing.T) {
	cfg, err := Load([]string{"ACCESS_TOKEN_EXPIRE_MINUTES=5", "ACCESS_TOKEN_TTL=90s", "REFRESH_TOKEN_EXPIRE_DAYS=x", "REFRESH_TOKEN_TTL=3h"})
	if cfg.AccessTTL != 0 || err == nil {
		t.Error("a bad value passes when another wins")
	}
	cfg, err = Load([]string{"ACCESS_TOKEN_EXPIRE_MINUTES=5", "ACCESS_TOKEN_TTL=90s", "REFRESH_TOKEN_EXPIRE_DAYS=3", "REFRESH_TOKEN_TTL=3h", "SESSION_MAX_TTL=4h"})
	if err != nil || cfg.AccessTTL != 90*time.Second || cfg.RefreshTTL != 3*time.Hour || cfg.SessionTTL != 4*time.Hour {
		t.Error(cfg.AccessTTL, cfg.RefreshTTL, err)
	}
}

func TestBadValueNamesItsVariable(t *testing.T) {
	for _, c := range []struct {
		variable string
		environ  []string
	}{
		{"ADDR", []string{"ADDR=8000"}},
		{"ADDR", []string{"ADDR=127.0.0.1:http"}},
		{"ADDR", []string{"ADDR=127.0.0.1:70000"}},
		{"PUBLIC_URL", []string{"ADDR=0.0.0.0:8000"}},
		{"PUBLIC_URL", []string{"ADDR=:8000"}},
		{"PUBLIC_URL", []string{"PUBLIC_URL=films.example.com"}},
		{"PUBLIC_URL", []string{"PUBLIC_URL=https://films.example.com/app"}},
		{"PUBLIC_URL", []string{"PUBLIC_URL=https://me:pw@films.example.com"}},
		{"PUBLIC_URL", []string{"PUBLIC_URL=ftp://films.example.com"}},
		{"TLS_KEY", []string{"TLS_CERT=a.pem"}},
		{"TLS_CERT", []string{"TLS_KEY=a.pem"}},
		{"TLS_CERT", []string{"TLS_CERT=/nowhere/a.pem", "TLS_KEY=/nowhere/b.pem"}},
		{"METRICS_ADDR", []string{"METRICS_ADDR=9100"}},
		{"DATABASE_URL", []string{"DATABASE_URL=mysql://hunter2@db/x"}},
		{"DATABASE_URL", []string{"DATABASE_URL=sqlite:"}},
		{"DATABASE_URL", []string{"DATABASE_URL=postgres://host hunter2"}},
		{"REDIS_URL", []string{"DATABASE_URL=postgres://db/films", "SECRET_KEY=" + goodSecret}},
		{"REDIS_URL", []string{"REDIS_URL=http://cache"}},
		{"REDIS_HOST", []string{"REDIS_PASSWORD=hunter2"}},
		{"REDIS_PORT", []string{"REDIS_HOST=cache", "REDIS_PORT=0"}},
		{"REDIS_PORT", []string{"REDIS_HOST=cache", "REDIS_PORT=six"}},
		{"SECRET_KEY", []string{"DATABASE_URL=postgres://db/films", "REDIS_HOST=cache"}},
		{"SECRET_KEY", []string{"SECRET_KEY=hunter2"}},
		{"SECRET_KEY_FILE", []string{"SECRET_KEY_FILE=/nowhere/secret"}},
		{"SECRET_KEY_FILE", []string{"SECRET_KEY_FILE=/dev/null"}},
		{"SECRET_KEY_FILE", []string{"SECRET_KEY_FILE=/dev/null", "SECRET_KEY=" + goodSecret}},
		{"SECRET_KEY_PREVIOUS", []string{"SECRET_KEY_PREVIOUS=" + goodSecret, "SECRET_KEY=" + goodSecret}},
		{"SECRET_KEY_PREVIOUS", []string{"SECRET_KEY_PREVIOUS=hunter2", "SECRET_KEY=" + goodSecret}},
		{"ALGORITHM", []string{"ALGORITHM=none"}},
		{"ALGORITHM", []string{"ALGORITHM=RS256"}},
		{"ACCESS_TOKEN_EXPIRE_MINUTES", []string{"ACCESS_TOKEN_EXPIRE_MINUTES=0"}},
		{"ACCESS_TOKEN_EXPIRE_MINUTES", []string{"ACCESS_TOKEN_EXPIRE_MINUTES=30m"}},
		{"REFRESH_TOKEN_EXPIRE_DAYS", []string{"REFRESH_TOKEN_EXPIRE_DAYS=-1"}},
		{"ACCESS_TOKEN_TTL", []string{"ACCESS_TOKEN_TTL=30"}},
		{"ACCESS_TOKEN_TTL", []string{"ACCESS_TOKEN_TTL=48h"}},
		{"REFRESH_TOKEN_TTL", []string{"REFRESH_TOKEN_TTL=10m"}},
		{"SESSION_MAX_TTL", []string{"SESSION_MAX_TTL=24h"}},
		{"REFRESH_GRACE_SECONDS", []string{"REFRESH_GRACE_SECONDS=301"}},
		{"REFRESH_GRACE_SECONDS", []string{"REFRESH_GRACE_SECONDS=-1"}},
		{"MAX_SESSIONS_PER_USER", []string{"MAX_SESSIONS_PER_USER=0"}},
		{"PASSWORD_MIN_LENGTH", []string{"PASSWORD_MIN_LENGTH=7"}},
		{"CORS_ORIGINS", []string{"CORS_ORIGINS=*"}},
		{"CORS_ORIGINS", []string{"CORS_ORIGINS=null"}},
		{"CORS_ORIGINS", []string{"CORS_ORIGINS=http://localhost:3000/"}},
		{"TRUSTED_PROXIES", []string{"TRUSTED_PROXIES=10.0.0.1"}},
		{"TRUSTED_PROXIES", []string{"TRUSTED_PROXIES=10.0.0.0/8, 0.0.0.0/0"}},
		{"TRUSTED_PROXIES", []string{"TRUSTED_PROXIES=::/0"}},
		{"RATE_LIMITS", []string{"RATE_LIMITS=false"}},
		{"LOG_LEVEL", []string{"LOG_LEVEL=loud"}},
		{"LOG_FORMAT", []string{"LOG_FORMAT=xml"}},
		{"JWT_ISSUER", []string{"JWT_ISSUER=" + strings.Repeat("x", 129)}},
	} {
		_, err := Load(c.environ)
		if err == nil {
			t.Errorf("%v is taken", c.environ)
			continue
		}
		line := err.Error()
		if !strings.HasPrefix(line, c.variable+": ") || strings.Contains(line, "cli.setting") || strings.Contains(line, "\n") || strings.Contains(line, "<no value>") {
			t.Errorf("%v: %q", c.environ, line)
		}
		if strings.Contains(line, "hunter2") {
			t.Errorf("%v: the value is repeated: %q", c.environ, line)
		}
		if korean := err.(*Error).Say(lang.In(lang.Korean)); korean == line || strings.Contains(korean, "cli.setting") {
			t.Errorf("%v: %q", c.environ, korean)
		}
	}
}

func TestAttack_WellKnownSecret(t *testing.T) {
	for _, secret := range []string{
		"your-secret-key-here", "your_secret_key_change_this_in_production", "YOUR_SECRET_KEY_CHANGE_THIS_IN_PRODUCTION",
		"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", "please-change-me-please-change-me-please",
		strings.Repeat("a", 64), strings.Repeat("ab", 32), "0123456789abcdef0123456789abcdef", "short", "my_super_secret_key_for_the_films_app",
	} {
		if _, err := Load([]string{"SECRET_KEY=" + secret}); err == nil {
			t.Errorf("%q is taken", secret)
		}
	}
	// Without the attack: a random one of any spelling.
	for _, secret := range []string{goodSecret, "ag8xpB2k+z0Jr3ykJw1v0JXnb1WcVf2LZkHsVw5Vt3E=", "correct horse battery staple, and then some"} {
		if _, err := Load([]string{"SECRET_KEY=" + secret}); err != nil {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

func TestSecretFromFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(goodSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load([]string{"SECRET_KEY_FILE=" + file})
	if err != nil || cfg.SecretKey.Reveal() != goodSecret {
		t.Error(cfg.SecretKey.Reveal(), err)
	}
}

func TestPublicAddress(t *testing.T) {
	for environ, want := range map[string]struct {
		url      string
		warnings int
	}{
		"ADDR=:0":             {"", 0},
		"ADDR=127.0.0.1:0":    {"", 0},
		"ADDR=localhost:8080": {"http://localhost:8080", 0},
		"ADDR=[::1]:8080":     {"http://[::1]:8080", 0},
		"ADDR=:80 PUBLIC_URL=https://Films.example.com/": {"https://films.example.com", 1},
		"ADDR=:80 PUBLIC_URL=http://films.example.com":   {"http://films.example.com", 2},
		"ADDR=:80 PUBLIC_URL=https://films.example:443":  {"https://films.example", 1},
		"ADDR=:80 PUBLIC_URL=https://films.example:8443": {"https://films.example:8443", 1},
	} {
		cfg, err := Load(strings.Fields(environ))
		if err != nil || cfg.PublicURL.String() != want.url || len(cfg.Warnings) != want.warnings {
			t.Errorf("%s: %q %v %v", environ, cfg.PublicURL, cfg.Warnings, err)
		}
	}
	if cfg, _ := Load([]string{"ADDR=:0"}); !cfg.Addr.Loopback() {
		t.Error(":0 listens everywhere")
	}
}

func TestCertificate(t *testing.T) {
	cert, key := writeCertificate(t)
	cfg, err := Load([]string{"TLS_CERT=" + cert, "TLS_KEY=" + key})
	if err != nil || cfg.Certificate == nil || cfg.PublicURL.String() != "https://127.0.0.1:8000" {
		t.Error(cfg.PublicURL, err)
	}
}

func writeCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestLists(t *testing.T) {
	cfg, err := Load([]string{"CORS_ORIGINS=http://localhost:3000, https://Films.example.com", "TRUSTED_PROXIES=10.1.2.3/8,fd00::/8"})
	if err != nil || fmt.Sprint(cfg.CORSOrigins) != "[http://localhost:3000 https://films.example.com]" || fmt.Sprint(cfg.TrustedProxies) != "[10.0.0.0/8 fd00::/8]" {
		t.Error(cfg.CORSOrigins, cfg.TrustedProxies, err)
	}
}

// Settings that are printed by accident show no secret.
func TestSecretsAreNotPrinted(t *testing.T) {
	cfg, err := Load(postgres("SECRET_KEY_PREVIOUS=hunter2-hunter2-hunter2-hunter2-abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "cfg", cfg, "db", cfg.DatabaseURL, "redis", cfg.RedisURL, "key", cfg.SecretKey)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "cfg", cfg, "db", cfg.DatabaseURL, "redis", cfg.RedisURL, "key", cfg.SecretKey)
	fmt.Fprintf(&out, "%v %+v %#v %s", cfg, cfg, cfg, cfg.DatabaseURL)
	for _, secret := range []string{"hunter2", goodSecret} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q is in %s", secret, out.String())
		}
	}
}
