package background

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// read drains a Reader and returns the keys and the answers.
func read(t *testing.T, src io.Reader) (keys string, answers []bool) {
	t.Helper()
	r := NewReader(src, func(dark bool) { answers = append(answers, dark) })
	buf := make([]byte, 256)
	var all strings.Builder
	for {
		n, err := r.Read(buf)
		all.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return all.String(), answers
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnswersAreTakenOutOfTheKeys(t *testing.T) {
	for in, want := range map[string]struct {
		keys    string
		answers []bool
	}{
		"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\":           {"", []bool{true}},
		"\x1b]11;rgb:ffff/ffff/ffff\a":               {"", []bool{false}},
		"jj\x1b]11;rgb:fd/f6/e3\ak":                  {"jjk", []bool{false}},
		"\x1b]11;rgba:0000/0000/0000/ffff\x1b\\q":    {"q", []bool{true}},
		"plain \x1b[A 한글 \x1b":                       {"plain \x1b[A 한글 \x1b", nil},
		"\x1b]52;c;eA==\a":                           {"\x1b]52;c;eA==\a", nil},
		"\x1b]11;what?\aj":                           {"\x1b]11;what?\aj", nil},
		"\x1b]11;" + strings.Repeat("x", 200) + "\a": {"\x1b]11;" + strings.Repeat("x", 200) + "\a", nil},
	} {
		for name, src := range map[string]io.Reader{"whole": strings.NewReader(in), "bytewise": holdESC(in)} {
			keys, answers := read(t, src)
			if keys != want.keys || len(answers) != len(want.answers) || len(answers) > 0 && answers[0] != want.answers[0] {
				t.Errorf("%s %q: keys %q, answers %v", name, in, keys, answers)
			}
		}
	}
}

// holdESC gives one byte a read, but ESC with what follows it, as terminals
// write a sequence.
func holdESC(s string) io.Reader {
	var parts []io.Reader
	for i := 0; i < len(s); i++ {
		n := 1
		if s[i] == 0x1b && i+1 < len(s) {
			n = 2
		}
		parts = append(parts, iotest.DataErrReader(strings.NewReader(s[i:i+n])))
		i += n - 1
	}
	return io.MultiReader(parts...)
}

func TestSmallBuffersLoseNothing(t *testing.T) {
	in := "\x1b]11;rgb:zz/" + strings.Repeat("k", 100)
	r := NewReader(holdESC(in), func(bool) { t.Error("an answer") })
	var got strings.Builder
	buf := make([]byte, 7)
	for {
		n, err := r.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if got.String() != in {
		t.Errorf("%q became %q", in, got.String())
	}
}

func TestEnvironmentIsAGuess(t *testing.T) {
	for env, dark := range map[string]bool{"COLORFGBG=15;0": true, "COLORFGBG=0;15": false, "COLORFGBG=0;default;7": false, "TERM=xterm": true, "COLORFGBG=": true} {
		if got := FromEnvironment([]string{env}); got != dark {
			t.Errorf("%s: %v", env, got)
		}
	}
}
