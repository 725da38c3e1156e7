package marquee

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Bounds of what people type, in characters (Unicode code points after NFC).
const (
	UsernameMin = 4
	UsernameMax = 32
	EmailMax    = 254 // RFC 5321 section 4.5.3.1.3, less the angle brackets
	PasswordMin = 8
	PasswordMax = 256
)

// NormalName returns a user name as it is kept: NFC, without surrounding space.
func NormalName(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// FoldName returns the form in which user names and addresses are compared:
// NFC, full case folding, NFC again, since folding can take a string out of it.
func FoldName(s string) string {
	return norm.NFC.String(cases.Fold().String(NormalName(s)))
}

// NormalPassword returns a password as it is hashed: NFC and nothing else, so
// that space at its ends counts.
func NormalPassword(s string) string { return norm.NFC.String(s) }

// CheckUsername returns nil or what is wrong with a new user name.
func CheckUsername(s string) *FieldError {
	const field = "username"
	s = NormalName(s)
	if s == "" {
		return &FieldError{Field: field, Code: FieldRequired}
	}
	if !utf8.ValidString(s) {
		return &FieldError{Field: field, Code: FieldCharacters}
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.-", r) {
			return &FieldError{Field: field, Code: FieldCharacters}
		}
	}
	return checkLength(field, s, UsernameMin, UsernameMax)
}

// CheckEmail returns nil or what is wrong with an address. It looks at the
// shape only; whether mail arrives is for mail to show.
func CheckEmail(s string) *FieldError {
	const field = "email"
	s = NormalName(s)
	if s == "" {
		return &FieldError{Field: field, Code: FieldRequired}
	}
	if e := checkLength(field, s, 0, EmailMax); e != nil {
		return e
	}
	local, domain, ok := strings.Cut(s, "@")
	bad := !ok || local == "" || len(local) > 64 || strings.Contains(domain, "@") ||
		!strings.Contains(domain, ".") || strings.Contains(s, "..") ||
		strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") ||
		strings.HasPrefix(domain, "-") || !utf8.ValidString(s) ||
		strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`<>()[]\,;:"`, r)
		})
	if bad {
		return &FieldError{Field: field, Code: FieldFormat}
	}
	return nil
}

// PasswordRules are the bounds of a new password; the zero value is the default.
type PasswordRules struct {
	Min int // characters; below PasswordMin counts as PasswordMin
	// Judge says how strong a password is, and refuses one that would be
	// guessed too soon; nil leaves that to whoever can tell. It may take some
	// milliseconds, the first time more.
	Judge func(password string, own ...string) Strength
}

// Bounds are the rules without their judge: they cost nothing.
func (r PasswordRules) Bounds() PasswordRules { return PasswordRules{Min: r.Min} }

// Check returns nil or what is wrong with a new password of the account named
// by own (user name, address). Any character counts, none is asked for
// (NIST SP 800-63B-4 section 3.1.1).
func (r PasswordRules) Check(password string, own ...string) *FieldError {
	const field = "password"
	if password == "" {
		return &FieldError{Field: field, Code: FieldRequired}
	}
	if !utf8.ValidString(password) {
		return &FieldError{Field: field, Code: FieldCharacters}
	}
	p := NormalPassword(password)
	if e := checkLength(field, p, max(r.Min, PasswordMin), PasswordMax); e != nil {
		return e
	}
	folded := FoldName(p)
	for _, o := range own {
		if o = FoldName(o); o != "" && folded == o {
			return &FieldError{Field: field, Code: FieldContainsName}
		}
	}
	if r.Judge == nil {
		return nil
	}
	return r.Judge(p, own...).Problem
}

// Measure is Check for a password that is being typed: what the other rules
// refuse has a strength too, below Good.
func (r PasswordRules) Measure(password string, own ...string) (s Strength) {
	if r.Judge != nil && password != "" {
		s = r.Judge(NormalPassword(password), own...)
	}
	if problem := r.Bounds().Check(password, own...); problem != nil {
		s.Level, s.Problem = min(s.Level, Weak), problem
	}
	return s
}

// Validate returns CodeInvalid with every field that the rules refuse.
func (r Registration) Validate(rules PasswordRules) error {
	var fields []FieldError
	for _, e := range []*FieldError{
		CheckEmail(r.Email), CheckUsername(r.Username), rules.Check(r.Password, r.Username, r.Email),
	} {
		if e != nil {
			fields = append(fields, *e)
		}
	}
	return Invalid(fields...)
}

func checkLength(field, s string, least, most int) *FieldError {
	switch n := utf8.RuneCountInString(s); {
	case n < least:
		return &FieldError{Field: field, Code: FieldTooShort, Limit: least}
	case n > most:
		return &FieldError{Field: field, Code: FieldTooLong, Limit: most}
	}
	return nil
}
