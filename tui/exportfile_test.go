package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"example.com/marquee/common/marquee"
)

func TestNewFile(t *testing.T) {
	dir, home := t.TempDir(), t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", home)
	asked := 0
	content := func(w io.Writer) error { asked++; _, err := io.WriteString(w, "{}"); return err }
	for name, want := range map[string]string{
		"a.json": filepath.Join(dir, "a.json"), "~/b.json": filepath.Join(home, "b.json"),
		filepath.Join(home, "c.json"): filepath.Join(home, "c.json"), "-": filepath.Join(dir, "-"),
	} {
		path, err := newFile(name, content)
		if err != nil || path != want {
			t.Errorf("%s: %s, %v", name, path, err)
			continue
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != 2 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if err := os.Symlink(filepath.Join(home, "nowhere"), "link.json"); err != nil {
		t.Fatal(err)
	}
	asked = 0
	for name, want := range map[string]string{
		"a.json": marquee.FieldFileThere, "link.json": marquee.FieldFileThere, home: marquee.FieldFileThere, "no/such/d.json": marquee.FieldNoFolder, "a.json/e.json": marquee.FieldNotWritable,
	} {
		var wrong *marquee.Error
		if _, err := newFile(name, content); !errors.As(err, &wrong) || len(wrong.Fields) != 1 || wrong.Fields[0].Code != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if asked != 0 {
		t.Errorf("content was asked for %d times without a place for it", asked)
	}
	if b, err := os.ReadFile("a.json"); err != nil || string(b) != "{}" {
		t.Errorf("what was there is %q, %v", b, err)
	}
	broken := errors.New("broke off")
	if _, err := newFile("e.json", func(w io.Writer) error { _, _ = io.WriteString(w, "{"); return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 { // a.json, - and the link
		t.Errorf("in the folder: %v, %v", left, err)
	}
}
