// Package settings is the file in which a person keeps how the terminal client
// looks and which keys it takes: JSON that may have comments and trailing
// commas. It knows nothing of pages and terminals, and no sentence: what is
// wrong with a file is a code and a line.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/tailscale/hujson"
)

// Name is what the file is called in its directory.
const Name = "settings.json"

// maxFile bounds what is read, in bytes.
const maxFile = 256 << 10

// Settings are what a person has set; zero members are left to the program.
type Settings struct {
	Language string              // one of Vocabulary.Languages
	Theme    string              // one of Vocabulary.Themes
	Mouse    *bool               // whether clicks and the wheel are taken
	Keys     map[string][]string // keys by the action they are for
}

// Vocabulary is what settings may be.
type Vocabulary struct {
	Languages, Themes []string
	// CheckKeys says what is wrong with keys, by action; nil takes all.
	CheckKeys func(map[string][]string) []Wrong
}

// Wrong is what is wrong with the keys of an action.
type Wrong struct{ Action, Code, Key, Other string }

// The codes of problems; the others are those of Vocabulary.CheckKeys.
const (
	Unreadable = "unreadable" // the system's reason is in Problem.Err
	Syntax     = "syntax"     // from Problem.Line on this is no JSON
	NoObject   = "no_object"
	Unknown    = "unknown" // there is no setting Problem.Name
	Twice      = "twice"   // Problem.Name is set again
	NotOneOf   = "not_one_of"
	NotBool    = "not_bool"
	NotKeys    = "not_keys" // Problem.Name is not a list of at least one key
)

// Problem is why a part of a file is not used. It is an error of Keep as well.
type Problem struct {
	Path string
	Line int    // from 1; 0 where the whole file is meant
	Code string // of this package or of Vocabulary.CheckKeys
	// Name is the setting or action, Value what it is set to, Key and Other a
	// key and the action that has it too.
	Name, Value, Key, Other string
	Known                   []string // what would be good instead
	Err                     error
}

// Error implements error, for logs; people read a sentence made of the parts.
func (p Problem) Error() string {
	return fmt.Sprintf("settings: %s:%d: %s %s", p.Path, p.Line, p.Code, p.Name)
}

// Unwrap returns the system's reason, if there is one.
func (p Problem) Unwrap() error { return p.Err }

// Read reads a file. Parts that cannot be used are left out and told; a file
// that is not there says nothing.
func Read(path string, known Vocabulary) (Settings, []Problem) {
	b, err := readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Settings{}, nil
	case err != nil:
		return Settings{}, []Problem{{Path: path, Code: Unreadable, Err: err}}
	}
	members, problem := parse(path, b)
	if problem != nil {
		return Settings{}, []Problem{*problem}
	}
	r := reader{path: path, text: b, known: known}
	for _, m := range members {
		r.member(m)
	}
	r.checkKeys()
	return r.read, r.problems
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	// A pipe would hold the start of the program.
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("not a file of at most %d KiB", maxFile>>10)
	}
	return os.ReadFile(path)
}

// parse returns the members of the object that b is.
func parse(path string, b []byte) ([]hujson.ObjectMember, *Problem) {
	root, problem := parseRoot(path, b)
	if problem != nil {
		return nil, problem
	}
	return root.Value.(*hujson.Object).Members, nil
}

func parseRoot(path string, b []byte) (hujson.Value, *Problem) {
	root, err := hujson.Parse(b)
	if err != nil {
		p := Problem{Path: path, Code: Syntax, Err: err}
		// The library has no other way to say where.
		if n, _ := fmt.Sscanf(err.Error(), "hujson: line %d", &p.Line); n == 0 {
			p.Line = 1
		}
		return root, &p
	}
	if root.Value.Kind() != '{' {
		return root, &Problem{Path: path, Code: NoObject, Line: lineOf(b, root.StartOffset)}
	}
	return root, nil
}

