package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"example.com/marquee/common/marquee"
)

// starterVocabulary is what countries, languages and genres are called. Genres
// are those of the Wikipedia data set, countries those of their time.
var starterVocabulary = map[string]string{
	"countries": `Afghanistan, Algeria, Argentina, Australia, Austria, Bangladesh, Belgium, Bhutan, Bolivia, Bosnia and Herzegovina, Botswana, Brazil,
		Bulgaria, Burkina Faso, Cambodia, Cameroon, Canada, Chad, Chile, China, Colombia, Croatia, Cuba, Czech Republic, Czechoslovakia,
		Denmark, East Germany, Egypt, Estonia, Ethiopia, Finland, France, Georgia, Germany, Greece, Hong Kong, Hungary, Iceland, India,
		Indonesia, Iran, Iraq, Ireland, Israel, Italy, Japan, Jordan, Kazakhstan, Kenya, Kyrgyzstan, Latvia, Lebanon, Lesotho, Lithuania,
		Luxembourg, Malaysia, Mali, Mauritania, Mexico, Mongolia, Morocco, Nepal, Netherlands, New Zealand, Nigeria, North Macedonia,
		Norway, Pakistan, Palestine, Peru, Philippines, Poland, Portugal, Qatar, Romania, Russia, Rwanda, Saudi Arabia, Senegal, Serbia,
		Singapore, Slovakia, Slovenia, South Africa, South Korea, Soviet Union, Spain, Sri Lanka, Sudan, Sweden, Switzerland, Syria,
		Taiwan, Thailand, Tunisia, Turkey, Ukraine, United Arab Emirates, United Kingdom, United States, Uruguay, Venezuela, Vietnam,
		West Germany, Yugoslavia, Zambia, Zimbabwe`,
	"languages": `Afrikaans, Akan, Amharic, Arabic, Armenian, Aymara, Azerbaijani, Bambara, Belarusian, Bengali, Bosnian, Bulgarian, Cantonese, Catalan, Czech, Danish,
		Dari, Dutch, Dzongkha, English, Estonian, Finnish, French, Fula, Georgian, German, Greek, Hassaniya, Hebrew, Hindi, Hokkien,
		Hungarian, Icelandic, Igbo, Indonesian, Inuktitut, Irish, Italian, Japanese, Kannada, Kazakh, Khmer, Korean, Kurdish, Kyrgyz, Latin,
		Latvian, Macedonian, Malay, Malayalam, Mandarin, Maori, Marathi, Mixtec, Mongolian, Mooré, Mossi, Nepali, Norwegian, Persian, Polish,
		Portuguese, Punjabi, Quechua, Romanian, Russian, Samoan, Serbian, Serbo-Croatian, Shanghainese, Sicilian, Sinhala, Slovak,
		Slovene, Somali, Sotho, Spanish, Swahili, Swedish, Tagalog, Tamasheq, Tamil, Telugu, Thai, Tibetan, Turkish, Ukrainian, Urdu, Vietnamese,
		Welsh, Wolof, Xhosa, Yiddish, Yolngu, Yoruba, Zulu`,
	"genres": `Action, Adventure, Animated, Biography, Comedy, Crime, Disaster, Documentary, Drama, Erotic, Family, Fantasy, Historical,
		Horror, Martial Arts, Musical, Mystery, Noir, Political, Romance, Satire, Science Fiction, Silent, Sports, Spy, Superhero,
		Supernatural, Teen, Thriller, War, Western`,
}

func readStarter(tb testing.TB) []Film {
	tb.Helper()
	text, err := starterText(starterFolder)
	if err != nil {
		tb.Fatal(err)
	}
	films, err := starterFilms(text)
	if err != nil {
		tb.Fatal(err)
	}
	return films
}

func TestStarterFilms(t *testing.T) {
	films := readStarter(t)
	decades, countries, korean := map[int]int{}, map[string]int{}, 0
	for _, f := range films {
		decades[f.Year/10*10]++
		for _, c := range f.Countries {
			countries[c]++
		}
		if isHangul(f.OriginalTitle) && slices.Contains(f.Countries, "South Korea") {
			korean++
		}
	}
	if len(films) < 420 || korean < 70 || len(decades) < 12 || len(countries) < 60 {
		t.Errorf("%d films, %d Korean, %d decades, %d countries", len(films), korean, len(decades), len(countries))
	}
	t.Logf("%d films, %d Korean; decades %v; countries %v", len(films), korean, decades, countries)
}

var imdbID = regexp.MustCompile(`^tt\d{7,8}$`)

func TestStarterFilmsAreWhole(t *testing.T) {
	for _, f := range readStarter(t) {
		if f.Year < marquee.YearMin || f.Year > 2026 || f.RuntimeMinutes < 40 || f.RuntimeMinutes > 480 {
			t.Errorf("%s: year %d, %d minutes", f.Title, f.Year, f.RuntimeMinutes)
		}
		if !imdbID.MatchString(f.IMDbID) {
			t.Errorf("%s: IMDb id %q", f.Title, f.IMDbID)
		}
		if s := f.OverviewEN; isHangul(s) || !oneSentence(s) || len(s) > 240 {
			t.Errorf("%s: %q", f.Title, s)
		}
		if s := f.OverviewKO; !isHangul(s) || !oneSentence(s) || !strings.HasSuffix(s, "다.") || len([]rune(s)) > 160 {
			t.Errorf("%s: %q", f.Title, s)
		}
		for _, list := range [][]string{{f.Title, f.OriginalTitle}, f.Countries, f.Languages, f.Genres, f.Directors, f.Cast} {
			for i, s := range list {
				if s == "" || s != strings.TrimSpace(s) || f.Title != s && slices.Contains(list[:i], s) {
					t.Errorf("%s: %q", f.Title, list)
				}
			}
		}
	}
}

