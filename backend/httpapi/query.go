package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// query is the query of a URL, read parameter by parameter. Parameters that
// are not asked for are ignored; wrong ones are gathered.
type query struct {
	values url.Values
	wrong  []marquee.FieldError
}

// decodeQuery reads the query. CodeMalformed if it cannot be read.
func decodeQuery(r *http.Request) (*query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeMalformed, "decode query", err)
	}
	return &query{values: values}, nil
}

// text returns a parameter of at most most characters, "" if it is missing. A
// repeated one is refused: two readers could pick different ones.
func (q *query) text(name string, most int) string {
	switch v := q.values[name]; {
	case len(v) == 0:
		return ""
	case len(v) > 1:
		q.refuse(name, marquee.FieldFormat, 0)
	case !utf8.ValidString(v[0]) || strings.ContainsRune(v[0], 0):
		q.refuse(name, marquee.FieldCharacters, 0)
	case utf8.RuneCountInString(v[0]) > most:
		q.refuse(name, marquee.FieldTooLong, most)
	default:
		return v[0]
	}
	return ""
}

// checked returns a parameter that check takes, "" if it is missing. An empty
// one is refused: what it would narrow down must not become everything.
func (q *query) checked(name string, check func(string) error) string {
	v := q.text(name, 100)
	if q.isWrong(name) || !q.values.Has(name) {
		return ""
	}
	if check(v) != nil {
		q.refuse(name, marquee.FieldFormat, 0)
		return ""
	}
	return v
}

// oneOf returns a parameter that is one of a few words, the first of them if
// it is missing.
func oneOf[T ~string](q *query, name string, words ...T) T {
	before := len(q.wrong)
	v := T(q.text(name, 100))
	switch {
	case len(q.wrong) > before || v == "" && !q.values.Has(name):
		return words[0]
	case !slices.Contains(words, v):
		q.refuse(name, marquee.FieldUnknown, 0)
		return words[0]
	}
	return v
}

// number returns a whole number within least and most, 0 if it is missing.
func (q *query) number(name string, least, most int) int {
	v := q.text(name, 100)
	if v == "" {
		if q.values.Has(name) && !q.isWrong(name) {
			q.refuse(name, marquee.FieldFormat, 0)
		}
		return 0
	}
	n, err := strconv.Atoi(v)
	switch {
	case err != nil && strings.Trim(v, "+-0123456789") != "":
		q.refuse(name, marquee.FieldFormat, 0)
	case err != nil || n < least || n > most:
		q.refuse(name, marquee.FieldRange, 0)
	default:
		return n
	}
	return 0
}

// page reads what every list of films takes.
func (q *query) page() marquee.PageRequest {
	return marquee.PageRequest{
		Limit:  q.number("limit", 1, 100),
		Cursor: q.text("cursor", 2048),
		At:     q.text("at", 100),
	}
}

func (q *query) refuse(name, code string, limit int) {
	q.wrong = append(q.wrong, marquee.FieldError{Field: name, Code: code, Limit: limit})
}

func (q *query) isWrong(name string) bool {
	return slices.ContainsFunc(q.wrong, func(f marquee.FieldError) bool { return f.Field == name })
}

// err returns CodeInvalid with every parameter that was wrong, or nil.
func (q *query) err() error { return marquee.Invalid(q.wrong...) }

// pathID returns the id in the path; CodeNotFound for text that can be no id,
// so that odd characters reach no store.
func pathID(c echo.Context) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	id := c.Param("id")
	if id == "" || len(id) > 64 || strings.Trim(id, letters) != "" {
		return "", marquee.E(marquee.CodeNotFound)
	}
	return id, nil
}
