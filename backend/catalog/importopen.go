package catalog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
)

// ImportFile is a file to be imported.
type ImportFile struct {
	// Name is what reports call it.
	Name   string
	Reader io.Reader
	// Size is its length in bytes as it lies there, compressed or not; 0: unknown.
	Size int64
	// Aside marks what was only found beside other files, in a folder or an
	// archive: if it is nothing to import, that is no fault.
	Aside bool
}

// kind is what a file holds.
type kind int

const (
	kindUnknown kind = iota
	kindWikipedia
	kindIMDbTitles
	kindIMDbRatings
	kindIMDbPrincipals
	kindIMDbNames
	kindMovieLensMovies
	kindMovieLensRatings
	kindMovieLensLinks
)

func (k kind) tabs() bool { return k >= kindIMDbTitles && k <= kindIMDbNames }

// headers are the columns that a table must have, in any order and among
// others, to be of a kind.
var headers = map[kind]string{
	kindIMDbTitles:       "tconst titleType primaryTitle originalTitle isAdult startYear runtimeMinutes genres",
	kindIMDbRatings:      "tconst averageRating numVotes",
	kindIMDbPrincipals:   "tconst ordering nconst category",
	kindIMDbNames:        "nconst primaryName",
	kindMovieLensMovies:  "movieId title genres",
	kindMovieLensRatings: "userId movieId rating timestamp",
	kindMovieLensLinks:   "movieId imdbId",
}

// opened is a file whose first line has been read.
type opened struct {
	ImportFile
	kind kind
	text *bufio.Reader // what comes after the header of a table; all of anything else
	size int64
	read func() int64 // bytes of the file as it lies there
}

// open looks into a file: what it holds is told by its content, whatever its
// name.
func open(f ImportFile) (opened, map[string]int, error) {
	count := &countingReader{r: f.Reader}
	o := opened{ImportFile: f, size: f.Size, read: func() int64 { return count.n }}
	plain, err := plain(count)
	if err != nil {
		return o, nil, err
	}
	o.text = bufio.NewReaderSize(plain, rowMax)
	head, err := o.text.Peek(rowMax)
	if err != nil && len(head) == 0 && err != io.EOF {
		return o, nil, err
	}
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n"), []byte("[")) {
		o.kind = kindWikipedia
		return o, nil, nil
	}
	first, _, ended := bytes.Cut(head, []byte("\n"))
	var columns map[string]int
	o.kind, columns = tableKind(strings.TrimSuffix(strings.TrimPrefix(string(first), "\uFEFF"), "\r"))
	if o.kind != kindUnknown {
		skip := len(first)
		if ended {
			skip++
		}
		_, _ = o.text.Discard(skip) // was peeked
	}
	return o, columns, nil
}

func tableKind(header string) (kind, map[string]int) {
	mark := ","
	if strings.Contains(header, "\t") {
		mark = "\t"
	}
	columns := map[string]int{}
	for i, name := range strings.Split(header, mark) {
		columns[name] = i
	}
	for k, names := range headers {
		all := k.tabs() == (mark == "\t")
		for _, n := range strings.Fields(names) {
			_, ok := columns[n]
			all = all && ok
		}
		if all {
			return k, columns
		}
	}
	return kindUnknown, nil
}

// plain returns the text of a file that may be compressed, by its first bytes.
func plain(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := b.Peek(2); string(magic) != "\x1f\x8b" {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fault{err}
	}
	return z, nil
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
