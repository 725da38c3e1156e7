package accessible

import (
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

const activityShown = 20

func (p *program) moment(t time.Time) string { return t.In(p.zone()).Format("2006-01-02 15:04") }

// sessions is the menu of where the person is signed in: picking one ends it.
func (p *program) sessions() (string, string, []choice) {
	list, err := p.Service.Sessions(p.ctx)
	if err != nil {
		_ = p.heard(err)
		return p.say("accessible.sessions"), p.say("accessible.back"), nil
	}
	var choices []choice
	for _, s := range list {
		text := strings.Join([]string{cells.Clean(s.Client), cells.Clean(s.Address), cells.Clean(s.Agent), p.moment(s.CreatedAt)}, ", ")
		if s.Current {
			text = p.say("tui.account.this_one") + ", " + text
		}
		choices = append(choices, choice{p.say("accessible.end_session", "Session", text), func() error { return p.endSession(s) }})
	}
	if len(list) > 1 {
		choices = append(choices, choice{p.say("tui.action.sign_out_others"), func() error {
			if err := p.Service.Logout(p.ctx, marquee.LogoutOthers); err != nil {
				return err
			}
			p.line("verb.locked_down")
			return nil
		}})
	}
	return p.say("accessible.sessions"), p.say("accessible.back"), choices
}

func (p *program) endSession(s marquee.Session) error {
	if s.Current {
		return p.signOut()
	}
	if err := p.Service.EndSession(p.ctx, s.ID); err != nil {
		return err
	}
	p.line("verb.revoked")
	return nil
}

func (p *program) activity() error {
	page, err := p.Service.Activity(p.ctx, marquee.PageRequest{Limit: activityShown})
	if err != nil {
		return err
	}
	for _, a := range page.Items {
		text := p.moment(a.At) + ": " + cells.Clean(p.Messages.Activity(a.Kind, a.Reason, a.By, a.Times))
		for _, part := range []string{a.Client, a.Address} {
			if part != "" {
				text += ", " + cells.Clean(part)
			}
		}
		p.text(text)
	}
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
	err := act()
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
