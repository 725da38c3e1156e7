package marquee

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func code(e *FieldError) string {
	if e == nil {
		return ""
	}
	return e.Code
}

func TestCheckUsername(t *testing.T) {
	for name, want := range map[string]string{
		"": FieldRequired, "   ": FieldRequired,
		"abc": FieldTooShort, "abcd": "", strings.Repeat("a", 32): "", strings.Repeat("a", 33): FieldTooLong,
		"봉준호감독": "", "봉준호": FieldTooShort, "kim.min-ji_7": "",
		"two words": FieldCharacters, "a@bc.de": FieldCharacters, "tab\tname": FieldCharacters,
		"esc\x1b[31m": FieldCharacters, "rtl\u202ename": FieldCharacters, "nul\x00name": FieldCharacters,
		"bad\xffutf8": FieldCharacters, "smile😀name": FieldCharacters,
		// Four code points once composed, eight before.
		"e\u0301e\u0301e\u0301e\u0301": "",
	} {
		if got := code(CheckUsername(name)); got != want {
			t.Errorf("CheckUsername(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCheckEmail(t *testing.T) {
	for address, want := range map[string]string{
		"": FieldRequired, "a@b.kr": "", "first.last+tag@mail.example.com": "", "이름@예시.한국": "",
		"nobody": FieldFormat, "@b.kr": FieldFormat, "a@b": FieldFormat, "a@@b.kr": FieldFormat,
		"a b@c.kr": FieldFormat, "a@b..kr": FieldFormat, "a@.kr": FieldFormat, "a@b.kr.": FieldFormat,
		"<a@b.kr>": FieldFormat, "a\n@b.kr": FieldFormat, "a@b.kr\x00": FieldFormat, "\xff@b.kr": FieldFormat,
		strings.Repeat("a", 65) + "@b.kr":                                FieldFormat,
		"a@" + strings.Repeat("b", 250) + ".kr":                          FieldTooLong,
		strings.Repeat("a", 64) + "@" + strings.Repeat("b", 186) + ".kr": "",
	} {
		if got := code(CheckEmail(address)); got != want {
			t.Errorf("CheckEmail(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestPasswordRules(t *testing.T) {
	rules := PasswordRules{}
	for password, want := range map[string]string{
		"": FieldRequired, "1234567": FieldTooShort, "12345678": "", "        ": "",
		strings.Repeat("x", 256): "", strings.Repeat("x", 257): FieldTooLong,
		strings.Repeat("가", 8): "", strings.Repeat("😀", 7): FieldTooShort,
		"MinjiKim": FieldContainsName, "minjikim": FieldContainsName, "minjikim2": "",
		"bad\xffbytes": FieldCharacters, "nul\x00inside": "",
	} {
		if got := code(rules.Check(password, "minjikim", "m@example.com")); got != want {
			t.Errorf("Check(%q) = %q, want %q", password, got, want)
		}
	}
	if got := code(PasswordRules{Min: 15}.Check("fourteen chars")); got != FieldTooShort {
		t.Errorf("a raised floor is not kept: %q", got)
	}
	if got := code(PasswordRules{Min: 1}.Check("1234567")); got != FieldTooShort {
		t.Errorf("the floor can be lowered: %q", got)
	}
}

func TestNamesFoldAlike(t *testing.T) {
	for _, pair := range [][2]string{
		{"Minji", "mINJI"}, {"e\u0301tude", "ÉTUDE"}, {" space ", "space"}, {"straße", "STRASSE"},
	} {
		if FoldName(pair[0]) != FoldName(pair[1]) {
			t.Errorf("%q and %q do not fold alike", pair[0], pair[1])
		}
	}
	if FoldName("i") == FoldName("ı") {
		t.Error("dotless i folds to i: two names would be one")
	}
}

func TestRegistrationNamesEveryBadField(t *testing.T) {
	err := Registration{Email: "x", Username: "y", Password: "z"}.Validate(PasswordRules{})
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeInvalid || len(e.Fields) != 3 {
		t.Fatalf("got %v", err)
	}
	if err := (Registration{Email: "a@b.kr", Username: "minji", Password: "correct horse"}).Validate(PasswordRules{}); err != nil {
		t.Error(err)
	}
}

// C8: text from outside drives no terminal. The pages of the terminal have a
// test of their own, in tui/app.
func TestAttack_TerminalSequencesInText(t *testing.T) {
	for _, payload := range []string{
		"\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;AAAA\x1b\\", "\u009b31m", "\x9b31m", "\x07\x08\x7f",
		"\u202Eevil", "\u2066x\u2069", "a\r\nb", "\u2028",
	} {
		got := CleanText(payload, 0)
		for _, r := range got {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || isBidi(r) || r == '\u2028' {
				t.Errorf("CleanText(%q) keeps %U", payload, r)
			}
		}
		if !utf8.ValidString(got) {
			t.Errorf("CleanText(%q) is not UTF-8", payload)
		}
	}
	// The twin: text that attacks nobody stays as it is.
	for _, text := range []string{"기생충", "Amélie", "👨‍👩‍👧 family", "100% – “quoted”"} {
		if got := CleanText(text, 0); got != text {
			t.Errorf("CleanText(%q) = %q", text, got)
		}
	}
	if got := CleanText("가나다라", 2); got != "가나" {
		t.Errorf("limit: %q", got)
	}
}

func TestParseDate(t *testing.T) {
	for _, bad := range []string{"", "2026-02-30", "26-01-01", "2026-1-1", "1700-01-01", "2026-01-01T00:00:00Z"} {
		if _, err := ParseDate(bad); !IsCode(err, CodeInvalid) {
			t.Errorf("ParseDate(%q): %v", bad, err)
		}
	}
	if d, err := ParseDate("2024-02-29"); err != nil || d != "2024-02-29" {
		t.Error(d, err)
	}
}

// At eleven in UTC it is tomorrow already where the calendar is ahead by 14 hours.
func TestNoDateAfterTheLastThatHasBegunOnEarth(t *testing.T) {
	now := time.Date(2026, 12, 31, 11, 0, 0, 0, time.UTC)
	for day, ok := range map[string]bool{"1900-01-01": true, "2026-12-31": true, "2027-01-01": true, "2027-01-02": false, "9999-12-31": false} {
		d, err := ParsePastDate(day, now)
		var e *Error
		if ok && (err != nil || string(d) != day) || !ok && (!errors.As(err, &e) || e.Fields[0] != FieldError{Field: "date", Code: FieldFuture}) {
			t.Errorf("%s: %q %v", day, d, err)
		}
	}
	if _, err := ParsePastDate("2026-02-30", now); !IsCode(err, CodeInvalid) {
		t.Error(err)
	}
	if d := LatestDate(now.Add(-61 * time.Minute)); d != "2026-12-31" {
		t.Error(d)
	}
}

func TestErrorKeepsItsCauseToItself(t *testing.T) {
	cause := errors.New("dial tcp 10.0.0.7:5432")
	err := error(Unavailable("read account", cause))
	if !errors.Is(err, cause) || ErrorCode(err) != CodeUnavailable || ErrorCode(cause) != CodeInternal || ErrorCode(nil) != "" {
		t.Error(err)
	}
}

func TestNetworkIsWhatOneSubscriberHas(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "local": "local", "": "",
	} {
		if got := Network(address); got != want {
			t.Errorf("Network(%q) = %q, want %q", address, got, want)
		}
	}
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.0/24", "::ffff:192.0.2.7": "192.0.2.0/24", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "local": "local", "": "",
	} {
		if got := Subnet(address); got != want {
			t.Errorf("Subnet(%q) = %q, want %q", address, got, want)
		}
	}
	if LimitKey("login", "a", "bc") == LimitKey("login", "ab", "c") || len(LimitKey("login", strings.Repeat("x", 1<<16))) > 64 {
		t.Error("limit keys")
	}
}
