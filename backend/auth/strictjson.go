package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

var errJSON = errors.New("not a plain JSON object")

// decodeObject reads one JSON object of strings, numbers (json.Number),
// booleans, nulls and lists of strings. Where encoding/json takes the last of
// two equal members and matches names whatever their case, this refuses: a
// token has one meaning or none.
func decodeObject(text []byte) (map[string]any, error) {
	// encoding/json replaces broken UTF-8 silently, and its token reader is
	// laxer than its parser.
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, errJSON
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errJSON
	}
	object := make(map[string]any, 12)
	folded := make(map[string]struct{}, 12)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errJSON
		}
		fold := strings.ToLower(name.(string))
		if _, twice := folded[fold]; twice {
			return nil, errJSON
		}
		folded[fold] = struct{}{}
		if object[name.(string)], err = decodeValue(d); err != nil {
			return nil, errJSON
		}
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, errJSON
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errJSON
	}
	return object, nil
}

// decodeValue reads a scalar or a list of strings.
func decodeValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return nil, errJSON
	case json.Delim('['):
	default:
		return t, nil
	}
	list := []string{}
	for d.More() {
		item, err := d.Token()
		text, ok := item.(string)
		if err != nil || !ok {
			return nil, errJSON
		}
		list = append(list, text)
	}
	_, err = d.Token()
	return list, err
}
