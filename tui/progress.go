package main

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"example.com/marquee/common/lang"
)

// progress shows how far a long command is: on a terminal a bar with rate and
// time left, elsewhere a line for each tenth.
type progress struct {
	w     io.Writer
	say   *lang.Messages
	total int
	bar   *progressbar.ProgressBar // nil without a terminal
	tenth int
}

// newProgress counts films up to total.
func newProgress(w io.Writer, say *lang.Messages, total int) *progress {
	p := &progress{w: w, say: say, total: total}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionFullWidth(),
			progressbar.OptionSetDescription(say.T("letterboxd.films")), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
			progressbar.OptionSetItsString(say.T("letterboxd.films")), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	}
	return p
}

// at says that so many are done.
func (p *progress) at(done int) {
	switch {
	case p.bar != nil && done == 0:
		_ = p.bar.RenderBlank()
	case p.bar != nil:
		_ = p.bar.Set(done) // a bar that cannot be drawn stops nothing
	case p.total > 0 && done*10/p.total > p.tenth:
		p.tenth = done * 10 / p.total
		fmt.Fprintln(p.w, p.say.T("letterboxd.progress", "Done", done, "Total", p.total))
	}
}

// note writes a line above the bar.
func (p *progress) note(text string) {
	p.end()
	fmt.Fprintln(p.w, text)
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
