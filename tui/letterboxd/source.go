package letterboxd

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounds of what is read. The export of somebody with 20,000 films has about
// 4 MiB; a zip may claim and unpack to anything.
const (
	fileMax  = 32 << 20 // bytes of one file, unpacked
	filesMax = 1000     // files in a zip or folder
	filmsMax = 200_000
)

// What ends the reading of an export, or of a file of it, early.
var (
	ErrNothing  = errors.New("letterboxd.nothing")   // none of the files is of the export
	ErrTooLarge = errors.New("letterboxd.too_large") // a file is longer than 32 MiB
	ErrTooMany  = errors.New("letterboxd.too_many")  // more than 1,000 files or 200,000 films
	ErrNoZip    = errors.New("letterboxd.no_zip")    // begins like a zip and is none
	ErrUnclear  = errors.New("letterboxd.unclear")   // a watchlist or watched films: the name does not say
)

// asideFolders of an export hold what the person deleted, likes, and lists.
var asideFolders = []string{"deleted", "orphaned", "likes", "lists"}

// file is one file of an export.
type file struct {
	name string // as shown
	open func() (io.ReadCloser, error)
}

// Read reads an export: the zip, a folder it was unpacked to, or one file of
// it, told by what is inside. Rows that cannot be used are in Library.Bad; a
// file that breaks off is in Library.Faults and what came before stays. Days that
// have not come by now are of such rows.
func Read(ctx context.Context, name string, now time.Time) (Library, error) {
	files, done, err := filesOf(name)
	if err != nil {
		return Library{}, err
	}
	defer done()
	c := newCollector(now)
	for _, f := range files {
		if err := c.file(ctx, f); err != nil {
			if ctx.Err() != nil {
				return Library{}, ctx.Err()
			}
			c.library.Faults = append(c.library.Faults, Fault{File: f.name, Err: err})
		}
	}
	if len(c.library.Files) == 0 && len(c.library.Faults) == 0 {
		return Library{}, ErrNothing
	}
	return c.finish(), nil
}

func filesOf(name string) (files []file, done func(), err error) {
	nothing := func() {}
	info, err := os.Stat(name)
	if err != nil {
		return nil, nothing, err
	}
	if info.IsDir() {
		files, err = inFolder(name)
		return files, nothing, err
	}
	packed, err := isZip(name)
	if err != nil {
		return nil, nothing, err
	}
	if packed {
		return inZip(name)
	}
	return []file{{filepath.Base(name), func() (io.ReadCloser, error) { return os.Open(name) }}}, nothing, nil
}

func isZip(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var head [4]byte
	n, err := io.ReadFull(f, head[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	// A file's header, or the end record of a zip without files (APPNOTE 4.3).
	start := string(head[:n])
	return start == "PK\x03\x04" || start == "PK\x05\x06", nil
}

// inZip lists the files of a zip. Their paths are names to show and never
// places to write to.
func inZip(name string) ([]file, func(), error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, func() {}, ErrNoZip
	}
	done := func() { _ = z.Close() }
	if len(z.File) > filesMax {
		return nil, done, ErrTooMany
	}
	var files []file
	for _, f := range z.File {
		if f.Mode().IsRegular() && !aside(f.Name) && strings.EqualFold(path.Ext(f.Name), ".csv") {
			files = append(files, file{f.Name, f.Open})
		}
	}
	return files, done, nil
}

func aside(name string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(dir string) bool {
		return slices.Contains(asideFolders, strings.ToLower(dir))
	})
}

func inFolder(name string) ([]file, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	if len(entries) > filesMax {
		return nil, ErrTooMany
	}
	var files []file
	for _, e := range entries {
		if e.Type().IsRegular() && strings.EqualFold(filepath.Ext(e.Name()), ".csv") {
			full := filepath.Join(name, e.Name())
			files = append(files, file{e.Name(), func() (io.ReadCloser, error) { return os.Open(full) }})
		}
	}
	return files, nil
}
