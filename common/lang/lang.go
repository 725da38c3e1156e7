// Package lang holds the sentences that people read, in Korean and English:
// one file per language and area in messages/. It knows nothing of the rest
// of marquee.
package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// The languages, as BCP 47 tags.
const (
	English = "en"
	Korean  = "ko"
)

//go:embed messages/*.json
var files embed.FS

// sentences are the message files by id, each language read when it is first
// spoken. A library for messages makes an object of each, for plural forms that
// no sentence here has; that was a fifth of a start.
var sentences = map[string]func() map[string]string{
	English: sync.OnceValue(func() map[string]string { return read(English) }),
	Korean:  sync.OnceValue(func() map[string]string { return read(Korean) }),
}

// read reads the files of one language. They are part of the program, so a
// broken one is a programming error.
func read(tag string) map[string]string {
	all := make(map[string]string, 1500)
	names, _ := fs.Glob(files, "messages/*."+tag+".json")
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(raw, &all)
		}
		if err != nil {
			panic("lang: " + name + ": " + err.Error())
		}
	}
	return all
}

// Messages speaks one language. Its methods may be called concurrently.
type Messages struct {
	tag       string
	sentences map[string]string
}

// In returns the messages of a language: Korean for "ko" and its variants
// ("ko_KR.UTF-8" as well), else English.
func In(tag string) *Messages {
	t := English
	if strings.HasPrefix(strings.ToLower(tag), Korean) {
		t = Korean
	}
	return &Messages{tag: t, sentences: sentences[t]()}
}

// Accept returns the messages that an Accept-Language header asks for
// (RFC 9110 section 12.5.4), English when it names neither language.
func Accept(header string) *Messages {
	matcher := language.NewMatcher([]language.Tag{language.English, language.Korean})
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return In(English)
	}
	_, i, _ := matcher.Match(tags...)
	return In([]string{English, Korean}[i])
}

// Tag returns the language, "en" or "ko".
func (m *Messages) Tag() string { return m.tag }

// T returns the sentence named id, its placeholders filled from name, value
// pairs: T("field.too_short", "Limit", 8). An unknown id comes back as it is.
func (m *Messages) T(id string, pairs ...any) string {
	s, ok := m.Find(id, pairs...)
	if !ok {
		return id
	}
	return s
}

// Find is T that tells whether there is such a sentence.
func (m *Messages) Find(id string, pairs ...any) (string, bool) {
	s, ok := m.sentences[id]
	if !ok || len(pairs) < 2 {
		return s, ok
	}
	filled := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		filled = append(filled, "{{."+pairs[i].(string)+"}}", fmt.Sprint(pairs[i+1]))
	}
	// One pass, so that what people typed is never taken for a placeholder.
	return strings.NewReplacer(filled...).Replace(s), true
}
