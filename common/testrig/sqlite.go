package testrig

import (
	"os"
	"path/filepath"
	"testing"
)

// SQLiteFrom returns the URL of a SQLite database of the test's own: a copy of
// what prepare put into one, which it does once per binary and name. prepare
// closes the database before it returns.
func SQLiteFrom(tb testing.TB, name string, prepare func(url string) error) string {
	tb.Helper()
	t := shared.template("sqlite " + name)
	t.once.Do(func() {
		file := filepath.Join(tb.TempDir(), "template.db")
		if t.err = prepare("sqlite:" + file); t.err == nil {
			t.content, t.err = os.ReadFile(file)
		}
	})
	if t.err != nil {
		tb.Fatalf("testrig: prepare SQLite file %s: %v", name, t.err)
	}
	file := filepath.Join(tb.TempDir(), "marquee.db")
	if err := os.WriteFile(file, t.content, 0o600); err != nil {
		tb.Fatalf("testrig: %v", err)
	}
	return "sqlite:" + file
}
