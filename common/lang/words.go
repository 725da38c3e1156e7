package lang

import (
	_ "embed"
	"encoding/json"
	"sync"
)

//go:embed words/ko.json
var koreanWords []byte

// korean are the words of films' data in Korean, read when they are first
// needed.
var korean = sync.OnceValue(func() map[string]string {
	words := map[string]string{}
	if err := json.Unmarshal(koreanWords, &words); err != nil {
		panic("lang: words/ko.json: " + err.Error())
	}
	return words
})

// Word is a genre, country or language of a film, which data name in English,
// in the language of m; one that is not known stays as it is.
func (m *Messages) Word(english string) string {
	if m.tag == Korean {
		if word, ok := korean()[english]; ok {
			return word
		}
	}
	return english
}

// Words is Word for each of a list.
func (m *Messages) Words(english []string) []string {
	words := make([]string, len(english))
	for i, w := range english {
		words[i] = m.Word(w)
	}
	return words
}
