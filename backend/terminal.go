package main

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

// plainEvery is how often progress is told where no terminal shows a bar.
const plainEvery = 5 * time.Second

// terminal is where a command's output goes: results to standard output, the
// rest to standard error, progress as a bar where somebody looks and else as a
// line now and then.
type terminal struct {
	msgs     *lang.Messages
	bars     bool
	clock    func() time.Time
	out, err io.Writer

	bar        *progressbar.ProgressBar
	last       operator.Progress
	began      time.Time
	told       time.Time
	progressed bool
}

func (t *terminal) Line(text string) {
	t.finish()
	fmt.Fprintln(t.out, text)
}

func (t *terminal) Note(text string) {
	if t.bar != nil {
		_ = t.bar.Clear()
	}
	fmt.Fprintln(t.err, text)
}

func (t *terminal) Progress(p operator.Progress) {
	now := t.clock()
	if t.last.Name != p.Name || !t.progressed {
		t.finish()
		t.began, t.told = now, now
	}
	t.last, t.progressed = p, true
	switch {
	case t.bars:
		t.draw(p)
	case now.Sub(t.told) >= plainEvery:
		t.told = now
		fmt.Fprintln(t.err, t.plain(p, now.Sub(t.began)))
	}
}

// draw shows the bar, which works out the time left.
func (t *terminal) draw(p operator.Progress) {
	if t.bar == nil {
		total := p.Total
		if total == 0 {
			total = -1
		}
		options := []progressbar.Option{
			progressbar.OptionSetWriter(t.err), progressbar.OptionFullWidth(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionShowBytes(!p.Films),
		}
		if p.Films {
			options = append(options, progressbar.OptionShowCount())
		}
		t.bar = progressbar.NewOptions64(total, options...)
	}
	t.bar.Describe(fmt.Sprintf("%s %d (%d/s)", filepath.Base(p.Name), p.Rows, rate(p.Rows, t.clock().Sub(t.began))))
	_ = t.bar.Set64(p.Done)
}

// plain is a line of how far the work is.
func (t *terminal) plain(p operator.Progress, took time.Duration) string {
	name, perSecond := filepath.Base(p.Name), rate(p.Rows, took)
	if p.Total == 0 || p.Done == 0 {
		return t.msgs.T("cli.progress_unknown", "Name", name, "Rows", p.Rows, "Rate", perSecond)
	}
	left := time.Duration(float64(took) * float64(p.Total-p.Done) / float64(p.Done)).Round(time.Second)
	return t.msgs.T("cli.progress", "Name", name, "Percent", p.Done*100/p.Total, "Rows", p.Rows, "Rate", perSecond, "Left", left.String())
}

func rate(rows int, took time.Duration) int {
	return int(float64(rows) / max(took.Seconds(), 0.001))
}

// soFar says where the work was when it was interrupted.
func (t *terminal) soFar() {
	if t.progressed {
		fmt.Fprintln(t.err, t.msgs.T("cli.progress_far", "Name", filepath.Base(t.last.Name), "Rows", t.last.Rows,
			"Added", t.last.Added, "Updated", t.last.Updated, "Unchanged", t.last.Unchanged))
	}
}

func (t *terminal) finish() {
	if t.bar != nil {
		_ = t.bar.Finish()
		t.bar = nil
	}
}
