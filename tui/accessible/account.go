package accessible

import (
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/theme"
)

// account reads out who the person is, and is the menu of what can be done.
func (p *program) account() error {
	return back(p.untilBack(func() (func() (string, string, []choice), error) {
		user, err := p.Service.Me(p.ctx)
		if err != nil {
			return nil, err
		}
		return func() (string, string, []choice) {
			p.readAccount(user)
			return p.say("tui.title.account"), p.say("accessible.back"), p.accountChoices(user)
		}, nil
	}))
}

func (p *program) readAccount(u marquee.User) {
	state := "tui.account.factor_off"
	if u.MFAEnabled {
		state = "tui.account.factor_on"
	}
	rows := [][2]string{
		{"tui.field.username", u.Username}, {"tui.field.email", u.Email}, {"tui.account.since", u.CreatedAt.In(p.zone()).Format(time.DateOnly)},
		{"tui.account.factor", p.say(state)},
	}
	if u.IsSuperuser {
		rows = append(rows, [2]string{"tui.account.role", p.say("tui.account.superuser")})
	}
	for _, r := range append(rows, [2]string{"tui.account.server", p.ServerName}) {
		p.text(p.say(r[0]) + ": " + cells.Clean(r[1]))
	}
}

func (p *program) accountChoices(u marquee.User) []choice {
	list := []choice{
		{p.say("pages.action.profile"), func() error { return p.changeProfile(u) }},
		{p.say("accessible.password"), p.changePassword},
		{p.say("tui.title.factor"), p.factor},
		{p.say("pages.title.keys"), func() error { return back(p.until(p.keys)) }},
		{p.say("accessible.activity"), p.activity},
		{p.say("pages.title.token"), p.token},
		{p.say("web.device"), p.letIn},
		{p.say("accessible.theme", "Name", p.say("pages.theme."+string(p.Theme))), p.pickTheme},
		{p.say("pages.action.export"), func() error { return p.export(u) }},
		{p.say("pages.action.delete"), func() error { return p.deleteAccount(u) }},
	}
	if u.IsSuperuser {
		list = append(list, choice{p.say("pages.title.users"), p.people})
	}
	return list
}

// changeProfile asks for another name and address; an empty answer keeps one.
func (p *program) changeProfile(u marquee.User) error {
	var patch marquee.UserPatch
	name, err := p.changed("username", u.Username, marquee.CheckUsername)
	if err != nil {
		return err
	}
	email, err := p.changed("email", u.Email, marquee.CheckEmail)
	if err != nil {
		return err
	}
	if name != u.Username {
		patch.Username = &name
	}
	if email != u.Email {
		patch.Email = &email
		p.line("pages.change.profile")
		if patch.CurrentPassword, err = p.Prompt.Secret(p.ctx, p.say("accessible.current_password")); err != nil {
			return err
		}
	}
	if patch.Username == nil && patch.Email == nil {
		return nil
	}
	err = p.steppedUp(func() error { _, err := p.Service.UpdateMe(p.ctx, patch); return err })
	if err == nil {
		p.line("pages.notice.profile")
	}
	return err
}

// changed asks for what a field is to be until check takes it; an empty answer
// leaves it as it is.
func (p *program) changed(field, is string, check func(string) *marquee.FieldError) (string, error) {
	for {
		text, err := p.Prompt.Line(p.ctx, p.say("accessible.or_as_is", "Label", p.say("tui.field."+field), "Is", cells.Clean(is)))
		if err != nil {
			return "", err
		}
		if text = marquee.NormalName(text); text == "" {
			return is, nil
		}
		wrong := check(text)
		if wrong == nil {
			return text, nil
		}
		p.wrong(*wrong)
	}
}

// pickTheme chooses the colours of the full screen; there are none here.
func (p *program) pickTheme() error {
	names := theme.Names()
	labels := make([]string, len(names))
	for i, n := range names {
		labels[i] = p.say("pages.theme." + string(n))
	}
	n, err := p.pick(p.say("accessible.theme", "Name", p.say("pages.theme."+string(p.Theme))), labels)
	if err != nil {
		return back(err)
	}
	p.Theme = names[n]
	p.SetTheme(names[n])
	p.line("accessible.theme", "Name", labels[n])
	return nil
}

func (p *program) changePassword() error {
	user, err := p.Service.Me(p.ctx)
	if err != nil {
		return err
	}
	current, err := p.Prompt.Secret(p.ctx, p.say("accessible.current_password"))
	if err != nil {
		return err
	}
	password, err := p.newPassword(user.Username, user.Email)
	if err != nil {
		return err
	}
	err = p.steppedUp(func() error {
		_, err := p.Service.UpdateMe(p.ctx, marquee.UserPatch{Password: &password, CurrentPassword: current})
		return err
	})
	if err != nil {
		return err
	}
	p.line("accessible.password_changed")
	return nil
}

// steppedUp does what is sensitive, and once more after the person has proved
// again who sits there, where the server asks for that.
func (p *program) steppedUp(act func() error) error {
	err := marquee.StepUpRefused(p.ctx, p.Token, act())
	if !marquee.IsCode(err, marquee.CodeStepUpRequired) {
		return err
	}
	p.line("tui.factor.prove")
	var proof marquee.StepUp
	if proof.Password, err = p.Prompt.Secret(p.ctx, p.say("tui.field.password")); err != nil {
		return err
	}
	user, err := p.Service.Me(p.ctx)
	if err != nil {
		return err
	}
	if user.MFAEnabled {
		if proof.Code, err = p.askCode(); err != nil {
			return err
		}
	}
	if err := p.Service.StepUp(p.ctx, proof); err != nil {
		return err
	}
	return act()
}
