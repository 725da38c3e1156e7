package verb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// JSONFlag adds --json to a command and returns whether it was given.
func (w World) JSONFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("json", false, w.say("flag_json"))
}

// WriteJSON writes v on one line. What could drive a terminal is written as an
// escape, which reads back as the same text: a title may hold control
// characters that JSON lets through (RFC 8259 section 7 asks for C0 only).
func WriteJSON(out io.Writer, v any) error {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	var b strings.Builder
	for _, r := range strings.TrimSuffix(plain.String(), "\n") {
		if unicode.IsControl(r) || r > unicode.MaxASCII && marquee.CleanText(string(r), 0) != string(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	_, err := io.WriteString(out, b.String()+"\n")
	return err
}

// Column is one column of a table.
type Column struct {
	Head  string
	Cells []string
	Right bool
	// Flex shrinks where the terminal is narrow; Spare goes first.
	Flex, Spare bool
}

const (
	columnGap = 2
	flexLeast = 12 // cells that a shrunken column keeps
)

// Table writes columns of text from outside, aligned by the cells that it
// takes. It is cut to the terminal where there is one and to nothing where a
// script reads it.
func (w World) Table(columns ...Column) error {
	for i := range columns {
		for j, text := range columns[i].Cells {
			columns[i].Cells[j] = cells.Clean(text)
		}
	}
	columns, widths := w.layout(columns)
	var b strings.Builder
	for row := -1; row < len(columns[0].Cells); row++ {
		line := ""
		for i, c := range columns {
			text := c.Head
			if row >= 0 {
				text = c.Cells[row]
			}
			fit := cells.Fit
			if c.Right {
				fit = cells.FitRight
			}
			if i > 0 {
				line += strings.Repeat(" ", columnGap)
			}
			line += fit(text, widths[i])
		}
		line = strings.TrimRight(line, " ")
		if w.Width > 0 {
			line = cells.Truncate(line, w.Width)
		}
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w.Out, b.String())
	return err
}

// layout leaves out what does not fit the terminal and says how wide the rest
// is.
func (w World) layout(columns []Column) ([]Column, []int) {
	for {
		widths, sum, spare := make([]int, len(columns)), -columnGap, -1
		for i, c := range columns {
			widths[i] = cells.Width(c.Head)
			for _, text := range c.Cells {
				widths[i] = max(widths[i], cells.Width(text))
			}
			sum += widths[i] + columnGap
			if c.Spare {
				spare = i
			}
		}
		over := sum - w.Width
		if w.Width == 0 || over <= 0 {
			return columns, widths
		}
		if spare >= 0 {
			columns = append(append([]Column(nil), columns[:spare]...), columns[spare+1:]...)
			continue
		}
		for i, c := range columns {
			if c.Flex {
				less := min(over, max(0, widths[i]-flexLeast))
				widths[i] -= less
				over -= less
			}
		}
		return columns, widths
	}
}

// Pairs writes labelled values, one a line, without those that are empty.
func (w World) Pairs(list ...string) error {
	wide := 0
	for i := 0; i < len(list); i += 2 {
		wide = max(wide, cells.Width(list[i]))
	}
	var b strings.Builder
	for i := 0; i < len(list); i += 2 {
		if list[i+1] == "" {
			continue
		}
		label := cells.Fit(list[i], wide)
		for j, line := range w.wrapped(cells.Clean(list[i+1]), wide+columnGap) {
			if j > 0 {
				label = strings.Repeat(" ", wide)
			}
			b.WriteString(label + strings.Repeat(" ", columnGap) + line + "\n")
		}
	}
	_, err := io.WriteString(w.Out, b.String())
	return err
}

// wrapped breaks text to the terminal, less what stands before it.
func (w World) wrapped(text string, before int) []string {
	if room := w.Width - before; room >= flexLeast {
		return cells.Wrap(text, room)
	}
	return []string{text}
}

// line writes a sentence.
func (w World) line(text string) error {
	_, err := fmt.Fprintln(w.Out, text)
	return err
}
