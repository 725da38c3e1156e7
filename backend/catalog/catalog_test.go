package catalog

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Keys are stored: when this fails, a migration must write them again, and
// formVersion must be raised.
func TestTitleKeysAreFrozen(t *testing.T) {
	for title, want := range map[string]string{
		"The Host": "16b4177117f31816000007e3", "기생충": "315631e8315f31d53246316431e13246000007e3", "8½": "14f0000114ee14e704ac14e8000007e3", "...tick": "017201720172181616cd161d16ff000007e3",
	} {
		if got := hex.EncodeToString(titleKey(title, 2019)); got != want {
			t.Errorf("%q: %s", title, got)
		}
	}
	if got := idOf("Alien_(film)", "Alien", 1979, nil); got != "e9d2372b-e3b2-5bcd-9560-2c30c6539a90" {
		t.Errorf("id %s", got)
	}
	// A page as starter films name it, and as addresses do.
	if plain, escaped := idOf("Amélie", "Amélie", 2001, nil), idOf(pageName("Am%C3%A9lie"), "Amélie", 2001, nil); plain != escaped {
		t.Errorf("%s is known as %s too", plain, escaped)
	}
}

// Every title is in one span, and spans lie side by side.
func TestSpansOfTitles(t *testing.T) {
	spans := TitleSpans()
	for i, s := range spans {
		if last := i == len(spans)-1; last != (s.To == nil) || !last && bytes.Compare(s.From, s.To) >= 0 {
			t.Errorf("%q is out of its place", s.Term)
		}
	}
	for title, letter := range map[string]string{
		"": "", "9": "", "An Alpha": "a", "É": "e", "Zulu": "z", "Ωmega": "α", "Мир": "а", "각": "가", "꽃": "가", "괴물": "가", "나": "나", "いま": "あ", "東京": "一",
	} {
		if got := termOfTitles(titleKey(title, 2000)); got != titlesTerm+letter {
			t.Errorf("%q is among the titles from %q on", title, got)
		}
	}
}

func TestOrderOfTitles(t *testing.T) {
	want := []string{"!", "$", "9", "10", "2001", "An Alpha", "beta", "The Beta Two", "Café", "CAFES", "Zulu", "가", "가나", "각", "괴물", "나", "漢"}
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, func(a, b string) int { return bytes.Compare(titleKey(a, 2000), titleKey(b, 2000)) })
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	if bytes.Compare(titleKey("Dune", 1984), titleKey("DUNE", 2021)) >= 0 {
		t.Error("films of one title do not go by year")
	}
	if long := strings.Repeat("가", 5000); len(titleKey(long, 2000)) > keyBytes+4 {
		t.Error("a long title has a long key")
	}
}

func TestTermsAreCleanForBothIndices(t *testing.T) {
	for _, s := range []string{"R.I.P.D.", "a'b\"c\\d|e&f", "$ %", "\x00\xff", "살인의 추억", "e\u0301", strings.Repeat("가", 500), "\uE001x"} {
		for _, term := range terms([]string{s}, []string{s}, nil, 2000) {
			body := strings.TrimLeft(term, shortTerm+yearTerm+decadeTerm)
			if body == "" || len(term) > maxTermBytes+4 || !utf8.ValidString(term) || strings.ContainsFunc(body, func(r rune) bool {
				return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) || unicode.IsUpper(r) || unicode.IsSpace(r)
			}) {
				t.Errorf("%q has the term %q", s, term)
			}
		}
	}
}

func TestCursorsOfThePreviousKey(t *testing.T) {
	old := cursors{keys: [][]byte{[]byte("old")}}
	p := Position{TitleKey: []byte{1, 0, 255}, Number: -3, ID: "x", Part: 1, Date: "2024-01-01"}
	want := place{p, true, "괴물"}
	cursor := *old.make("list", want)
	got, err := cursors{keys: [][]byte{[]byte("new"), []byte("old")}}.read("list", cursor)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := (cursors{keys: [][]byte{[]byte("new")}}).read("list", cursor); err == nil {
		t.Error("a cursor of a key that is gone is accepted")
	}
}

// No text but one made here is a cursor, and none breaks anything.
func FuzzCursor(f *testing.F) {
	c := cursors{keys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")}}
	made := *c.make("list", place{Position: Position{TitleKey: []byte{9, 9}, ID: "id"}})
	f.Add(made)
	f.Add("")
	f.Add(made + "=")
	f.Add(made + "\n")
	f.Add(strings.ToUpper(made))
	f.Add(strings.Repeat("A", 5000))
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := c.read("list", s); (err == nil) != (s == made) {
			t.Errorf("%q: %v", s, err)
		}
		if _, err := c.read("another list", s); err == nil {
			t.Errorf("%q is good for another list", s)
		}
	})
}
