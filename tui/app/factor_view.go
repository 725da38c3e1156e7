package app

import (
	"slices"
	"strings"

	"example.com/marquee/tui/app/cells"
	"github.com/mdp/qrterminal/v3"
)

func (p factorPage) view(e env) string {
	width := textWidth(p.size)
	if p.stage == factorEnrol {
		if code := qrLines(e, p.secret.URI); len(code) <= p.size.Height && cells.Width(code[0])+besideCode <= p.size.Width {
			return p.viewWithCode(e, code)
		}
	}
	head := p.viewHead(e, width)
	room := p.size.Height - 1
	if len(p.form.fields) > 0 {
		room -= 2
	}
	head = head[:max(0, min(len(head), room))] // what is to be done matters more
	body := p.form.view(e, Size{width, max(1, p.size.Height-len(head))})
	if p.busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T("tui.saving"))
	}
	return "  " + strings.Join(append(head, body...), "\n  ")
}

// viewHead says where things stand.
func (p factorPage) viewHead(e env, width int) []string {
	var lines []string
	text := func(id string, pairs ...any) {
		for _, line := range cells.Wrap(e.say.T(id, pairs...), width) {
			lines = append(lines, e.theme.Text.Render(line))
		}
	}
	switch p.stage {
	case factorOverview:
		if p.user.MFAEnabled {
			text("tui.factor.on", "N", p.user.RecoveryCodesLeft)
		} else {
			text("tui.factor.off")
			text("tui.factor.lead")
		}
	case factorProve:
		text("tui.factor.prove")
	case factorSure:
		text("tui.factor.sure")
	case factorEnrol:
		text("tui.factor.type")
		lines = append(lines, p.viewSecret(e, width)...)
	case factorKeep:
		text("tui.factor.codes")
		lines = append(lines, viewCodes(e, p.codes, width)...)
	}
	if p.size.Height > len(lines)+4 {
		lines = append(lines, "")
	}
	return lines
}

// viewSecret sets the secret in groups of four.
func (p factorPage) viewSecret(e env, width int) []string {
	var groups []string
	for group := range slices.Chunk([]rune(cells.CleanLabel(p.secret.Secret, 64)), 4) {
		groups = append(groups, string(group))
	}
	var lines []string
	for _, line := range cells.Wrap(strings.Join(groups, " "), width) {
		lines = append(lines, e.theme.Heading.Render(line))
	}
	return lines
}

// viewCodes sets recovery codes in as many columns as fit.
func viewCodes(e env, codes []string, width int) []string {
	const column = 18
	columns := max(1, min(4, width/column))
	var lines []string
	for i := 0; i < len(codes); i += columns {
		line := ""
		for _, code := range codes[i:min(len(codes), i+columns)] {
			line += cells.Fit(cells.CleanLabel(code, 32), column)
		}
		lines = append(lines, e.theme.Heading.Render(strings.TrimRight(line, " ")))
	}
	return lines
}

// besideCode is how many columns the text besideCode a QR code needs.
const besideCode = 38

// viewWithCode puts the secret, the field and its action besideCode the QR code.
func (p factorPage) viewWithCode(e env, code []string) string {
	width := min(p.size.Width-cells.Width(code[0])-4, 46)
	var right []string
	for _, line := range cells.Wrap(e.say.T("tui.factor.scan"), width) {
		right = append(right, e.theme.Text.Render(line))
	}
	right = append(append(right, ""), p.viewSecret(e, width)...)
	right = append(right, "")
	for _, line := range cells.Wrap(e.say.T("tui.factor.then"), width) {
		right = append(right, e.theme.Text.Render(line))
	}
	right = append(right, "")
	body := p.form.view(e, Size{width, max(1, p.size.Height-len(right))})
	if p.busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T("tui.saving"))
	}
	right = append(right, body...)
	return sideBySide(code, right)
}

// qrLines draws a QR code, two modules a line, with a light margin of one: in
// a terminal of 24 lines there is no room for more, and readers do with it.
func qrLines(e env, text string) []string {
	style, blocksAreLight := e.theme.QR()
	dark, light, upper, lower := "█", " ", "▀", "▄" // upper: the upper module is dark
	if blocksAreLight {
		dark, light, upper, lower = " ", "█", "▄", "▀"
	}
	var out strings.Builder
	qrterminal.GenerateWithConfig(text, qrterminal.Config{
		Level: qrterminal.L, Writer: &out, HalfBlocks: true, QuietZone: 1,
		BlackChar: dark, WhiteChar: light, BlackWhiteChar: upper, WhiteBlackChar: lower,
	})
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = style.Render(lines[i])
	}
	return lines
}
