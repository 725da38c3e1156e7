package app

import (
	"path/filepath"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// keyPicker lets a person choose among the keys he can sign with here.
type keyPicker struct {
	keys   []marquee.HeldKey
	cursor int
	loaded bool
	// other is the message id of a last line for a key that is none of them;
	// "" for no such line.
	other string
}

func (p keyPicker) rows() int {
	if p.other != "" {
		return len(p.keys) + 1
	}
	return len(p.keys)
}

// chosen is the key under the cursor; false on the last line, and on none.
func (p keyPicker) chosen() (marquee.HeldKey, bool) {
	if p.cursor < len(p.keys) {
		return p.keys[p.cursor], true
	}
	return marquee.HeldKey{}, false
}

// move takes a key that moves the cursor.
func (p keyPicker) move(e env, msg tea.KeyMsg) keyPicker {
	last := max(0, p.rows()-1)
	switch k := e.keys; {
	case key.Matches(msg, k.next):
		p.cursor = min(p.cursor+1, last)
	case key.Matches(msg, k.previous):
		p.cursor = max(p.cursor-1, 0)
	default:
		p.cursor, _ = scrollKey(e, msg, p.cursor, last, p.rows())
	}
	return p
}

// pickerDetail is how many lines the key under the cursor takes besides.
const pickerDetail = 3

// view draws the keys as at most size.Height lines.
func (p keyPicker) view(e env, size Size) []string {
	if !p.loaded {
		return []string{"  " + e.theme.Faint.Render(e.say.T("tui.loading"))}
	}
	var lines []string
	for i := range p.rows() {
		name, where := e.say.T(p.otherOr()), ""
		if i < len(p.keys) {
			name, where = heldName(e, p.keys[i]), heldWhere(e, p.keys[i])
		}
		line := cells.Sides(name, where, max(1, size.Width-3))
		if i == p.cursor {
			line = e.theme.Accent.Render("▌") + e.theme.Selected.Render(cells.Fit(" "+line, max(1, size.Width-1)))
		} else {
			line = e.theme.Text.Render(cells.Fit("  "+line, size.Width))
		}
		lines = append(lines, e.zone(onRow, i, line))
	}
	k, ok := p.chosen()
	room := size.Height - pickerDetail
	if !ok || room < 2 {
		return scrollTo(lines, p.cursor, p.cursor+1, size.Height)
	}
	lines = append(scrollTo(lines, p.cursor, p.cursor+1, room), "")
	return append(lines,
		"  "+e.theme.Faint.Render(cells.Truncate(cells.CleanLabel(keyKind(e, k.Type), 64), size.Width-2)),
		"  "+e.theme.Faint.Render(cells.Truncate(cells.CleanLabel(k.Fingerprint, 64), size.Width-2)))
}

func (p keyPicker) otherOr() string {
	if p.other == "" {
		return "pages.keys.other"
	}
	return p.other
}

// heldName is what the person calls a key: its comment, else its file, else
// its kind.
func heldName(e env, k marquee.HeldKey) string {
	for _, name := range []string{k.Comment, filepath.Base(k.File)} {
		if name = cells.CleanLabel(strings.TrimSpace(name), marquee.KeyNameMax); name != "" && name != "." {
			return name
		}
	}
	return cells.CleanLabel(keyKind(e, k.Type), 64)
}

func heldWhere(e env, k marquee.HeldKey) string {
	if k.Agent {
		return e.say.T("pages.keys.agent")
	}
	return cells.CleanLabel(filepath.Base(k.File), 32)
}

// keyKind names the kind of a key as people know it.
func keyKind(e env, kind string) string {
	plain, security := strings.CutPrefix(strings.TrimSuffix(kind, "@openssh.com"), "sk-")
	name := map[string]string{"ssh-ed25519": "Ed25519", "ecdsa-sha2-nistp256": "ECDSA", "ssh-rsa": "RSA"}[plain]
	switch {
	case name == "":
		return kind
	case security:
		return name + ", " + e.say.T("pages.keys.security")
	}
	return name
}
