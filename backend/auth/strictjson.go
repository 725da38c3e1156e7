package auth

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var errJSON = errors.New("not a plain JSON object")

// member is one member of an object of a token.
type member struct {
	name string
	kind jsontext.Kind // of the value, as jsontext writes it: '"', '0', 't', 'f', 'n', '['
	text string        // of a string or a number, else ""
	list []string
}

// object is the members of a JSON object, few enough to look through.
type object []member

// decodeObject reads one JSON object of at most so many members: strings,
// numbers, booleans, nulls and lists of strings, in UTF-8. Where encoding/json
// takes the last of two equal members and matches names whatever their case,
// this refuses: a token has one meaning or none.
func decodeObject(text []byte, most int) (object, error) {
	// Names that are twice are refused here, whatever their case.
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return nil, errJSON
	}
	o := make(object, 0, min(most, 12))
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil || len(o) == most {
			return nil, errJSON
		}
		m := member{name: t.String()}
		for _, other := range o {
			if strings.EqualFold(other.name, m.name) {
				return nil, errJSON
			}
		}
		if err := m.read(d); err != nil {
			return nil, errJSON
		}
		o = append(o, m)
	}
	if _, err := d.ReadToken(); err != nil { // the closing brace
		return nil, errJSON
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, errJSON
	}
	return o, nil
}

// read reads the value: a scalar or a list of strings.
func (m *member) read(d *jsontext.Decoder) error {
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch m.kind = t.Kind(); m.kind {
	case '{':
		return errJSON
	case '"', '0':
		m.text = t.String()
	case '[':
		m.list = []string{}
		for d.PeekKind() == '"' {
			item, err := d.ReadToken()
			if err != nil {
				return err
			}
			m.list = append(m.list, item.String())
		}
		if t, err := d.ReadToken(); err != nil || t.Kind() != ']' {
			return errJSON
		}
	}
	return nil
}

// named returns a member, a zero one if it is missing.
func (o object) named(name string) member {
	for _, m := range o {
		if m.name == name {
			return m
		}
	}
	return member{}
}

// text returns a string member; false if it is missing or no string.
func (o object) text(name string) (string, bool) {
	m := o.named(name)
	return m.text, m.kind == '"'
}

// number returns a number as it is written.
func (o object) number(name string) (string, bool) {
	m := o.named(name)
	return m.text, m.kind == '0'
}

// strings returns a list of strings.
func (o object) strings(name string) ([]string, bool) {
	m := o.named(name)
	return m.list, m.kind == '['
}