// oneSentence reports whether s is of a length that says something and ends
// once, at its end. A stop that a small letter or a name follows ("Mr. Kim",
// "U.S. troops") is told from an end by the word before it.
func oneSentence(s string) bool {
	body, ended := strings.CutSuffix(s, ".")
	if !ended || len([]rune(body)) < 20 || strings.ContainsAny(body, "\n\t") || strings.HasSuffix(body, ".") {
		return false
	}
	words := strings.Fields(body)
	for _, w := range words[:len(words)-1] {
		word := strings.TrimRight(w, ".!?")
		if word != w && len([]rune(word)) > 3 && !strings.Contains(word, ".") {
			return false
		}
	}
	return true
}

func TestStarterFilmsUseOneVocabulary(t *testing.T) {
	known := map[string]map[string]bool{}
	for of, text := range starterVocabulary {
		known[of] = map[string]bool{}
		for _, word := range strings.Split(strings.Join(strings.Fields(text), " "), ", ") {
			known[of][word] = true
		}
	}
	for _, f := range readStarter(t) {
		for of, words := range map[string][]string{"countries": f.Countries, "languages": f.Languages, "genres": f.Genres} {
			for _, w := range words {
				if !known[of][w] {
					t.Errorf("%s: %q is none of the %s", f.Title, w, of)
				}
			}
		}
	}
}

// A Hangul title where the film is Korean, the script of its language elsewhere.
func TestStarterFilmsHaveTheirOwnScript(t *testing.T) {
	films := readStarter(t)
	for language, scripts := range map[string][]*unicode.RangeTable{
		"Korean": {unicode.Hangul}, "Japanese": {unicode.Han, unicode.Hiragana, unicode.Katakana}, "Mandarin": {unicode.Han}, "Cantonese": {unicode.Han},
		"Persian": {unicode.Arabic}, "Hindi": {unicode.Devanagari}, "Russian": {unicode.Cyrillic}, "Thai": {unicode.Thai}, "Bengali": {unicode.Bengali},
	} {
		for _, f := range films {
			if f.Languages[0] == language && !strings.ContainsFunc(f.OriginalTitle, func(r rune) bool { return unicode.In(r, scripts...) }) &&
				strings.ContainsFunc(f.OriginalTitle, unicode.IsLower) {
				t.Errorf("%s is in %s: %q", f.Title, language, f.OriginalTitle)
			}
		}
	}
}

func TestStarterFilmsThatAreNotWholeAreRefused(t *testing.T) {
	members := map[string]string{
		"page": `"Night_Train"`, "imdb": `"tt0000001"`, "title": `"Night Train"`, "original_title": `"Pociąg"`, "year": `1959`, "runtime": `99`,
		"countries": `["Poland"]`, "languages": `["Polish"]`, "genres": `["Drama"]`, "directors": `["Somebody"]`, "cast": `["Somebody"]`,
		"en": `"A train."`, "ko": `"기차."`,
	}
	read := func(rows ...map[string]string) error {
		folder := fstest.MapFS{}
		for i, row := range rows {
			var list []string
			for name, value := range row {
				list = append(list, fmt.Sprintf("%q: %s", name, value))
			}
			folder[fmt.Sprintf("starter/%d.json", i)] = &fstest.MapFile{Data: []byte("[{" + strings.Join(list, ", ") + "}]")}
		}
		text, err := starterText(folder)
		if err != nil {
			t.Fatal(err)
		}
		films, err := starterFilms(text)
		if err == nil && len(films) != len(rows) {
			t.Errorf("%d films of %d", len(films), len(rows))
		}
		return err
	}
	with := func(pairs ...string) map[string]string {
		row := maps.Clone(members)
		for i := 0; i < len(pairs); i += 2 {
			row[pairs[i]] = pairs[i+1]
		}
		return row
	}
	if err := read(members, with("page", `"Another"`, "imdb", `"tt0000002"`)); err != nil {
		t.Fatal(err)
	}
	for name := range members {
		empty := map[byte]string{'"': `""`, '[': `[]`}[members[name][0]]
		row := with(name, cmp.Or(empty, "0"))
		if err := read(row); err == nil || !strings.HasSuffix(err.Error(), " its "+name) {
			t.Errorf("empty %s: %v", name, err)
		}
		delete(row, name)
		if err := read(row); err == nil || !strings.HasSuffix(err.Error(), " its "+name) {
			t.Errorf("no %s: %v", name, err)
		}
	}
	for what, row := range map[string]map[string]string{
		"the same IMDb id": with("page", `"Another"`), "the same page": with("imdb", `"tt0000002"`), "a member of no name": with("imdb", `"tt0000002"`, "page", `"Another"`, "x", `1`),
	} {
		if err := read(members, row); err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}
