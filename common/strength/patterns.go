package strength

import (
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/trustelem/zxcvbn/match"
)

// What a row is made of, as the name of a sequence.
const (
	alphabet = "alphabet"
	keyboard = "keyboard"
)

// rows are what fingers and minds run along: alphabets, and the keys of the
// Latin and the Korean layout, by row and by column.
var rows = []struct{ name, signs string }{
	{alphabet, "abcdefghijklmnopqrstuvwxyz"},
	{alphabet, "01234567890"},
	{alphabet, "가나다라마바사아자차카타파하"},
	{alphabet, "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"},
	{keyboard, "`1234567890-="}, {keyboard, "~!@#$%^&*()_+"},
	{keyboard, "qwertyuiop[]\\"}, {keyboard, "asdfghjkl;'"}, {keyboard, "zxcvbnm,./"},
	{keyboard, "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/"},
	{keyboard, "1q2w3e4r5t6y7u8i9o0p"},
	{keyboard, "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ"}, {keyboard, "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ"}, {keyboard, "ㅋㅌㅊㅍㅠㅜㅡ"},
}

// runMin is the least length of a run: two neighbours are chance.
const runMin = 3

// findRuns finds stretches of a row, forwards and backwards.
func findRuns(t text) []*match.Match {
	var found []*match.Match
	for _, row := range rows {
		signs := []rune(row.signs)
		for _, step := range []int{1, -1} {
			for i := 0; i < len(t.folded); {
				j := i + longestRun(t.folded[i:], signs, step)
				if j-i < runMin {
					i++
					continue
				}
				m := t.matched("sequence", i, j)
				m.SequenceName, m.Ascending = row.name, step > 0
				found = append(found, m)
				i = j
			}
		}
	}
	return found
}

// longestRun is how far s follows the signs of a row from wherever it begins.
func longestRun(s, signs []rune, step int) int {
	longest := 0
	for at, sign := range signs {
		if len(s) == 0 || sign != s[0] {
			continue
		}
		n := 0
		for k := at; n < len(s) && k >= 0 && k < len(signs) && signs[k] == s[n]; k += step {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

// findRepeats finds a piece that comes again at once: three times if it is
// one character, else twice. It costs what the piece costs, times how often.
func findRepeats(t text, own []string) []*match.Match {
	var found []*match.Match
	n := len(t.folded)
	for period := 1; period <= n/2; period++ {
		for i := 0; i+2*period <= n; i++ {
			j := i + period
			for j < n && t.folded[j] == t.folded[j-period] {
				j++
			}
			j -= (j - i) % period
			times := (j - i) / period
			if times < 2 || j-i < runMin || isRepeat(t.folded[i:i+period]) {
				continue
			}
			m := t.matched("repeat", i, j)
			m.RepeatCount, m.BaseGuesses = times, guess(t.part(i, i+period), own).Guesses
			found = append(found, m)
			i = j - 1
		}
	}
	return found
}

// isRepeat reports whether s is a shorter piece again and again: then the
// shorter one has been found already.
func isRepeat(s []rune) bool {
	for period := 1; period <= len(s)/2; period++ {
		if len(s)%period == 0 && slices.Equal(s[period:], s[:len(s)-period]) {
			return true
		}
	}
	return false
}

var dates = sync.OnceValue(func() (all []*regexp.Regexp) {
	for _, form := range []string{
		year,
		year + `[-./ ]?(0?[1-9]|1[0-2])[-./ ]?(0?[1-9]|[12]\d|3[01])`,
		`(0?[1-9]|[12]\d|3[01])[-./ ]?(0?[1-9]|1[0-2])[-./ ]?` + year,
		`(0?[1-9]|1[0-2])[-./ ]?(0?[1-9]|[12]\d|3[01])[-./ ]?` + year,
		`\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])`,
	} {
		all = append(all, regexp.MustCompile(form))
	}
	return all
})

const year = `(19|20)\d\d`

// findDates finds years and dates in the orders people write them.
func findDates(t text) []*match.Match {
	var found []*match.Match
	for _, d := range dates() {
		for _, at := range d.FindAllStringIndex(t.ascii, -1) {
			m := t.matched("date", at[0], at[1])
			if y, err := strconv.Atoi(dates()[0].FindString(m.Token)); err == nil {
				m.Year = y
			} else {
				m.Year = 1950 // two digits say no century: all of the last one's
			}
			found = append(found, m)
		}
	}
	return found
}
