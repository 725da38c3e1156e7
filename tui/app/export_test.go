package app

import (
	"io"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// disk is where files go in a test.
type disk struct {
	files map[string]string
	err   error // of a place that takes none
}

func noFile(code string) error { return marquee.Invalid(marquee.FieldError{Field: "file", Code: code}) }

func (k *disk) write(path string, content func(io.Writer) error) (string, error) {
	if _, there := k.files[path]; there {
		return "", noFile(marquee.FieldFileThere)
	}
	if k.err != nil {
		return "", k.err
	}
	var b strings.Builder
	if err := content(&b); err != nil {
		return "", err
	}
	k.files[path] = b.String()
	return "/home/mina/" + path, nil
}

func exporting(t *testing.T) (*driver, *fakeService, *disk) {
	t.Helper()
	f, k := newFake(1), &disk{files: map[string]string{}}
	d := driveWith(t, f, setup{width: 80, height: 24, language: "en", signedIn: true}, Options{WriteFile: k.write})
	d.press("a", "end", "up", "up", "up", "enter")
	d.shows("Export my data", "marquee-mina-2026-11-23.json")
	return d, f, k
}

func TestExportFromTheAccountPage(t *testing.T) {
	const name = "marquee-mina-2026-11-23.json"
	d, f, k := exporting(t)
	f.old = true
	d.press("enter")
	d.shows("Your sign-in was a while ago")
	if len(k.files) != 0 {
		t.Errorf("written without a recent sign-in: %v", k.files)
	}
	d.press("right password", "enter")
	d.shows("/home/mina/"+name+" holds everything.", "[ Export my data ]")
	if k.files[name] != fakeExport {
		t.Errorf("the files are %q", k.files)
	}

	// What is there stays, and costs the server nothing.
	asked := f.count("export")
	d.press("enter", "enter")
	d.shows("Something of this name is there already")
	if f.count("export") != asked {
		t.Error("the server was asked for what has no place")
	}
	k.err = noFile(marquee.FieldNoFolder)
	d.press("x", "enter")
	d.shows("There is no such folder.")
	k.err = noFile(marquee.FieldNotWritable)
	d.press("y", "enter")
	d.shows("A file cannot be written there.")
	k.err = nil
	for range len(name) + 2 {
		d.press("backspace")
	}
	d.press(" ", "enter")
	d.shows("Please fill this in.")
	d.press("tab", "right", "enter")
	d.shows("[ Export my data ]")
	if len(k.files) != 1 {
		t.Errorf("the files are %q", k.files)
	}
}

// An error on the way leaves no file, and the page to try again.
func TestExportThatFails(t *testing.T) {
	d, f, k := exporting(t)
	f.before = away("export")
	d.press("enter")
	d.shows("The server does not answer.", "marquee-mina-2026-11-23.json")
	f.before = nil
	d.pass(5 * time.Second)
	d.press("enter")
	d.shows("holds everything.")
	if len(k.files) != 1 {
		t.Errorf("the files are %q", k.files)
	}
}

// Over SSH a file would be at the server: the page says where to get it.
func TestAttack_ExportWritesAtTheServer(t *testing.T) {
	for _, width := range []int{40, 80} {
		d := drive(t, newFake(1), setup{width: width, height: 24, language: "en", signedIn: true, remote: true, visit: &Visit{}})
		d.press("a", "end", "up", "up", "up", "enter")
		d.shows("marquee export account")
		d.lacks("[ Write the file ]", "File")
		d.press("enter", "tab", "x", "esc")
		d.shows("[ Export my data ]")
	}
}
