package main

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/marquee/common/marquee"
)

var (
	errToTerminal = errors.New("export.to_terminal")
	errExists     = errors.New("export.exists")
)

// newFile makes a file of what content yields, for its owner's eyes alone, and
// returns where it is. It is never one that is there already, and content is
// asked only when there is a place for it. A name is as a person types it: "~/"
// is his home, as a shell has it.
func newFile(name string, content func(io.Writer) error) (path string, err error) {
	if rest, ok := strings.CutPrefix(name, "~"+string(filepath.Separator)); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", noFile(err)
		}
		name = filepath.Join(home, rest)
	}
	if path, err = filepath.Abs(name); err != nil {
		return "", noFile(err)
	}
	if _, err := os.Lstat(path); err == nil {
		return "", noFile(fs.ErrExist)
	}
	if folder, err := os.Stat(filepath.Dir(path)); err != nil || !folder.IsDir() {
		return "", noFile(cmp.Or(err, fs.ErrInvalid))
	}
	var whole bytes.Buffer
	if err := content(&whole); err != nil {
		return "", err
	}
	return path, noFile(writeFile(path, whole.Bytes(), false))
}

// noFile says why a file could not be made, as what is wrong with its name.
func noFile(err error) error {
	code := marquee.FieldNotWritable
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist), errors.Is(err, errExists):
		code = marquee.FieldFileThere
	case errors.Is(err, fs.ErrNotExist):
		code = marquee.FieldNoFolder
	}
	return marquee.Invalid(marquee.FieldError{Field: "file", Code: code})
}

// mayWrite refuses a file that is there before anything is asked for.
func mayWrite(path string, force bool) error {
	if path == "" || path == "-" || force {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return fileError{path, errExists}
	}
	return nil
}

// writeFile writes a file for its owner's eyes. It takes the place of another
// only as a whole, and with force.
func writeFile(path string, content []byte, force bool) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".marquee-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already if all went well
	if _, err = io.Copy(f, bytes.NewReader(content)); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if force {
		return os.Rename(f.Name(), path)
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return fileError{path, errExists}
	} else if err != nil { // a file system without links
		return os.Rename(f.Name(), path)
	}
	return nil
}
