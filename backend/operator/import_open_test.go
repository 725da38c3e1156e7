package operator

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Of an archive of thousands of files none is held unpacked but the one that is
// being read.
func TestArchivesAreUnpackedAsTheyAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file)
	for i := range 50 {
		w, err := z.Create(fmt.Sprintf("a/b/%d.csv", i))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(w, "file %d", i)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	files := openFiles([]string{path})
	defer files.close()
	unpacked := func() (n int) {
		for _, f := range files.opened {
			if f.Reader.(*packed).r != nil {
				n++
			}
		}
		return n
	}
	if len(files.opened) != 50 || unpacked() != 0 {
		t.Fatalf("%d files, %d of them unpacked", len(files.opened), unpacked())
	}
	for i, f := range files.opened {
		if _, err := io.ReadFull(f.Reader, make([]byte, 1)); err != nil || unpacked() != 1 {
			t.Errorf("%s: %v, %d unpacked", f.Name, err, unpacked())
		}
		rest, err := io.ReadAll(f.Reader)
		if want := fmt.Sprintf("ile %d", i); err != nil || string(rest) != want || unpacked() != 0 {
			t.Errorf("%s: %q %v, %d unpacked", f.Name, rest, err, unpacked())
		}
		if n, err := f.Reader.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%s, again: %d %v", f.Name, n, err)
		}
	}
}
