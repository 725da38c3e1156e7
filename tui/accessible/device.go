package accessible

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// letIn lets a device in that shows a code, once the number that it shows is
// typed, or refuses it.
func (p *program) letIn() error {
	code, err := p.Prompt.Line(p.ctx, p.say("tui.field.user_code"))
	if code = strings.TrimSpace(code); err != nil || code == "" {
		return err
	}
	d, err := p.Devices.DeviceRequest(p.ctx, code, marquee.Origin{})
	if marquee.IsCode(err, marquee.CodeNotFound) {
		p.line("field.no_device")
		return nil
	}
	if err != nil {
		return err
	}
	p.line("approve.asks", "Client", p.say("pages.client."+d.Client), "Address", cells.CleanLabel(d.Address, 64),
		"Agent", cells.CleanLabel(d.Agent, 256), "Time", d.AskedAt.In(p.zone()).Format("15:04"))
	if d.EndsThisSession {
		p.line("web.device.ends_this")
	}
	p.line("accessible.device_number")
	number, err := p.Prompt.Line(p.ctx, p.say("tui.field.number"))
	if err != nil {
		return err
	}
	switch strings.TrimSpace(number) {
	case "":
		return nil
	case "0":
		if err := p.Devices.AnswerDevice(p.ctx, code, false, marquee.Origin{}); err != nil {
			return err
		}
		p.line("tui.notice.device_refused")
		return nil
	case d.Number:
	default:
		p.line("field.other_number")
		return nil
	}
	err = p.steppedUp(func() error { return p.Devices.AnswerDevice(p.ctx, code, true, marquee.Origin{}) })
	if err == nil {
		p.line("tui.notice.device_approved")
	}
	return err
}
