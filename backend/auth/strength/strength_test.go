package strength_test

import (
	"strings"
	"testing"

	"github.com/trustelem/zxcvbn/frequency"

	"example.com/marquee/backend/auth/strength"
)

var own = []string{"minjikim", "kim.minji@mail.example.com", "marquee"}

func TestJudge(t *testing.T) {
	for password, want := range map[string]strength.Weakness{
		"password": strength.Common, "12345678": strength.Common, "qwertyuiop": strength.Common, "P@ssw0rd": strength.Common,
		"drowssap": strength.Common, "iloveyou1": strength.Common, "Password123!": strength.Common, "1q2w3e4r": strength.Common,
		"minjikim2": strength.OwnWords, "Minji.Kim!": strength.OwnWords, "marquee-marquee-1": strength.OwnWords,
		"kim.minji@mail.example.com": strength.OwnWords,
		"sdfghjkl;'":                 strength.Keyboard, "ㅁㄴㅇㄹㅎㅗㅓㅏ": strength.Keyboard, "][poiuyt": strength.Keyboard,
		"efghijklmn": strength.Sequence, "가나다라마바사아": strength.Sequence,
		"xxxxxxxxxxxx": strength.Repeats, "        ": strength.Repeats, "q7q7q7q7q7": strength.Repeats,
		"비번비번비번비번": strength.Repeats, strings.Repeat("z", 256): strength.Repeats,
		"1987-11-05": strength.Dates, "11/05/1987": strength.Dates,
		"oldhorse": strength.Words,

		// Nothing is asked for but that it be hard to guess.
		"kettle-orbit-93-violin": strength.None, "correct horse battery staple": strength.None,
		"x7#kQ9!z": strength.None, "hgtrwqzlkdnv": strength.None, "83920471650384": strength.None,
		"오늘 저녁은 김치찌개": strength.None, "a password of the rig": strength.None,
		"minjikim likes long walks": strength.None, "😀🎬🍿🎞📽🌙🐙🦊🚲": strength.None,
	} {
		if got := strength.Judge(password, own...); got != want {
			t.Errorf("Judge(%q) = %d, want %d", password, got, want)
		}
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
		if tried++; strength.Judge(p) == strength.None {
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
