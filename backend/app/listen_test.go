package app_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/marquee/backend/app"
)

func TestMetricsHaveTheirOwnListener(t *testing.T) {
	environ := embeddedPair(t)
	var metrics string
	var s *running
	await(t, "a port that nobody takes before the server does", func() bool {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		check(t, err)
		metrics = l.Addr().String()
		check(t, l.Close())
		s, err = tryToServe(t, append(environ, "METRICS_ADDR="+metrics), patience)
		if !errors.Is(err, syscall.EADDRINUSE) {
			check(t, err)
		}
		return err == nil
	})
	v := visit(t, s.URL()).login(newPerson(t, s.URL()))
	wantStatus(t, s.URL(), v.held().AccessToken, http.StatusOK)

	for _, want := range []string{`code="201",method="post"`, "marquee_http_requests_in_flight", "go_goroutines"} {
		await(t, want+" in the metrics", func() bool {
			answer, err := http.Get("http://" + metrics + "/metrics")
			check(t, err)
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			check(t, err)
			return strings.Contains(string(body), want)
		})
	}
	if status := get(t, s.URL()+"/metrics"); status == http.StatusOK {
		t.Error("metrics are on the public listener")
	}
}

func TestHTTPS(t *testing.T) {
	s, roots := serveTLS(t)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer c.CloseIdleConnections()
	answer, err := c.Get(s.URL() + "/livez")
	check(t, err)
	check(t, answer.Body.Close())
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(s.URL(), "https://") {
		t.Error(s.URL(), answer.StatusCode)
	}
	if strings.Contains(s.logs.String(), "__Host-") {
		t.Error("HTTPS is taken for plain HTTP")
	}
}

// Whoever sits between a client and the server has both agree on the oldest
// that they share: TLS of before 1.2 (RFC 8996), or a cipher that can be broken.
func TestAttack_OldTLS(t *testing.T) {
	s, roots := serveTLS(t)
	agree := func(oldest, newest uint16, suites []*tls.CipherSuite) (tls.ConnectionState, error) {
		cfg := &tls.Config{RootCAs: roots, MinVersion: oldest, MaxVersion: newest}
		for _, suite := range suites {
			cfg.CipherSuites = append(cfg.CipherSuites, suite.ID)
		}
		d := &tls.Dialer{NetDialer: &net.Dialer{Timeout: patience}, Config: cfg}
		c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "https://"))
		if err != nil {
			return tls.ConnectionState{}, err
		}
		defer c.Close()
		return c.(*tls.Conn).ConnectionState(), nil
	}
	refused := func(what string, err error, alert tls.AlertError) {
		t.Helper()
		// Only the server's own refusal counts: it comes as an alert.
		if told := (*net.OpError)(nil); !errors.As(err, &told) || told.Op != "remote error" || told.Err.Error() != alert.Error() {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, old := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		_, err := agree(tls.VersionTLS10, old, nil)
		refused(tls.VersionName(old), err, 70) // protocol_version, RFC 8446 section 6.2
	}
	_, err := agree(tls.VersionTLS12, tls.VersionTLS12, tls.InsecureCipherSuites())
	refused("a weak cipher", err, 40) // handshake_failure

	t.Run("twin: the newest that both know", func(t *testing.T) {
		for _, newest := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			if got, err := agree(tls.VersionTLS10, newest, nil); err != nil || got.Version != newest {
				t.Errorf("%s: %s, %v", tls.VersionName(newest), tls.VersionName(got.Version), err)
			}
		}
	})
}

// serveTLS serves with a certificate that roots trust.
func serveTLS(t *testing.T) (s *running, roots *x509.CertPool) {
	t.Helper()
	cert, key := writeCertificate(t)
	s = serve(t, append(embeddedPair(t), "TLS_CERT="+cert, "TLS_KEY="+key))
	raw, err := os.ReadFile(cert)
	check(t, err)
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(raw)
	return s, roots
}

func writeCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	check(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	check(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	check(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	check(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600))
	return cert, key
}

// A request that never ends does not hold the end up for ever.
func TestEndIsBounded(t *testing.T) {
	a, err := app.New(t.Context(), load(t, embeddedPair(t)), app.Options{Log: slog.New(slog.DiscardHandler), DrainLimit: 200 * time.Millisecond})
	check(t, err)
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	conn, err := net.Dial("tcp", strings.TrimPrefix(a.URL(), "http://"))
	check(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /api/v1/auth/refresh HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
	check(t, err)
	// Whoever is told to go on is being served, not on the way there.
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if status := get(t, a.URL()+"/livez"); status != http.StatusOK {
		t.Error(status)
	}
	end()
	select {
	case err := <-ended:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nothing was cut off: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("it has not ended")
	}
}

// Origins whose scripts may call the API may not send the pages' forms.
func TestAttack_FormFromAnOriginOfTheAPI(t *testing.T) {
	const ally = "https://app.example"
	s := serve(t, append(embeddedPair(t), "CORS_ORIGINS="+ally))
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(path, origin, kind, body string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+path, strings.NewReader(body))
		check(t, err)
		r.Header.Set("Origin", origin)
		r.Header.Set("Content-Type", kind)
		answer, err := c.Do(r)
		check(t, err)
		check(t, answer.Body.Close())
		return answer
	}
	const form = "application/x-www-form-urlencoded"
	if answer := send("/api/v1/auth/login", ally, form, "username=nobody&password=x"); answer.Header.Get("Access-Control-Allow-Origin") != ally {
		t.Errorf("the API: %v", answer.Header)
	}
	for _, path := range []string{"/login", "/language", "/logout", "/account/delete"} {
		if answer := send(path, ally, form, "language=ko"); answer.StatusCode != http.StatusForbidden || len(answer.Cookies()) > 0 {
			t.Errorf("%s from %s: %d %v", path, ally, answer.StatusCode, answer.Cookies())
		}
	}
	if answer := send("/language", s.URL(), form, "language=ko"); answer.StatusCode != http.StatusSeeOther { // the twin
		t.Errorf("from our own page: %d", answer.StatusCode)
	}
	if !strings.Contains(s.logs.String(), "without Secure and the __Host- prefix") {
		t.Error("nobody is told of cookies over plain HTTP")
	}
}
