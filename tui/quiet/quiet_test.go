package quiet_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The init comes before Bubble Tea's only while this package imports lipgloss
// alone and its path sorts first.
func TestInitComesFirst(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \",\"}}", "example.com/marquee/tui/quiet").Output()
	if err != nil {
		t.Fatal(err)
	}
	path, imports, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if imports != "github.com/charmbracelet/lipgloss" {
		t.Errorf("imports %s", imports)
	}
	if path >= "github.com/charmbracelet/bubbletea" {
		t.Errorf("%s does not sort first", path)
	}
}
