package catalog

import (
	"encoding/binary"
	"fmt"

	"github.com/bsm/extsort"
)

// sortBuffer is how much of its records a sorter holds in memory, in bytes; with
// what it knows about each that is up to 30 MB of the smallest. The rest is in a
// file under os.TempDir, which has no name there where the system allows that.
const sortBuffer = 4 << 20

// sorter puts records into the order of their keys, however many there are.
type sorter struct {
	*extsort.Sorter
}

func newSorter() *sorter {
	return &sorter{extsort.New(&extsort.Options{BufferSize: sortBuffer})}
}

// sorted walks over what was put into a sorter.
type sorted struct {
	*extsort.Iterator
	more bool
}

// walk begins at the first record.
func (s *sorter) walk() (*sorted, error) {
	it, err := s.Sort()
	if err != nil {
		return nil, onScratch(err)
	}
	w := &sorted{Iterator: it}
	w.next()
	return w, nil
}

// next goes on to the next record, if there is more.
func (s *sorted) next() { s.more = s.Next() }

// number is the first four bytes of the key.
func (s *sorted) number() uint32 { return binary.BigEndian.Uint32(s.Key()) }

func numberKey(n uint32, rest ...byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, n), rest...)
}

// onScratch names what failed.
func onScratch(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sort in the folder for temporary files: %w", err)
}
