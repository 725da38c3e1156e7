package catalog

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"

	"example.com/marquee/common/marquee"
)

// A cursor is base64url(MAC . payload). The MAC covers what the cursor was
// made for as well, so that it is good for that list, filter, order and person
// only, although nothing of them is inside.
const (
	macBytes       = 16
	maxCursorChars = 2048
)

// payload is what a cursor says; the short names keep it short.
type payload struct {
	Backward bool   `json:"b,omitempty"`
	TitleKey []byte `json:"t,omitempty"`
	Number   int64  `json:"n,omitempty"`
	Date     string `json:"d,omitempty"`
	ID       string `json:"i,omitempty"`
	Part     int    `json:"p,omitempty"`
	Meant    string `json:"q,omitempty"`
}

// place is what a cursor stands for: the window before or after a position.
type place struct {
	Position
	backward bool
	// meant is the query whose films follow those of the one that was asked.
	meant string
}

// cursors make and read cursors.
type cursors struct{ keys [][]byte } // the first one signs, all are accepted

// make returns the cursor of the window beyond p in a list bound to binding.
func (c cursors) make(binding string, p place) *string {
	body, err := json.Marshal(payload{p.backward, p.TitleKey, p.Number, p.Date, p.ID, p.Part, p.meant})
	if err != nil {
		return nil // cannot happen: plain members only
	}
	s := base64.RawURLEncoding.EncodeToString(append(mac(c.keys[0], binding, body), body...))
	return &s
}

// read returns the place a cursor names; CodeInvalid on field "cursor" unless
// it was made here for the very same list.
func (c cursors) read(binding, cursor string) (p place, err error) {
	bad := marquee.Invalid(marquee.FieldError{Field: "cursor", Code: marquee.FieldFormat})
	if len(cursor) > maxCursorChars {
		return p, bad
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	// The decoder skips line ends even when strict: one spelling is ours.
	if err != nil || len(raw) < macBytes || base64.RawURLEncoding.EncodeToString(raw) != cursor || !c.authentic(binding, raw) {
		return p, bad
	}
	var l payload
	if json.Unmarshal(raw[macBytes:], &l) != nil {
		return p, bad
	}
	return place{Position{TitleKey: l.TitleKey, Number: l.Number, ID: l.ID, Date: l.Date, Part: l.Part}, l.Backward, l.Meant}, nil
}

func (c cursors) authentic(binding string, raw []byte) bool {
	for _, k := range c.keys {
		if hmac.Equal(raw[:macBytes], mac(k, binding, raw[macBytes:])) {
			return true
		}
	}
	return false
}

func mac(key []byte, binding string, body []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(strconv.Itoa(len(binding)) + ":" + binding))
	m.Write(body)
	return m.Sum(nil)[:macBytes]
}

// bindingOf is what the cursors of a list are good for. The page's size and
// the language may change between pages.
func bindingOf(parts ...string) string {
	b, _ := json.Marshal(parts) // strings always marshal
	return string(b)
}
