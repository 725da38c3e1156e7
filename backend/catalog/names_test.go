package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"unicode"

	"example.com/marquee/common/marquee"
)

func TestNamesInHangul(t *testing.T) {
	used := map[string]bool{}
	for _, f := range readStarter(t) {
		if isKorean(f.Movie) {
			for _, p := range slices.Concat(f.Directors, f.Cast) {
				used[nameKey(p)] = true
			}
		}
	}
	lines := strings.Split(strings.TrimSuffix(namesText, "\n"), "\n")
	if len(lines) < 240 || !slices.IsSorted(lines) {
		t.Errorf("%d lines, or not in order", len(lines))
	}
	whose := map[string]string{} // by key, the line
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		name, spellings := fields[0], fields[1:]
		if strings.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Hangul, r) && r != ' ' }) || len([]rune(name)) < 2 {
			t.Errorf("%q is no name in Hangul", name)
		}
		if !slices.ContainsFunc(spellings, func(s string) bool { return used[nameKey(s)] }) {
			t.Errorf("%s is in no Korean film of the starter folder: %q", name, spellings)
		}
		for _, s := range spellings {
			key := nameKey(s)
			if key == "" || isHangul(s) || s != strings.TrimSpace(s) {
				t.Errorf("%s: %q", name, s)
			}
			if other, taken := whose[key]; taken {
				t.Errorf("%q is %s and %s", s, name, other)
			}
			whose[key] = line
		}
	}
	for key, line := range whose {
		for _, s := range strings.Split(line, "\t")[1:] {
			last := strings.LastIndexByte(s, ' ')
			turned := nameKey(s[last+1:] + s[:max(last, 0)])
			if other, taken := whose[turned]; taken && nameKey(s) == key && other != line {
				t.Errorf("%q, the family name last, is another person: %q", s, other)
			}
		}
	}
}

// The names are among the terms of films, which are stored: when this fails,
// formVersion must be raised.
func TestNamesInHangulAreFrozen(t *testing.T) {
	sum := sha256.Sum256([]byte(namesText))
	if got := hex.EncodeToString(sum[:8]); formVersion != 7 || got != "4621f132297fd296" {
		t.Errorf("form %d has names of %s", formVersion, got)
	}
}

func TestWhichFilmsAreKorean(t *testing.T) {
	people := []string{"Kang-ho Song", "Tilda Swinton", "BAE DOO NA"}
	for _, c := range []struct {
		what string
		film marquee.Movie
		want string // whom its cast is shown as in Korean
	}{
		{"its country", marquee.Movie{Cast: people, Countries: []string{"France", "South Korea"}}, "송강호, Tilda Swinton, 배두나"},
		{"its language", marquee.Movie{Cast: people[:1], Languages: []string{"Korean"}, Countries: []string{"United States"}}, "송강호"},
		{"its original title", marquee.Movie{Cast: people[:1], OriginalTitle: "괴물"}, "송강호"},
		{"two people, where nothing else is known", marquee.Movie{Cast: people}, "송강호, Tilda Swinton, 배두나"},
		{"a person twice", marquee.Movie{Directors: []string{"Song Kang Ho"}, Cast: people[:2]}, "Kang-ho Song, Tilda Swinton"},
		{"namesakes elsewhere", marquee.Movie{Cast: people, Countries: []string{"France"}}, "Kang-ho Song, Tilda Swinton, BAE DOO NA"},
		{"namesakes in another language", marquee.Movie{Cast: people, Languages: []string{"French"}}, "Kang-ho Song, Tilda Swinton, BAE DOO NA"},
	} {
		before := slices.Clone(c.film.Cast)
		if got := strings.Join(InKorean(c.film).Cast, ", "); got != c.want || !slices.Equal(c.film.Cast, before) {
			t.Errorf("%s: %s", c.what, got)
		}
	}
}

func TestPartsOfNamesInHangul(t *testing.T) {
	for name, want := range map[string]string{
		"봉준호": "봉 준호", "배두나": "배 두나", "공유": "공 유", "김빛내리": "김 빛내리",
		"남궁민": "남궁 민 남 궁민", "황보라": "황보 라 황 보라", "선우은숙": "선우 은숙", "독고영재": "독고 영재", "선우": "선 우",
		"스티븐 연": "", "봉 준호": "", "Bong Joon-ho": "", "봉": "", "크리스토퍼": "", "아놀드슈워제네거": "", "봉준호2": "", "": "",
	} {
		if got := strings.Join(partsOfHangul(name), " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
