package lang

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func load(t *testing.T, name string) map[string]string {
	t.Helper()
	raw, err := files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

// The two languages have the same sentences with the same placeholders.
func TestBothLanguagesSayTheSame(t *testing.T) {
	placeholder := regexp.MustCompile(`\{\{[^}]*\}\}`)
	english, err := fs.Glob(files, "messages/*.en.json")
	if err != nil || len(english) == 0 {
		t.Fatal("no messages", err)
	}
	seen := map[string]string{}
	for _, name := range english {
		en, ko := load(t, name), load(t, strings.Replace(name, ".en.", ".ko.", 1))
		for id := range maps.Keys(ko) {
			if _, ok := en[id]; !ok {
				t.Errorf("%s: %q is only in Korean", name, id)
			}
		}
		for id, text := range en {
			if other := seen[id]; other != "" {
				t.Errorf("%q is in %s and in %s", id, other, name)
			}
			seen[id] = name
			twin, ok := ko[id]
			if !ok {
				t.Errorf("%s: %q is only in English", name, id)
				continue
			}
			a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(twin, -1)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("%s: %q has placeholders %v in English and %v in Korean", name, id, a, b)
			}
			if strings.TrimSpace(text) == "" || strings.TrimSpace(twin) == "" {
				t.Errorf("%s: %q is empty", name, id)
			}
		}
	}
	korean, _ := fs.Glob(files, "messages/*.ko.json")
	if len(korean) != len(english) {
		t.Errorf("%d English files and %d Korean ones", len(english), len(korean))
	}
}

func TestLanguageIsChosen(t *testing.T) {
	for header, want := range map[string]string{
		"": English, "ko": Korean, "ko-KR,ko;q=0.9,en;q=0.8": Korean,
		"fr": English, "en-GB,ko;q=0.5": English, "\x00": English,
	} {
		if got := Accept(header).Tag(); got != want {
			t.Errorf("Accept(%q) = %q, want %q", header, got, want)
		}
	}
	for locale, want := range map[string]string{"ko_KR.UTF-8": Korean, "C": English, "": English, "KO": Korean} {
		if got := In(locale).Tag(); got != want {
			t.Errorf("In(%q) = %q, want %q", locale, got, want)
		}
	}
}

func TestPlaceholdersAreFilled(t *testing.T) {
	if got := In(Korean).T("field.too_short", "Limit", 8); got != "8자 이상이어야 합니다." {
		t.Error(got)
	}
	if got := In(English).T("no.such.id"); got != "no.such.id" {
		t.Error(got)
	}
}
