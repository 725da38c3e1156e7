package background

import (
	"bytes"
	"strconv"
)

// An answer looks like ESC ] 11 ; rgb:1e1e/1e1e/1e1e and ends with BEL or
// ESC \. Whatever is longer than longest is not one.
const (
	opening = "\x1b]11;"
	longest = 64
)

// Read reads keys. It may return 0 bytes without an error when all that came
// was an answer. It never reads more from the source than fits beside what it
// holds, since its caller may wait for the source and not for this buffer.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) <= len(r.held) {
		n := copy(p, r.held)
		r.held = r.held[n:]
		return n, nil
	}
	held := copy(p, r.held)
	n, err := r.src.Read(p[held:])
	r.held = nil
	kept := r.filter(p[:held+n])
	if err != nil { // nothing follows that could end what is held
		kept += copy(p[kept:], r.held)
		r.held = nil
	}
	return kept, err
}

// filter takes answers out of b in place and returns how much remains.
func (r *Reader) filter(b []byte) int {
	kept := 0
	for i := 0; i < len(b); {
		rest := b[i:]
		if length, dark, ok := readAnswer(rest); ok {
			r.answer(dark)
			i += length
			continue
		}
		if unfinished(rest) {
			r.held = append([]byte(nil), rest...)
			break
		}
		b[kept] = b[i]
		kept++
		i++
	}
	return kept
}

// unfinished reports whether b may be the beginning of an answer. A lone ESC
// is not held back: it is a key.
func unfinished(b []byte) bool {
	if len(b) < 2 || len(b) > longest {
		return false
	}
	if len(b) <= len(opening) {
		return opening[:len(b)] == string(b)
	}
	return bytes.HasPrefix(b, []byte(opening)) && end(b) < 0
}

// end returns the index of what ends the sequence that b begins with, -1 if
// it is not there yet.
func end(b []byte) int {
	for i := len(opening); i < len(b); i++ {
		if b[i] == '\a' || b[i] == 0x1b && i+1 < len(b) {
			return i
		}
	}
	return -1
}

// readAnswer reads the answer at the beginning of b.
func readAnswer(b []byte) (length int, dark, ok bool) {
	if !bytes.HasPrefix(b, []byte(opening)) {
		return 0, false, false
	}
	i := end(b[:min(len(b), longest)])
	if i < 0 {
		return 0, false, false
	}
	length = i + 1
	if b[i] == 0x1b {
		if b[i+1] != '\\' {
			return 0, false, false
		}
		length++
	}
	dark, ok = isDark(b[len(opening):i])
	return length, dark, ok
}

// isDark reads "rgb:RR/GG/BB" with one to four hexadecimal digits each, or
// "rgba:..." (XParseColor), and weighs the colours as ITU-R BT.601 does.
func isDark(spec []byte) (dark, ok bool) {
	spec, ok = bytes.CutPrefix(spec, []byte("rgb"))
	if !ok {
		return false, false
	}
	_, spec, ok = bytes.Cut(spec, []byte(":"))
	parts := bytes.Split(spec, []byte("/"))
	if !ok || len(parts) < 3 {
		return false, false
	}
	weight := 0.0
	for i, share := range []float64{0.299, 0.587, 0.114} {
		n, err := strconv.ParseUint(string(parts[i]), 16, 16)
		if err != nil || len(parts[i]) > 4 {
			return false, false
		}
		most := uint64(1)<<(4*len(parts[i])) - 1
		weight += share * float64(n) / float64(most)
	}
	return weight < 0.5, true
}
