package config

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write .env.example anew")

const exampleFile = "../../.env.example"

// clientSettings are read by the terminal client, not by this package.
const clientSettings = `
# The terminal client.

# URL of a backend; the flag --server wins. Without it: the embedded parts.
#MARQUEE_SERVER=
# off keeps tokens in a 0600 file where the system has a keyring as well.
#MARQUEE_KEYRING=on
# 1 speaks in plain lines in place of the pages, for screen readers.
#ACCESSIBLE=
# Colours of the pages: auto, 16, dark, light or high-contrast.
#MARQUEE_THEME=
# Where the SSH server listens.
#SSH_ADDR=127.0.0.1:23234
# Its host key; made in the data directory when there is none.
#SSH_HOST_KEY=
# A listener of its own for its /metrics, for example 127.0.0.1:9101.
#SSH_METRICS_ADDR=
# With MARQUEE_SERVER it needs PUBLIC_URL as the backend has it, for people
# to sign in with their SSH keys.

# For docker compose only.

# Password of the Postgres in the composition; make one with: openssl rand -hex 32
# REDIS_PASSWORD and SECRET_KEY above are needed as well.
#POSTGRES_PASSWORD=
`

// .env.example is the comments and defaults of Config and nothing else.
func TestExampleFileAgreesWithConfig(t *testing.T) {
	want := describe(t)
	if *update {
		if err := os.WriteFile(exampleFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf(".env.example differs from config.go; see it with: go test ./backend/config -run ExampleFile -update && git diff")
	}
}

// Every variable that the README's table begins a row with exists, and every
// variable that the programs read stands in that table.
func TestReadmeNamesRealVariables(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example := describe(t)
	rows := regexp.MustCompile("(?m)^\\| *`[A-Z_]+`.*$").FindAllString(string(readme), -1)
	for _, row := range rows {
		names, _, _ := strings.Cut(row[1:], "|")
		for _, name := range regexp.MustCompile("`([A-Z][A-Z_]+)`").FindAllStringSubmatch(names, -1) {
			if !strings.Contains(example, "#"+name[1]+"=") {
				t.Errorf("the README names %s, which nothing reads", name[1])
			}
		}
	}
	table := strings.Join(rows, "\n")
	read, _, _ := strings.Cut(example, "# For docker compose only.")
	for _, name := range regexp.MustCompile("(?m)^#([A-Z_]+)=").FindAllStringSubmatch(read, -1) {
		if !strings.Contains(table, "`"+name[1]+"`") {
			t.Errorf("the README's table does not name %s", name[1])
		}
	}
}

// describe writes the example file from the comments of Config.
func describe(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Every setting with its default. Copy to .env; docker compose reads that by\n# itself, a shell with: set -a; . ./.env; set +a\n")
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Config" {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			if field.Tag == nil {
				continue
			}
			tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
			name := tag.Get("env")
			if name == "-" {
				continue
			}
			if field.Doc != nil {
				b.WriteString("\n")
			}
			for _, line := range strings.Split(strings.TrimSpace(field.Doc.Text()), "\n") {
				if line != "" {
					b.WriteString("# " + line + "\n")
				}
			}
			b.WriteString("#" + name + "=" + tag.Get("envDefault") + "\n")
		}
		return false
	})
	b.WriteString(clientSettings)
	return b.String()
}
