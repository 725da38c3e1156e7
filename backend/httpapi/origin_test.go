package httpapi

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestAddressOf(t *testing.T) {
	trusted := []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.5/8"), netip.MustParsePrefix("2001:db8:f::/48"), netip.MustParsePrefix("fe80::/10"),
	}
	for name, c := range map[string]struct {
		peer string
		hops []string // one header each
		want string
	}{
		"no proxy":                          {"192.0.2.1:4711", nil, "192.0.2.1"},
		"no proxy, but a claim":             {"192.0.2.1:4711", []string{"203.0.113.9"}, "192.0.2.1"},
		"a proxy":                           {"10.1.1.1:80", []string{"203.0.113.9"}, "203.0.113.9"},
		"a proxy that says nothing":         {"10.1.1.1:80", nil, "10.1.1.1"},
		"a proxy that says less":            {"10.1.1.1:80", []string{""}, "10.1.1.1"},
		"a claim left of the hop":           {"10.1.1.1:80", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		"a claim of being the proxy":        {"10.1.1.1:80", []string{"10.2.2.2, 203.0.113.9"}, "203.0.113.9"},
		"a chain":                           {"127.0.0.1:80", []string{"203.0.113.9, 10.1.1.1,10.2.2.2"}, "203.0.113.9"},
		"several headers":                   {"127.0.0.1:80", []string{"198.51.100.1", "203.0.113.9", "10.2.2.2"}, "203.0.113.9"},
		"all trusted":                       {"127.0.0.1:80", []string{"10.9.9.9, 10.1.1.1"}, "10.9.9.9"},
		"garbage from the client":           {"10.1.1.1:80", []string{"<script>, 203.0.113.9"}, "203.0.113.9"},
		"garbage from the proxy":            {"10.1.1.1:80", []string{"203.0.113.9, unknown"}, "10.1.1.1"},
		"garbage in a chain":                {"127.0.0.1:80", []string{"203.0.113.9, _hidden, 10.2.2.2"}, "10.2.2.2"},
		"a port":                            {"10.1.1.1:80", []string{"203.0.113.9:5150"}, "203.0.113.9"},
		"IPv6":                              {"[2001:db8:f::1]:80", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 in brackets":                  {"10.1.1.1:80", []string{"[2001:db8::7]"}, "2001:db8::7"},
		"IPv6 with a port":                  {"10.1.1.1:80", []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		"IPv4 in IPv6":                      {"[::ffff:10.1.1.1]:80", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		"a link-local proxy":                {"[fe80::1%eth0]:80", []string{"203.0.113.9"}, "203.0.113.9"},
		"written at length":                 {"10.1.1.1:80", []string{"2001:0DB8:0:0::0007"}, "2001:db8::7"},
		"a socket":                          {"@", []string{"203.0.113.9"}, "local"},
		"a socket without a name":           {"", nil, "local"},
		"a private address is not a proxy":  {"192.168.1.1:80", []string{"203.0.113.9"}, "192.168.1.1"},
		"nor is the loopback of IPv6":       {"[::1]:80", []string{"203.0.113.9"}, "::1"},
		"an address in octal is no address": {"10.1.1.1:80", []string{"0203.0.113.9"}, "10.1.1.1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.hops, "X-Real-Ip": {"198.51.100.77"}}}
		if got := AddressOf(trusted)(r); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	r := &http.Request{RemoteAddr: "127.0.0.1:80", Header: http.Header{"X-Forwarded-For": {"203.0.113.9"}}}
	if got := AddressOf(nil)(r); got != "127.0.0.1" {
		t.Errorf("with nobody trusted: %q", got)
	}
}
