package app

import (
	"context"
	"io"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of taking one's data along.
const (
	actExport    = "pages.action.export"
	actExportNow = "pages.action.export_now"
)

// exportDeadline bounds an export, however much there is.
const exportDeadline = 3 * time.Minute

// goExport asks for the page that writes everything held of a person.
type goExport struct{ user marquee.User }

// exported answers an export with where the file is.
type exported struct {
	reply
	file string
}

// export writes all that is held into a file at path. Nothing is asked for
// where that cannot be written, and nothing written that is not whole.
func (a api) export(gen int, path string) tea.Cmd {
	var file string
	return a.call(gen, exportDeadline, func(ctx context.Context) (err error) {
		file, err = a.writeFile(path, func(w io.Writer) error { return a.personal.ExportMe(ctx, w) })
		return err
	}, func(r reply) tea.Msg { return exported{r, file} })
}

// exportPage asks for a file and writes everything into it. Where the person
// is elsewhere it says where to get that instead.
type exportPage struct {
	api  api
	size Size
	form form
	gen  int
	busy bool
}

func newExport(a api, e env, user marquee.User) exportPage {
	p := exportPage{api: a}
	if a.writeFile == nil {
		return p
	}
	p.form = form{fields: []field{newField("file", false, func(f form) *marquee.FieldError {
		if strings.TrimSpace(f.value("file")) == "" {
			return &marquee.FieldError{Field: "file", Code: marquee.FieldRequired}
		}
		return nil
	})}, actions: []string{actExportNow, actCancel}}
	p.form = p.form.with("file", marquee.ExportName(user.Username, e.now()))
	return p
}

func (p exportPage) init(env) (page, tea.Cmd)         { return p, nil }
func (p exportPage) setSize(size Size) page           { p.size = size; return p }
func (p exportPage) title(e env) string               { return e.say.T(actExport) }
func (p exportPage) typing() bool                     { return p.form.onField() }
func (p exportPage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p exportPage) keys(e env) []key.Binding {
	if p.api.writeFile == nil {
		return []key.Binding{e.keys.back}
	}
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

// backWith asks the root to go back and say something.
type backWith struct{ notice string }

func (p exportPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case proved:
		return p.submit()
	case exported:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.busy = false
		if msg.err == nil {
			return p, backWith{e.say.T("export.account_written", "File", cells.Clean(msg.file))}, nil
		}
		if f, here := p.form.refuse(fieldsOf(msg.err)); here {
			p.form = f
			return p, clearError{}, nil
		}
		return p, failure(msg.err, "tui.again.enter"), nil
	}
	return p, nil, nil
}

func (p exportPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case p.api.writeFile == nil:
	case key.Matches(msg, k.submit) && p.form.action() == actCancel:
		return p, goBack{}, nil
	case key.Matches(msg, k.submit):
		return p.submit()
	default:
		p.form = p.form.press(k, msg)
	}
	return p, nil, nil
}

func (p exportPage) submit() (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	var ok bool
	if p.form, ok = p.form.checkAll(); !ok {
		return p, clearError{}, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.export(p.gen, strings.TrimSpace(p.form.value("file")))
}

func (p exportPage) view(e env) string {
	if p.api.writeFile != nil {
		return viewFormPage(e, p.size, "pages.export.lead", p.form, p.busy)
	}
	var lines []string
	for _, line := range cells.Wrap(e.say.T("pages.export.elsewhere"), textWidth(p.size)) {
		lines = append(lines, e.theme.Text.Render(line))
	}
	return "  " + strings.Join(lines[:max(0, min(len(lines), p.size.Height))], "\n  ")
}
