package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// keyColumns are the widths of a row; 0 leaves a column out.
type keyColumns struct{ name, kind, print, from, used int }

func keyColumnsIn(width int) keyColumns {
	c := keyColumns{used: 14}
	if width >= 60 {
		c.kind = 22
	}
	if width >= 90 {
		c.from = 18
	}
	if width >= 150 {
		c.print = 50
	}
	fixed := 2 + 1 + c.used
	for _, w := range []int{c.kind, c.print, c.from} {
		if w > 0 {
			fixed += 1 + w
		}
	}
	c.name = max(1, width-fixed-1)
	return c
}

// row sets the columns beside each other.
func (c keyColumns) row(name, kind, print, from, used string) string {
	line := cells.Fit(name, c.name)
	for _, column := range []struct {
		text  string
		width int
	}{{kind, c.kind}, {print, c.print}, {from, c.from}, {used, c.used}} {
		if column.width > 0 {
			line += " " + cells.Fit(column.text, column.width)
		}
	}
	return line
}

func (p keysPage) view(e env) string {
	width := p.size.Width
	head := keyColumnsIn(width).row(e.say.T("keys.name"), e.say.T("keys.type"), e.say.T("keys.fingerprint"), e.say.T("keys.from"), e.say.T("pages.sessions.used"))
	return p.listed(e).view(e.theme.Faint.Render(cells.Fit("  "+head, width)), p.viewRows(e, width))
}

func (p keysPage) listed(e env) listAbove {
	return listAbove{size: p.size, cursor: p.cursor, below: p.viewBelow(e, textWidth(p.size))}
}

// rowAt returns the key on a line of the page.
func (p keysPage) rowAt(e env, y int) (int, bool) { return p.listed(e).rowAt(y, len(p.keyset)) }

func (p keysPage) viewRows(e env, width int) []string {
	switch {
	case !p.loaded:
		return skeleton(e, p.slow, p.size.Height, width)
	case len(p.keyset) == 0 && p.api.prover == nil:
		return viewEmpty(e, e.say.T("pages.keys.none_over_ssh"), width)
	case len(p.keyset) == 0:
		return viewEmpty(e, e.say.T("pages.keys.none"), width)
	}
	lines := make([]string, len(p.keyset))
	for i, k := range p.keyset {
		line := " " + keyColumnsIn(width).row(cells.CleanLabel(k.Name, marquee.KeyNameMax), cells.CleanLabel(keyKind(e, k.Type), 64),
			cells.CleanLabel(k.Fingerprint, 64), keyFrom(e, k), keyUsed(e, k))
		if i == p.cursor {
			lines[i] = e.theme.Accent.Render("▌") + e.theme.Selected.Render(cells.Fit(line, max(1, width-1)))
		} else {
			lines[i] = e.theme.Text.Render(cells.Fit(" "+line, width))
		}
	}
	return lines
}

// keyFrom says from where a key is good.
func keyFrom(e env, k marquee.SSHKey) string {
	if len(k.From) == 0 {
		return e.say.T("keys.anywhere")
	}
	return cells.CleanLabel(strings.Join(k.From, " "), 256)
}

func keyUsed(e env, k marquee.SSHKey) string {
	if k.LastUsedAt == nil {
		return e.say.T("keys.never")
	}
	return ago(e, *k.LastUsedAt)
}

// viewBelow is what is asked, or else more of the key under the cursor.
func (p keysPage) viewBelow(e env, width int) []string {
	if p.sure != nil {
		return append([]string{""}, p.sure.view(e, width)...)
	}
	if !p.loaded || len(p.keyset) == 0 || p.size.Height < 8 {
		return nil
	}
	k, factor := p.selected(), "pages.keys.factor_asked"
	if k.ReplacesSecondFactor {
		factor = "pages.keys.factor_replaced"
	}
	lines := []string{"", e.theme.Faint.Render(cells.Truncate(cells.CleanLabel(k.Fingerprint, 64), width))}
	pair := func(label, text string) { lines = append(lines, labelled(e, e.say.T(label), text, width)...) }
	if p.size.Height >= 16 {
		pair("keys.type", cells.CleanLabel(keyKind(e, k.Type), 64))
		pair("keys.from", keyFrom(e, k))
		pair("pages.keys.linked", moment(e, k.CreatedAt))
	}
	pair("pages.keys.code", e.say.T(factor))
	if p.busy {
		lines[0] = e.theme.Faint.Render(e.say.T("tui.saving"))
	}
	return lines
}
