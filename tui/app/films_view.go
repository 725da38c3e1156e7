package app

import (
	"strconv"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

const (
	previewFrom = 100 // columns from which the preview stands beside the list
	headRows    = 2   // the search line and the names of the columns
)

// listRows is how many films fit.
func (p filmsPage) listRows() int { return max(1, p.size.Height-headRows) }

func (p filmsPage) listWidth() int { return listWidth(p.size) }

// listWidth is how wide a list of films is, beside a preview or alone.
func listWidth(s Size) int {
	if s.Width < previewFrom {
		return s.Width
	}
	return min(s.Width*55/100, 90)
}

func (p filmsPage) view(e env) string {
	width := p.listWidth()
	lines := append([]string{p.viewSearch(e, p.size.Width), p.viewHead(e, width)}, p.viewRows(e, width)...)
	if p.size.Width >= previewFrom {
		film, _ := p.list.items.Selected()
		lines = append(lines[:1], beside(e, lines[1:], film, width, Size{p.size.Width, p.size.Height - 1})...)
	}
	return strings.Join(lines, "\n")
}

// viewSearch is the line with the search at the left and the place in the
// list at the right.
func (p filmsPage) viewSearch(e env, width int) string {
	right := p.list.place(e)
	room := max(4, width-cells.Width(right)-3)
	var left string
	switch {
	case p.searching:
		left = e.theme.Accent.Render(" / ") + viewInput(e, p.input, 0, max(1, room-3), true)
	case p.jumping:
		label := " " + e.say.T("pages.films.jump") + " "
		left = e.theme.Accent.Render(label) + viewInput(e, p.letters, 0, max(1, room-cells.Width(label)), true)
	case p.want.query != "":
		rest := ""
		if p.want.filtered() {
			rest = e.theme.Faint.Render(" · " + p.filterText(e))
		}
		left = cells.Truncate(e.theme.Accent.Render(" / ")+e.theme.Text.Render(cells.Clean(p.want.query))+rest, room)
	case p.want.filtered():
		left = e.theme.Text.Render(cells.Truncate(" "+p.filterText(e), room)) +
			e.theme.Faint.Render(" · "+e.say.T("tui.sort."+sortName(p.want.sort)))
		left = cells.Truncate(left, room)
	default:
		left = e.theme.Faint.Render(cells.Truncate(" "+e.say.T("tui.films.hint", "Key", firstKey(e.keys.search))+" · "+e.say.T("tui.sort."+sortName(p.want.sort)), room))
	}
	return cells.Sides(left, e.theme.Faint.Render(right)+" ", width)
}

// filterText says which films the filter leaves.
func (p filmsPage) filterText(e env) string {
	var parts []string
	if p.want.genre != "" {
		parts = append(parts, cells.CleanLabel(e.say.Word(p.want.genre), 40))
	}
	switch from, to := p.want.from, p.want.to; {
	case from != 0 && from == to:
		parts = append(parts, number(from))
	case from != 0 || to != 0:
		parts = append(parts, number(from)+"–"+number(to))
	}
	return strings.Join(parts, " · ")
}

// sortName is the part of a message id that names an order.
func sortName(s marquee.Sort) string {
	return map[marquee.Sort]string{
		marquee.SortTitle: "title", marquee.SortYear: "year",
		marquee.SortYearDesc: "year_desc", marquee.SortRating: "rating",
	}[s]
}

// columns are the widths of a row; average is 0 where there is no room.
type columns struct{ title, average int }

func columnsIn(width int) columns {
	const fixed = 2 + 1 + 4 + 1 + 4 + 1 + 3 // mark, year, own rating, marks
	if width >= 56 {
		return columns{max(1, width-fixed-6), 5}
	}
	return columns{max(1, width-fixed), 0}
}

// viewHead names the columns, or says that films of another query are shown.
func (p filmsPage) viewHead(e env, width int) string {
	if p.meant != "" {
		return e.theme.Text.Render(cells.Fit("  "+e.say.T("tui.films.corrected", "Query", cells.CleanLabel(p.meant, 100)), width))
	}
	return viewColumns(e, width, "")
}

// viewRows draws the visible films and nothing else.
func (p filmsPage) viewRows(e env, width int) []string {
	rows := p.listRows()
	switch {
	case p.panel != nil:
		return p.viewPanel(e, rows, width)
	case !p.list.loaded:
		return skeleton(e, p.list.slow, rows, width)
	case p.list.items.Len() == 0:
		return viewEmpty(e, p.emptyText(e), width)
	}
	from, to := p.list.items.Visible(rows)
	lines := make([]string, 0, to-from)
	for i := from; i < to; i++ {
		film, _ := p.list.items.At(i)
		k := rowKey{film.ID, width, i == p.list.items.Cursor(), p.list.slow, e.look}
		lines = append(lines, p.rows.get(k, func() string { return viewRow(e, film, k) }))
	}
	return lines
}

func (p filmsPage) emptyText(e env) string {
	switch {
	case p.want.query != "":
		return e.say.T("tui.films.none_found", "Key", firstKey(e.keys.clear))
	case p.want.filtered():
		return e.say.T("pages.films.none_left", "Key", firstKey(e.keys.clear))
	}
	return e.say.T("tui.films.none")
}

// viewPanel draws the filter where the rows are otherwise.
func (p filmsPage) viewPanel(e env, rows, width int) []string {
	width = min(width-4, 60)
	var lines []string
	if rows >= 14 {
		lines = []string{"", e.theme.Heading.Render(cells.Truncate(e.say.T("pages.filter.heading"), width)), ""}
	}
	lines = append(lines, p.panel.view(e, Size{width, max(1, rows-len(lines))})...)
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// viewEmpty says what an empty list is for.
func viewEmpty(e env, text string, width int) []string {
	lines := []string{""}
	for _, line := range cells.Wrap(text, max(1, min(width-4, maxTextWidth))) {
		lines = append(lines, "  "+e.theme.Faint.Render(line))
	}
	return lines
}

// skeleton stands where rows will be, the first time and only when it takes
// a while.
func skeleton(e env, slow bool, rows, width int) []string {
	if !slow {
		return nil
	}
	lines := make([]string, min(rows, 8))
	for i := range lines {
		n := max(1, min(width-6, 18+(i*7)%13))
		lines[i] = e.theme.Faint.Render("  " + strings.Repeat("░", n))
	}
	return lines
}

// viewRow draws one film in exactly k.width cells. Every mark has a shape of
// its own: "▌" the cursor, "+" the watchlist, "✓" seen.
func viewRow(e env, m marquee.Movie, k rowKey) string {
	c := columnsIn(k.width)
	line := cells.Fit(rowTitle(m), c.title) + " " + cells.FitRight(number(m.Year), 4)
	if c.average > 0 {
		line += " " + cells.FitRight(average(m.RatingAverage), c.average)
	}
	mine := ""
	if m.MyRating > 0 {
		mine = "★" + number(m.MyRating)
	}
	line += " " + cells.FitRight(mine, 4) + " " + markIf(m.OnWatchlist, "+") + markIf(m.WatchedOn != nil, "✓") + " "
	return viewLine(e, line, k)
}

// rowTitle is the title as a row has it, with the original one.
func rowTitle(m marquee.Movie) string {
	title := cells.CleanLabel(m.Title, 200)
	if original := cells.CleanLabel(m.OriginalTitle, 200); original != "" && original != title {
		title += " · " + original
	}
	return title
}

// viewLine draws the line of a row in exactly k.width cells.
func viewLine(e env, line string, k rowKey) string {
	switch {
	case k.selected:
		return e.theme.Accent.Render("▌") + e.theme.Selected.Render(cells.Fit(" "+line, k.width-1))
	case k.dim:
		return e.theme.Faint.Render(cells.Fit("  "+line, k.width))
	}
	return e.theme.Text.Render(cells.Fit("  "+line, k.width))
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func average(x float64) string {
	if x == 0 {
		return ""
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

func markIf(on bool, mark string) string {
	if on {
		return mark
	}
	return " "
}

// beside puts the preview of a film, if there is one, at the right of a list.
func beside(e env, lines []string, film marquee.Movie, width int, size Size) []string {
	var preview []string
	if film.ID != "" {
		room := size.Width - width - 4
		preview = append(viewFilm(e, film, room, false), viewLinks(e, film, min(room, maxTextWidth))...)
	}
	for len(lines) < size.Height {
		lines = append(lines, "")
	}
	for i := range lines {
		right := ""
		if i < len(preview) {
			right = preview[i]
		}
		lines[i] = cells.Fit(lines[i], width) + e.theme.Faint.Render(" │ ") + right
	}
	return lines
}

// rowCache holds drawn rows. It belongs to one page, and copies of the page
// share it: a row is the same whoever draws it.
type rowCache struct{ rows map[rowKey]string }

type rowKey struct {
	id            string
	width         int
	selected, dim bool
	look          int
}

// maxCached bounds the cache: a few screens of the largest size.
const maxCached = 1024

func newRowCache() rowCache { return rowCache{map[rowKey]string{}} }

func (c rowCache) get(k rowKey, draw func() string) string {
	if row, ok := c.rows[k]; ok {
		return row
	}
	if len(c.rows) >= maxCached {
		clear(c.rows)
	}
	row := draw()
	c.rows[k] = row
	return row
}
