package strength_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/trustelem/zxcvbn/frequency"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
)

var own = []string{"minjikim", "kim.minji@mail.example.com"}

func TestJudge(t *testing.T) {
	for password, want := range map[string]string{
		"password": marquee.FieldCommon, "12345678": marquee.FieldCommon, "qwertyuiop": marquee.FieldCommon, "P@ssw0rd": marquee.FieldCommon,
		"drowssap": marquee.FieldCommon, "iloveyou1": marquee.FieldCommon, "Password123!": marquee.FieldCommon, "1q2w3e4r": marquee.FieldCommon,
		"minjikim2": marquee.FieldContainsName, "Minji.Kim!": marquee.FieldContainsName, "marquee-marquee-1": marquee.FieldContainsName,
		"kim.minji@mail.example.com": marquee.FieldContainsName,
		"sdfghjkl;'":                 marquee.FieldKeyboard, "ㅁㄴㅇㄹㅎㅗㅓㅏ": marquee.FieldKeyboard, "][poiuyt": marquee.FieldKeyboard,
		"efghijklmn": marquee.FieldSequence, "가나다라마바사아": marquee.FieldSequence,
		"xxxxxxxxxxxx": marquee.FieldRepeats, "        ": marquee.FieldRepeats, "q7q7q7q7q7": marquee.FieldRepeats,
		"비번비번비번비번": marquee.FieldRepeats, strings.Repeat("z", 256): marquee.FieldRepeats,
		"1987-11-05": marquee.FieldDate, "11/05/1987": marquee.FieldDate,
		"oldhorse": marquee.FieldCommonWords,

		// Nothing is asked for but that it be hard to guess.
		"kettle-orbit-93-violin": "", "correct horse battery staple": "",
		"x7#kQ9!z": "", "hgtrwqzlkdnv": "", "83920471650384": "",
		"오늘 저녁은 김치찌개": "", "a password of the rig": "",
		"minjikim likes long walks": "", "😀🎬🍿🎞📽🌙🐙🦊🚲": "",
	} {
		if got := problem(password, own...); got != want {
			t.Errorf("Judge(%q) refuses with %q, want %q", password, got, want)
		}
	}
}

// problem is the code with which a password is refused, "" if it is not.
func problem(password string, own ...string) string {
	s := strength.Judge(password, own...)
	if (s.Problem == nil) != (s.Level >= marquee.Good) {
		return "level and problem disagree"
	}
	if s.Problem == nil {
		return ""
	}
	return s.Problem.Code
}

func TestLevels(t *testing.T) {
	for password, want := range map[string]marquee.Level{
		"": marquee.VeryWeak, "password": marquee.VeryWeak, "minjikim": marquee.VeryWeak, "hgtrwqz": marquee.Weak,
		"minjikim2xk7q4": marquee.Weak, "hgtrwqzlk": marquee.Good, "kettle-orbit-93-violin": marquee.Strong, "오늘 저녁은 김치찌개": marquee.Strong,
	} {
		if got := strength.Judge(password, own...).Level; got != want {
			t.Errorf("Judge(%q) has level %d, want %d", password, got, want)
		}
	}
}

var update = flag.Bool("update", false, "write words.txt anew from the library's lists")

func TestListsAreTheLibrarys(t *testing.T) {
	var want strings.Builder
	for _, name := range slices.Sorted(maps.Keys(frequency.FrequencyLists)) {
		want.WriteString("= " + name + "\n" + strings.Join(frequency.FrequencyLists[name], "\n") + "\n")
	}
	if *update {
		if err := os.WriteFile("words.txt", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("words.txt")
	if err != nil || string(have) != want.String() {
		t.Errorf("words.txt differs from the lists of zxcvbn (%v); -update writes it anew", err)
	}
}

func TestListsAreLongEnough(t *testing.T) {
	list := frequency.FrequencyLists["passwords"]
	if len(list) < 10_000 {
		t.Fatalf("%d passwords", len(list))
	}
	tried := 0
	for _, p := range list {
		if len(p) < 8 {
			continue
		}
		if tried++; problem(p) == "" {
			t.Errorf("%q is in the list of common passwords", p)
		}
		if tried == 1000 {
			break
		}
	}
}

// Whatever bytes somebody sends, judging them ends, and soon.
func FuzzJudge(f *testing.F) {
	for _, s := range []string{"", "\xff\xfe", "é́́", strings.Repeat("4@8({[<369!1|70$5+%2", 13), strings.Repeat("가", 300), "\x00\n\u202e"} {
		f.Add(s, "name")
	}
	f.Fuzz(func(t *testing.T, s, own string) { strength.Judge(s, own) })
}

func BenchmarkJudge(b *testing.B) {
	for name, p := range map[string]string{
		"phrase": "kettle-orbit-93-violin", "long": strings.Repeat("4@8({[<369!1|70$5+%2", 13), "same": strings.Repeat("a", 256),
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				strength.Judge(p, own...)
			}
		})
	}
}
