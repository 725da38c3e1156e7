package httpapi

import (
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	json "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"example.com/marquee/common/marquee"
)

// body is the object that a request carries, read member by member. What is
// not asked for is not read, so that no request can set more than its action
// names. Wrong members are gathered; err returns them all.
type body struct {
	members map[string]jsontext.Value
	wrong   []marquee.FieldError
}

const (
	jsonMedia = "application/json"
	formMedia = "application/x-www-form-urlencoded"
)

// decodeBody reads a JSON object. CodeUnsupportedMedia, CodeTooLarge,
// CodeMalformed.
func decodeBody(r *http.Request) (*body, error) { return decodeAs(r, jsonMedia) }

// decodeBodyOrForm also takes a form, each field of which is a JSON string.
func decodeBodyOrForm(r *http.Request) (*body, error) { return decodeAs(r, jsonMedia, formMedia) }

// decodeForm reads a form and nothing else, as RFC 6749 section 3.2 has it.
func decodeForm(r *http.Request) (*body, error) { return decodeAs(r, formMedia) }

// decodeOptionalBody takes no body at all for an empty object.
func decodeOptionalBody(r *http.Request) (*body, error) {
	if r.ContentLength == 0 {
		return &body{}, nil
	}
	return decodeBody(r)
}

func decodeAs(r *http.Request, allowed ...string) (*body, error) {
	media, err := mediaOf(r, allowed)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, marquee.Wrap(marquee.CodeTooLarge, "read body", err)
		}
		return nil, marquee.Wrap(marquee.CodeMalformed, "read body", err)
	}
	b := &body{}
	if media == formMedia {
		b.members, err = parseForm(string(text))
	} else {
		// Refuses members that appear twice at any depth, text that is not
		// UTF-8, a byte order mark and anything after the object.
		err = json.Unmarshal(text, &b.members)
		if err == nil && b.members == nil {
			err = errors.New("null")
		}
	}
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeMalformed, "decode body", err)
	}
	return b, nil
}

// mediaOf returns the type of the body if it is an allowed one. Forms of
// other sites can send text/plain without asking; compressed bodies could
// unpack to anything.
func mediaOf(r *http.Request, allowed []string) (string, error) {
	refused := marquee.E(marquee.CodeUnsupportedMedia)
	if len(r.Header.Values("Content-Type")) != 1 || r.Header.Get("Content-Encoding") != "" {
		return "", refused
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", refused
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return "", refused
	}
	for _, a := range allowed {
		if media == a {
			return media, nil
		}
	}
	return "", refused
}

// parseForm reads the body only; the query of the URL never counts as a form.
func parseForm(text string) (map[string]jsontext.Value, error) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, err
	}
	members := make(map[string]jsontext.Value, len(values))
	for name, v := range values {
		if len(v) > 1 || !utf8.ValidString(name) {
			return nil, errors.New("a field appears twice or is not UTF-8")
		}
		if members[name], err = jsontext.AppendQuote(nil, v[0]); err != nil {
			return nil, err
		}
	}
	return members, nil
}

// text returns a string member, "" if it is missing. NUL cannot be stored and
// is in no name.
func (b *body) text(name string) string {
	s := b.optionalText(name)
	if s == nil {
		return ""
	}
	return *s
}

// required is text that must be there and not be empty.
func (b *body) required(name string) string {
	s := b.text(name)
	if s == "" && !b.isWrong(name) {
		b.refuse(name, marquee.FieldRequired)
	}
	return s
}

// optionalText returns nil if the member is missing; null is not a string.
func (b *body) optionalText(name string) *string {
	s := b.secret(name)
	if s != nil && strings.ContainsRune(*s, 0) {
		b.refuse(name, marquee.FieldCharacters)
		return nil
	}
	return s
}

// secret is optionalText of any characters.
func (b *body) secret(name string) *string {
	v, ok := b.members[name]
	if !ok {
		return nil
	}
	raw, err := jsontext.AppendUnquote(nil, v)
	if err != nil { // not a string
		b.refuse(name, marquee.FieldFormat)
		return nil
	}
	s := string(raw)
	return &s
}

// number returns a whole number that must be there, within least and most.
func (b *body) number(name string, least, most int) int {
	v, ok := b.members[name]
	if !ok {
		b.refuse(name, marquee.FieldRequired)
		return 0
	}
	f, err := strconv.ParseFloat(string(v), 64)
	switch {
	case v.Kind() != '0' || err != nil && !errors.Is(err, strconv.ErrRange):
		b.refuse(name, marquee.FieldFormat)
	case f < float64(least) || f > float64(most):
		b.refuse(name, marquee.FieldRange)
	case f != math.Trunc(f):
		b.refuse(name, marquee.FieldFormat)
	default:
		return int(f)
	}
	return 0
}

// optionalFlag returns nil if the member is missing; null is no flag.
func (b *body) optionalFlag(name string) *bool {
	v, ok := b.members[name]
	if !ok {
		return nil
	}
	if k := v.Kind(); k != 't' && k != 'f' {
		b.refuse(name, marquee.FieldFormat)
		return nil
	}
	flag := v.Kind() == 't'
	return &flag
}

// required returns a member of several parts that must be there. Members of
// its objects that are not known are not read.
func required[T any](b *body, name string) (value T) {
	v, ok := b.members[name]
	if !ok {
		b.refuse(name, marquee.FieldRequired)
		return value
	}
	if v.Kind() == 'n' || json.Unmarshal(v, &value) != nil {
		b.refuse(name, marquee.FieldFormat)
	}
	return value
}

// optional is required for a member that may be missing: nil then.
func optional[T any](b *body, name string) *T {
	if _, ok := b.members[name]; !ok {
		return nil
	}
	value := required[T](b, name)
	return &value
}

func (b *body) refuse(name, code string) {
	b.wrong = append(b.wrong, marquee.FieldError{Field: name, Code: code})
}

func (b *body) isWrong(name string) bool {
	for _, f := range b.wrong {
		if f.Field == name {
			return true
		}
	}
	return false
}

// err returns CodeInvalid with every member that was wrong, or nil.
func (b *body) err() error { return marquee.Invalid(b.wrong...) }

// password is text of any characters, "" if it is missing.
func (b *body) password(name string) string {
	if s := b.secret(name); s != nil {
		return *s
	}
	return ""
}

// requiredPassword is password that must be there and not be empty.
func (b *body) requiredPassword(name string) string {
	s := b.password(name)
	if s == "" && !b.isWrong(name) {
		b.refuse(name, marquee.FieldRequired)
	}
	return s
}
