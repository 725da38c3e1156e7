package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// newFile makes a file of what content yields, for its owner's eyes alone, and
// returns where it is. It is never one that is there already, and content is
// asked only when there is a place for it. A name is as a person types it: "~/"
// is his home, as a shell has it.
func newFile(name string, content func(io.Writer) error) (path string, err error) {
	if rest, ok := strings.CutPrefix(name, "~"+string(filepath.Separator)); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		name = filepath.Join(home, rest)
	}
	if path, err = filepath.Abs(name); err != nil {
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fs.ErrExist
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return "", err
	}
	var whole bytes.Buffer
	if err := content(&whole); err != nil {
		return "", err
	}
	if err = writeFile(path, whole.Bytes(), false); errors.Is(err, errExists) {
		err = fs.ErrExist
	}
	return path, err
}
