package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// pageTypes are the types of this package that are a page, from its source:
// those that draw themselves.
func pageTypes(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "title" { // a form draws itself too, and has no title
				continue
			}
			if name, ok := f.Recv.List[0].Type.(*ast.Ident); ok && name.Name != "Model" {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

// shown is the page that has the keys.
func (d *driver) shown() string {
	m := d.m.(Model)
	p := m.top().page
	switch {
	case m.over != nil:
		p = m.over
	case m.lock != nil:
		p = m.lock.page
	}
	return reflect.TypeOf(p).Name()
}

// Every page has a golden screen, hence is drawn at every size and with
// hostile text as well; and every golden screen has a scene.
func TestEveryPageHasAGoldenScreen(t *testing.T) {
	var shown, goldens []string
	for _, sc := range scenes {
		d := play(t, sc, setup{width: 80, height: 24, language: "en"})
		shown, goldens = append(shown, d.shown()), append(goldens, sc.name+".txt")
	}
	names := pageTypes(t)
	if len(names) < 20 {
		t.Fatalf("only %v are found", names)
	}
	for _, name := range names {
		if !slices.Contains(shown, name) {
			t.Errorf("%s has no golden screen: a line in scenes makes one", name)
		}
	}
	for name := range stages {
		if !slices.Contains(goldens, name+".txt") {
			t.Errorf("the stage %q is no scene's", name)
		}
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".txt") && !slices.Contains(goldens, f.Name()) {
			t.Errorf("testdata/%s is no scene's", f.Name())
		}
	}
}
