package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// imdbMax bounds the numbers of films and people in IMDb's tables, which are
// below 50 million today.
const imdbMax = 1<<28 - 1

// imdbNumber reads an id of IMDb, the prefix ("tt" or "nm") and digits.
func imdbNumber(id, prefix string) (uint32, bool) {
	digits, ok := strings.CutPrefix(id, prefix)
	if !ok || digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err == nil && n > 0 && n <= imdbMax
}

// formatIMDb writes the number of a film as IMDb does, with seven digits or more.
func formatIMDb(n uint32) string { return fmt.Sprintf("tt%07d", n) }

// numberSet is a set of numbers up to imdbMax: a bit for each, in pages that
// are made as they are needed. However many are in it, it takes at most 32 MiB,
// and 6 MiB for all films that IMDb has.
type numberSet struct {
	pages map[uint32]*[1024]uint64
	size  int
}

// add puts n into the set and reports whether it is new there.
func (s *numberSet) add(n uint32) bool {
	page, ok := s.pages[n>>16]
	if !ok {
		if s.pages == nil {
			s.pages = map[uint32]*[1024]uint64{}
		}
		page = new([1024]uint64)
		s.pages[n>>16] = page
	}
	word, bit := n>>6&1023, uint64(1)<<(n&63)
	if page[word]&bit != 0 {
		return false
	}
	page[word] |= bit
	s.size++
	return true
}

func (s *numberSet) has(n uint32) bool {
	page, ok := s.pages[n>>16]
	return ok && page[n>>6&1023]>>(n&63)&1 != 0
}
