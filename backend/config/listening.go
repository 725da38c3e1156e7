package config

import (
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Address is host:port to listen on.
type Address string

// UnmarshalText reads an address; the host may be empty, the port is a number.
// ":0" becomes a free port on loopback: nobody publishes a port that he does
// not know.
func (a *Address) UnmarshalText(text []byte) error {
	host, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return want("address")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strings.ContainsAny(host, " /@") {
		return want("address")
	}
	if host == "" && n == 0 {
		host = "127.0.0.1"
	}
	*a = Address(net.JoinHostPort(host, port))
	return nil
}

// Loopback reports whether only this machine can reach the address.
func (a Address) Loopback() bool {
	host, _, _ := net.SplitHostPort(string(a))
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// PublicURL is the address people use, without a path.
type PublicURL struct{ *url.URL }

// UnmarshalText reads an http or https URL of nothing but scheme and host.
func (p *PublicURL) UnmarshalText(text []byte) error {
	u, err := url.Parse(strings.TrimSuffix(string(text), "/"))
	if err != nil || !isWeb(u) || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return want("public_url")
	}
	u.Host = strings.ToLower(u.Host)
	// Browsers leave the port out where it is the scheme's own.
	if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	p.URL = u
	return nil
}

// String is the URL, "" when it is not known before the port is.
func (p PublicURL) String() string {
	if p.URL == nil {
		return ""
	}
	return p.URL.String()
}

// At is the URL of a server that listens on address a.
func At(a string, secure bool) PublicURL {
	u := &url.URL{Scheme: "http", Host: a}
	if secure {
		u.Scheme = "https"
	}
	return PublicURL{u}
}

// resolveListening loads the certificate and fills PUBLIC_URL. It stays empty
// only for a port that is not picked yet.
func resolveListening(c *Config, _ map[string]string) error {
	if err := loadCertificate(c); err != nil {
		return err
	}
	if c.PublicURL.URL == nil && !c.Addr.Loopback() {
		return wantFor("PUBLIC_URL", "public_url_required")
	}
	if c.PublicURL.URL == nil && !strings.HasSuffix(string(c.Addr), ":0") {
		c.PublicURL = At(string(c.Addr), c.Certificate != nil)
	}
	if c.Certificate == nil && !c.Addr.Loopback() {
		c.Warnings = append(c.Warnings, "ADDR is not on loopback and TLS_CERT is not set: passwords travel in clear unless a proxy in front speaks HTTPS")
	}
	if u := c.PublicURL.URL; u != nil && u.Scheme == "http" && !loopbackHost(u.Hostname()) {
		c.Warnings = append(c.Warnings, "PUBLIC_URL is not https: browsers will send the cookie in clear")
	}
	return nil
}

func loadCertificate(c *Config) error {
	switch {
	case c.TLSCert == "" && c.TLSKey == "":
		return nil
	case c.TLSKey == "":
		return wantFor("TLS_KEY", "together", "Other", "TLS_CERT")
	case c.TLSCert == "":
		return wantFor("TLS_CERT", "together", "Other", "TLS_KEY")
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return wantFor("TLS_CERT", "certificate")
	}
	c.Certificate = &pair
	return nil
}

func loopbackHost(host string) bool { return Address(net.JoinHostPort(host, "0")).Loopback() }
