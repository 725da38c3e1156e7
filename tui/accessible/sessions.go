package accessible

import (
	"strings"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

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
	choices = append(choices, choice{p.say("pages.action.end_all"), p.endAll})
	return p.say("accessible.sessions"), p.say("accessible.back"), choices
}

// endAll ends every session, this one as well.
func (p *program) endAll() error {
	p.line("pages.sessions.sure_all")
	if n, err := p.number(p.say("accessible.sure_sign_out"), 0, 1); err != nil || n != 1 {
		return err
	}
	if err := p.Service.Logout(p.ctx, marquee.LogoutGlobal); err != nil {
		return err
	}
	p.line("command.signed_out")
	return nil
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
