package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/semver"
)

const module = "example.com/marquee/"

type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

// goList decodes what `go list -json` prints about the whole module.
func goList[T any](t *testing.T, args ...string) []T {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var all []T
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var one T
		if err := dec.Decode(&one); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}

// mayImport is the drawing of the house: who may know whom among our own
// packages. A package that is not named here may know none of the others.
var mayImport = map[string][]string{
	"common/marquee":  {},
	"common/lang":     {},
	"common/client":   {"common/marquee"},
	"common/strength": {"common/marquee"},
	"common/testrig":  {},
	"migrations":      {},

	"backend/auth":       {"common/marquee"},
	"backend/catalog":    {"common/marquee"},
	"backend/config":     {"common/lang", "backend/auth"},
	"backend/store":      {"common/marquee", "backend/auth", "backend/catalog", "migrations"},
	"backend/redisstore": {"common/marquee", "backend/auth"},
	"backend/embedded":   {"common/marquee"},
	"backend/httpapi":    {"common/marquee", "common/lang"},
	"backend/web":        {"common/marquee", "common/lang"},
	"backend/operator":   {"common/marquee", "common/lang", "backend/auth", "backend/catalog"},
	"backend/app": {"common/marquee", "common/lang", "common/strength", "backend/config", "backend/auth", "backend/catalog", "backend/store",
		"backend/redisstore", "backend/embedded", "backend/operator", "backend/httpapi", "backend/web"},
	"backend": {"common/marquee", "common/lang", "backend/app", "backend/config", "backend/operator"},

	"tui/quiet":       {},
	"tui/theme":       {},
	"tui/app":         {"common/marquee", "common/lang", "tui/theme"},
	"tui/atomicfile":  {},
	"tui/settings":    {"tui/atomicfile"},
	"tui/credentials": {"common/marquee", "common/client", "tui/atomicfile"},
	"tui/prompt":      {},
	"tui/gateway":     {},
	"tui/sshkeys":     {"common/marquee"},
	"tui/verb":        {"common/marquee", "common/lang", "tui/app/cells"},
	"tui/accessible":  {"common/marquee", "common/lang", "tui/app/cells", "tui/prompt", "tui/theme", "tui/verb"},
	"tui/sshd":        {"common/marquee", "common/lang"},
	// The one exception to "tui never imports backend": the zero-setup mode.
	"tui": {"common/marquee", "common/lang", "common/client", "common/strength", "tui/app", "tui/quiet", "tui/theme", "tui/credentials",
		"tui/sshd", "tui/gateway", "tui/sshkeys", "tui/accessible", "tui/prompt", "tui/settings", "tui/verb", "backend/app", "backend/config"},
}

func TestPackagesKnowOnlyWhomTheyMay(t *testing.T) {
	for _, p := range goList[pkg](t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := mayImport[name]
		if !known {
			parent := filepath.ToSlash(filepath.Dir(name))
			if allowed, known = mayImport[parent]; !known {
				t.Errorf("%s is not in the drawing of the house", name)
				continue
			}
			// A room inside a room knows at most what its parent does.
		}
		for _, imp := range p.Imports {
			ours, is := strings.CutPrefix(imp, module)
			if !is || strings.HasPrefix(ours, name+"/") || slices.Contains(allowed, ours) {
				continue
			}
			t.Errorf("%s may not import %s", name, ours)
		}
		if strings.Count(name, "/") > 2 {
			t.Errorf("%s lies deeper than three", name)
		}
		if slices.Contains([]string{"utils", "util", "helpers", "models", "types", "pkg"}, filepath.Base(name)) {
			t.Errorf("%s says nothing by its name", name)
		}
	}
}

func TestVocabularyNeedsTheStandardLibraryOnly(t *testing.T) {
	for _, p := range goList[pkg](t, "./common/marquee") {
		for _, imp := range p.Imports {
			if strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") && !strings.HasPrefix(imp, "golang.org/x/text/") {
				t.Errorf("common/marquee imports %s", imp)
			}
		}
	}
}

func TestForbiddenImports(t *testing.T) {
	forbidden := map[string]string{
		"math/rand":                  "secrets come from crypto/rand",
		"charm.land/wish/v2/scp":     "files are never served over SSH",
		"charm.land/wish/v2/git":     "repositories are never served over SSH",
		"crypto/md5":                 "broken",
		"crypto/sha1":                "broken; of one-time codes it is a part, which a library makes",
		"crypto/des":                 "broken",
		"crypto/rc4":                 "broken",
		"github.com/pkg/errors":      "the standard library does it",
		"golang.org/x/crypto/scrypt": "passwords are argon2id",
	}
	for _, p := range goList[pkg](t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			if why, bad := forbidden[imp]; bad {
				t.Errorf("%s imports %s: %s", name, imp, why)
			}
			if imp == module+"common/testrig" {
				t.Errorf("%s imports the test rig outside its tests", name)
			}
			if imp == "os/exec" && strings.HasPrefix(name, "backend") {
				t.Errorf("%s starts programs", name)
			}
		}
	}
}

func TestFilesFitOneIdea(t *testing.T) {
	for _, p := range goList[pkg](t, "./...") {
		for _, f := range p.GoFiles {
			raw, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(raw, []byte("\n")); n > 500 {
				t.Errorf("%s/%s has %d lines", strings.TrimPrefix(p.ImportPath, module), f, n)
			}
		}
	}
	if files, _ := filepath.Glob(filepath.Join("..", "..", "common", "*.go")); len(files) > 0 {
		t.Errorf("Go files directly in common/: %v", files)
	}
}

// Two migrations of one number would stop every start; two branches easily
// take the same one.
func TestFilesFitOneNumber(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "migrations", "*", "*.tx.up.sql"))
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	taken := map[string]string{}
	for _, f := range files {
		name := filepath.Base(f)
		number, _, _ := strings.Cut(name, "_")
		if other, ok := taken[number]; ok && other != name {
			t.Errorf("%s and %s have one number", other, name)
		}
		taken[number] = name
	}
}

// The floors are versions with known holes below them: not every one is in the
// vulnerability database under these module paths.
func TestVersionFloors(t *testing.T) {
	floors := map[string]string{
		"golang.org/x/crypto":          "v0.58.0",
		"github.com/golang-jwt/jwt/v5": "v5.3.1",
		"github.com/labstack/echo/v4":  "v4.15.4",
		"github.com/redis/go-redis/v9": "v9.7.3",
		"github.com/uptrace/bun":       "v1.2.16",
		"github.com/jackc/pgx/v5":      "v5.9.2",
		"charm.land/wish/v2":           "v2.0.3",
		"charm.land/ssh":               "v0.4.3",
	}
	type mod struct{ Path, Version string }
	for _, m := range goList[mod](t, "-m", "all") {
		floor, ok := floors[m.Path]
		if ok && semver.Compare(m.Version, floor) < 0 {
			t.Errorf("%s is %s, below %s", m.Path, m.Version, floor)
		}
		delete(floors, m.Path)
		if m.Path == "github.com/charmbracelet/wish" || m.Path == "github.com/charmbracelet/ssh" {
			t.Errorf("%s has an unfixed cross-account sign-in", m.Path)
		}
	}
	for path := range floors {
		t.Errorf("%s is not used: drop its floor", path)
	}
}
