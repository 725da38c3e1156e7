package accessible

import (
	"io"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// export writes everything that is held of the person into a file.
func (p *program) export(u marquee.User) error {
	p.line("pages.export.lead")
	name := marquee.ExportName(u.Username, time.Now().In(p.zone()))
	typed, err := p.Prompt.Line(p.ctx, p.say("accessible.or_as_is", "Label", p.say("tui.field.file"), "Is", cells.Clean(name)))
	if err != nil {
		return err
	}
	if typed = strings.TrimSpace(typed); typed != "" {
		name = typed
	}
	var path string
	err = p.steppedUp(func() (err error) {
		path, err = p.WriteFile(name, func(w io.Writer) error { return p.Personal.ExportMe(p.ctx, w) })
		return err
	})
	if err == nil {
		p.line("export.account_written", "File", cells.Clean(path))
	}
	return err
}

// deleteAccount deletes the account once its name is typed and its password
// given.
func (p *program) deleteAccount(u marquee.User) error {
	p.line("pages.delete.lead")
	name, err := p.Prompt.Line(p.ctx, p.say("tui.field.confirm_name"))
	if err != nil || strings.TrimSpace(name) == "" {
		return err
	}
	if marquee.FoldName(name) != marquee.FoldName(u.Username) {
		p.wrong(marquee.FieldError{Code: marquee.FieldMismatch})
		return nil
	}
	password, err := p.Prompt.Secret(p.ctx, p.say("accessible.current_password"))
	if err != nil || password == "" {
		return err
	}
	err = p.steppedUp(func() error {
		return p.Personal.DeleteMe(p.ctx, marquee.Deletion{CurrentPassword: marquee.NormalPassword(password)})
	})
	if err == nil {
		p.line("pages.notice.deleted")
	}
	return err
}
