package credentials_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What was seen in one session is not shown in the next, is for its owner's
// eyes, has a bound, and goes with the session.
func TestWhatWasSeenGoesWithTheSession(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, "s")
	if err := f.Remember(t.Context(), []byte(`"nobody is signed in"`)); err != nil || f.Remembered() != nil {
		t.Errorf("without a session: %s %v", f.Remembered(), err)
	}
	first := held("r1")
	_ = f.Save(t.Context(), first)
	if err := f.Remember(t.Context(), []byte(`"films"`)); err != nil || string(f.Remembered()) != `"films"` {
		t.Fatalf("%s %v", f.Remembered(), err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.seen"))
	if len(files) != 1 {
		t.Fatal(files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	_ = f.Remember(t.Context(), []byte(`"`+strings.Repeat("x", 70_000)+`"`))
	if string(f.Remembered()) != `"films"` {
		t.Error("one that is too long took its place")
	}
	rotated := held("r2")
	_ = f.Save(t.Context(), rotated)
	if string(f.Remembered()) != `"films"` {
		t.Error("a rotation forgets")
	}
	other := held("r3")
	other.SessionID = "s2"
	_ = f.Save(t.Context(), other)
	if got := f.Remembered(); got != nil {
		t.Errorf("another session sees %s", got)
	}
	_ = f.Remember(t.Context(), []byte(`"of the other"`))
	_ = f.Clear(t.Context(), "r3")
	if files, _ := filepath.Glob(filepath.Join(dir, "*.seen")); len(files) != 0 {
		t.Error("left behind", files)
	}
}
