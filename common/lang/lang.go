// Package lang holds the sentences that people read, in Korean and English:
// one file per language and area in messages/. It knows nothing of the rest
// of marquee.
package lang

import (
	"embed"
	"encoding/json"
	"io/fs"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The languages, as BCP 47 tags.
const (
	English = "en"
	Korean  = "ko"
)

//go:embed messages/*.json
var files embed.FS

// bundles are the message files, each language read when it is first spoken.
var bundles = map[string]func() *i18n.Bundle{
	English: sync.OnceValue(func() *i18n.Bundle { return read(language.English) }),
	Korean:  sync.OnceValue(func() *i18n.Bundle { return read(language.Korean) }),
}

// read reads the files of one language. They are part of the program, so a
// broken one is a programming error. Sentences have no plural forms, so that
// go-i18n's own reader, which costs a start of the program 10 ms, would find
// nothing that this one does not.
func read(tag language.Tag) *i18n.Bundle {
	b := i18n.NewBundle(tag)
	names, _ := fs.Glob(files, "messages/*."+tag.String()+".json")
	for _, name := range names {
		raw, err := files.ReadFile(name)
		sentences := map[string]string{}
		if err == nil {
			err = json.Unmarshal(raw, &sentences)
		}
		messages := make([]*i18n.Message, 0, len(sentences))
		for id, text := range sentences {
			messages = append(messages, &i18n.Message{ID: id, Other: text})
		}
		if err == nil {
			err = b.AddMessages(tag, messages...)
		}
		if err != nil {
			panic("lang: " + name + ": " + err.Error())
		}
	}
	return b
}

// Messages speaks one language. Its methods may be called concurrently.
type Messages struct {
	tag       string
	localizer *i18n.Localizer
}

// In returns the messages of a language: Korean for "ko" and its variants
// ("ko_KR.UTF-8" as well), else English.
func In(tag string) *Messages {
	t := English
	if strings.HasPrefix(strings.ToLower(tag), Korean) {
		t = Korean
	}
	return &Messages{tag: t, localizer: i18n.NewLocalizer(bundles[t](), t)}
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
	cfg := &i18n.LocalizeConfig{MessageID: id}
	if len(pairs) > 1 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			data[pairs[i].(string)] = pairs[i+1]
		}
		cfg.TemplateData = data
	}
	s, err := m.localizer.Localize(cfg)
	return s, err == nil
}
