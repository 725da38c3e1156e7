package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// diaryHead is how many lines stand above the entries.
const diaryHead = 2

func (p diaryPage) listRows() int { return max(1, p.size.Height-diaryHead) }

func (p diaryPage) view(e env) string {
	width := listWidth(p.size)
	lines := []string{p.viewMonth(e), p.viewHead(e, width)}
	switch {
	case p.known && len(p.months) == 0:
		lines = append(lines[:1], viewEmpty(e, e.say.T("pages.diary.none"), p.size.Width)...)
		return strings.Join(lines, "\n")
	case !p.list.loaded:
		lines = append(lines, skeleton(e, p.list.slow, p.listRows(), width)...)
	default:
		from, to := p.list.items.Visible(p.listRows())
		for i := from; i < to; i++ {
			film, _ := p.list.items.At(i)
			lines = append(lines, viewEntry(e, film, rowKey{width: width, selected: i == p.list.items.Cursor(), dim: p.list.slow}))
		}
	}
	if film, ok := p.list.items.Selected(); ok && p.size.Width >= previewFrom {
		lines = append(lines[:1], beside(e, lines[1:], film, width, Size{p.size.Width, p.size.Height - 1})...)
	}
	return strings.Join(lines, "\n")
}

// viewMonth names the month, its entries and the months around it.
func (p diaryPage) viewMonth(e env) string {
	if p.month >= len(p.months) {
		return ""
	}
	m := p.months[p.month]
	older, newer := "  ", "  "
	if p.month < len(p.months)-1 {
		older = "‹ "
	}
	if p.month > 0 {
		newer = " ›"
	}
	left := " " + e.theme.Accent.Render(older) + e.theme.Heading.Render(cells.CleanLabel(string(m.Month), 7)) + e.theme.Accent.Render(newer) +
		e.theme.Faint.Render("  "+e.say.T("pages.diary.entries", "N", e.count(m.Count)))
	return cells.Sides(left, e.theme.Faint.Render(p.list.place(e))+" ", p.size.Width)
}

func (p diaryPage) viewHead(e env, width int) string {
	c := entryColumnsIn(width)
	line := "  " + cells.Fit(e.say.T("pages.diary.day"), entryDay) + " " + cells.Fit(e.say.T("tui.column.title"), c) + " " +
		cells.FitRight(e.say.T("tui.column.year"), 4) + " " + cells.FitRight(e.say.T("tui.column.mine"), 4)
	return e.theme.Faint.Render(cells.Fit(line, width))
}

// entryDay is the width of the day of an entry.
const entryDay = 4

// entryColumnsIn is the width of the title.
func entryColumnsIn(width int) int { return max(1, width-2-entryDay-1-1-4-1-4-1-2) }

// viewEntry draws an entry in exactly k.width cells; "↻" marks a film that the
// person had seen before.
func viewEntry(e env, m marquee.Movie, k rowKey) string {
	day := ""
	if m.WatchedOn != nil && len(*m.WatchedOn) == len("2006-01-02") {
		day = cells.CleanLabel(string((*m.WatchedOn)[8:]), 2)
	}
	mine := ""
	if m.MyRating > 0 {
		mine = "★" + number(m.MyRating)
	}
	line := cells.FitRight(day, 2) + "   " + cells.Fit(rowTitle(m), entryColumnsIn(k.width)) + " " + cells.FitRight(number(m.Year), 4) +
		" " + cells.FitRight(mine, 4) + " " + markIf(m.Rewatch, "↻") + " "
	return viewLine(e, line, k)
}
