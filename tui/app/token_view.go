package app

import (
	"strconv"
	"strings"
	"time"

	"example.com/marquee/tui/app/cells"
)

func (p tokenPage) view(e env) string {
	return viewScrolled(e, p.lines(e), p.top, p.size)
}

// lines are what changes first, then the claims.
func (p tokenPage) lines(e env) []string {
	width := textWidth(p.size)
	if !p.loaded {
		return []string{e.theme.Faint.Render(e.say.T("tui.loading"))}
	}
	var lines []string
	row := func(id, text string) {
		lines = append(lines, labelled(e, e.say.T("pages.token."+id), text, width)...)
	}
	label := e.theme.Faint.Render(cells.Fit(e.say.T("pages.token.left"), labelWidth(width)))
	lines = append(lines, cells.Truncate(label+" "+p.viewLeft(e, width), width))
	row("refresh", p.refreshText(e))
	row("clock", p.clockText(e))
	row("verdict", p.verdictText(e))
	if p.size.Height >= 14 {
		lines = append(lines, "", e.theme.Heading.Render(e.say.T("pages.token.claims")))
	}
	s, clean := p.state, func(s string) string { return cells.CleanLabel(s, 100) }
	row("subject", clean(s.Subject))
	row("session", clean(s.SessionID))
	row("methods", p.methodsText(e))
	row("issued", second(e, s.IssuedAt))
	row("expires", second(e, s.ExpiresAt))
	row("counter", e.say.T("pages.token.rotated", "N", strconv.FormatInt(s.Counter-1, 10)))
	row("issuer", e.say.T("pages.token.for", "Issuer", clean(s.Issuer), "Audience", clean(s.Audience)))
	row("key", strings.TrimSpace(clean(s.Algorithm)+"  "+clean(s.KeyID)))
	row("id", clean(s.TokenID))
	return lines
}

// second is a time to the second.
func second(e env, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return local(e, t).Format(time.DateTime)
}

// viewLeft is the time that the token is good still, as a bar and in words.
func (p tokenPage) viewLeft(e env, width int) string {
	if p.state.Over.IsZero() || p.state.Life <= 0 {
		return e.say.T("pages.token.unknown")
	}
	left := max(0, p.state.Over.Sub(e.now()))
	words := e.say.T("pages.token.of", "Left", span(e, left), "Life", span(e, p.state.Life))
	n := min(30, width-labelWidth(width)-cells.Width(words)-2)
	if n < leastBar {
		return words
	}
	full, empty := cells.Bar(left.Seconds(), p.state.Life.Seconds(), n)
	return e.theme.Accent.Render(full) + e.theme.Faint.Render(empty) + " " + words
}

// leastBar is how many cells a bar needs to tell anything; without them the
// words stand alone.
const leastBar = 5

func (p tokenPage) refreshText(e env) string {
	due := p.state.RefreshDue.Sub(e.now())
	switch {
	case p.state.RefreshDue.IsZero():
		return e.say.T("pages.token.unknown")
	case due <= 0:
		return e.say.T("pages.token.due")
	}
	return e.say.T("pages.token.in", "Span", span(e, due))
}

// clockText compares the calendars; a second is within what can be told.
func (p tokenPage) clockText(e env) string {
	ahead := p.state.ClockAhead
	switch {
	case !p.state.ClockKnown:
		return e.say.T("pages.token.unknown")
	case ahead > time.Second:
		return e.say.T("pages.token.ahead", "Span", span(e, ahead))
	case ahead < -time.Second:
		return e.say.T("pages.token.behind", "Span", span(e, -ahead))
	}
	return e.say.T("pages.token.in_step")
}

func (p tokenPage) verdictText(e env) string {
	switch {
	case p.verdict == nil:
		return e.say.T("pages.token.asking")
	case p.verdict.err != nil:
		return "! " + errorText(e, p.verdict.err)
	}
	return "✓ " + e.say.T("pages.token.accepted", "N", max(1, int(p.verdict.took.Milliseconds())))
}

// methodsText says how the person proved who he is (RFC 8176), and when.
func (p tokenPage) methodsText(e env) string {
	var parts []string
	for _, m := range p.state.Methods {
		word, ok := e.say.Find("pages.amr." + m)
		if !ok {
			word = cells.CleanLabel(m, 16)
		}
		parts = append(parts, word)
	}
	text := strings.Join(parts, ", ")
	if at := second(e, p.state.AuthTime); at != "" {
		text += " · " + at
	}
	return text
}
