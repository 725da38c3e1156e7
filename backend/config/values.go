package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Secret is text that no log and no %v may show.
type Secret string

const hidden = "[hidden]"

// String hides the text.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the text from %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Reveal returns the text.
func (s Secret) Reveal() string { return string(s) }

// Algorithm is how access tokens are signed: "EdDSA" or "HS256".
type Algorithm string

// UnmarshalText reads either name.
func (a *Algorithm) UnmarshalText(text []byte) error {
	return oneOf((*string)(a), string(text), "EdDSA", "HS256")
}

// Format is how logs are written: "text", "json", or "" for what fits.
type Format string

// UnmarshalText reads either name.
func (f *Format) UnmarshalText(text []byte) error {
	return oneOf((*string)(f), string(text), "text", "json")
}

// Switch is a setting that is on or off.
type Switch bool

// UnmarshalText reads "on" or "off".
func (s *Switch) UnmarshalText(text []byte) error {
	var word string
	if err := oneOf(&word, string(text), "on", "off"); err != nil {
		return err
	}
	*s = word == "on"
	return nil
}

// Level is the least level that is logged.
type Level slog.Level

// UnmarshalText reads the name of a level.
func (l *Level) UnmarshalText(text []byte) error {
	levels := []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}
	var word string
	if err := oneOf(&word, strings.ToLower(string(text)), "debug", "info", "warn", "error"); err != nil {
		return err
	}
	*l = Level(levels[slices.Index([]string{"debug", "info", "warn", "error"}, word)])
	return nil
}

func oneOf(to *string, text string, words ...string) error {
	if !slices.Contains(words, text) {
		return want("one_of", "Words", strings.Join(words, ", "))
	}
	*to = text
	return nil
}

// Networks is a list of CIDR prefixes.
type Networks []netip.Prefix

// UnmarshalText reads prefixes separated by commas. One that holds every
// address is refused: it would let anybody say who he is.
func (n *Networks) UnmarshalText(text []byte) error {
	for _, part := range commas(string(text)) {
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return want("cidr")
		}
		if p.Bits() == 0 {
			return want("cidr_all")
		}
		*n = append(*n, p.Masked())
	}
	return nil
}

// Origins is a list of web origins (RFC 6454 section 6.2).
type Origins []string

// UnmarshalText reads origins separated by commas. "*" and "null" are refused.
func (o *Origins) UnmarshalText(text []byte) error {
	for _, part := range commas(string(text)) {
		u, err := url.Parse(part)
		if err != nil || !isWeb(u) || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return want("origins")
		}
		*o = append(*o, strings.ToLower(part))
	}
	return nil
}

func commas(text string) []string {
	var parts []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}