// reader takes a file apart.
type reader struct {
	path     string
	text     []byte
	known    Vocabulary
	read     Settings
	problems []Problem
	seen     []string
	lines    map[string]int // of the actions in Keys
}

func (r *reader) wrong(at hujson.Value, p Problem) {
	p.Path, p.Line = r.path, lineOf(r.text, at.StartOffset)
	r.problems = append(r.problems, p)
}

func (r *reader) member(m hujson.ObjectMember) {
	name := text(m.Name)
	if slices.Contains(r.seen, name) {
		r.wrong(m.Name, Problem{Code: Twice, Name: name})
		return
	}
	r.seen = append(r.seen, name)
	switch name {
	case "language":
		r.read.Language = r.oneOf(m, r.known.Languages)
	case "theme":
		r.read.Theme = r.oneOf(m, r.known.Themes)
	case "mouse":
		if k := m.Value.Value.Kind(); k != 't' && k != 'f' {
			r.wrong(m.Value, Problem{Code: NotBool, Name: name, Value: shown(m.Value)})
			return
		}
		on := m.Value.Value.Kind() == 't'
		r.read.Mouse = &on
	case "keys":
		r.keys(m)
	default:
		r.wrong(m.Name, Problem{Code: Unknown, Name: name, Known: []string{"language", "theme", "mouse", "keys"}})
	}
}

// oneOf returns the value, "" for one that is not known.
func (r *reader) oneOf(m hujson.ObjectMember, known []string) string {
	if m.Value.Value.Kind() == '"' && slices.Contains(known, text(m.Value)) {
		return text(m.Value)
	}
	r.wrong(m.Value, Problem{Code: NotOneOf, Name: text(m.Name), Value: shown(m.Value), Known: known})
	return ""
}

// keys reads the object of actions: a key, or a list of keys.
func (r *reader) keys(m hujson.ObjectMember) {
	actions, ok := m.Value.Value.(*hujson.Object)
	if !ok {
		r.wrong(m.Value, Problem{Code: NoObject, Name: "keys"})
		return
	}
	r.read.Keys, r.lines = map[string][]string{}, map[string]int{}
	for _, a := range actions.Members {
		name := text(a.Name)
		keys := []string{}
		values := []hujson.Value{a.Value}
		if list, ok := a.Value.Value.(*hujson.Array); ok {
			values = list.Elements
		}
		for _, v := range values {
			if v.Value.Kind() == '"' {
				keys = append(keys, text(v))
			}
		}
		switch _, again := r.read.Keys[name]; {
		case again:
			r.wrong(a.Name, Problem{Code: Twice, Name: name})
		case len(keys) == 0 || len(keys) != len(values):
			r.wrong(a.Value, Problem{Code: NotKeys, Name: name})
		default:
			r.read.Keys[name], r.lines[name] = keys, lineOf(r.text, a.Name.StartOffset)
		}
	}
}

// checkKeys leaves out the actions whose keys cannot be used. What they leave
// gets its own keys back, which may be those that others were given: it is
// asked again until nothing is left to tell.
func (r *reader) checkKeys() {
	for r.known.CheckKeys != nil && len(r.read.Keys) > 0 {
		wrong := r.known.CheckKeys(r.read.Keys)
		if len(wrong) == 0 {
			return
		}
		for _, w := range wrong {
			r.problems = append(r.problems, Problem{Path: r.path, Line: r.lines[w.Action], Code: w.Code, Name: w.Action, Key: w.Key, Other: w.Other})
			delete(r.read.Keys, w.Action)
		}
	}
}

func text(v hujson.Value) string {
	l, _ := v.Value.(hujson.Literal)
	return l.String()
}

// shown is a value as it stands in the file.
func shown(v hujson.Value) string {
	v.BeforeExtra, v.AfterExtra = nil, nil
	return string(v.Pack())
}

func lineOf(text []byte, offset int) int {
	n := 1
	for _, c := range text[:min(offset, len(text))] {
		if c == '\n' {
			n++
		}
	}
	return n
}
