package accessible

import (
	"errors"
	"slices"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/verb"
)

// factor is the menu of the second factor.
func (p *program) factor() error {
	user, err := p.Service.Me(p.ctx)
	if err != nil {
		return err
	}
	return back(p.menu(func() (string, string, []choice) {
		if !user.MFAEnabled {
			return p.say("tui.factor.off"), p.say("accessible.back"), []choice{{p.say("tui.action.factor_on"), p.factorOn}}
		}
		return p.say("tui.factor.on", "N", user.RecoveryCodesLeft), p.say("accessible.back"), []choice{
			{p.say("tui.action.new_codes"), p.newCodes}, {p.say("tui.action.factor_off"), p.factorOff},
		}
	}))
}

// factorOn gives the key to be typed into an authenticator app: a picture of
// it would be nothing to read.
func (p *program) factorOn() error {
	var secret marquee.TOTPSecret
	err := p.steppedUp(func() (err error) {
		secret, err = p.Service.StartTOTP(p.ctx)
		return err
	})
	if err != nil {
		return err
	}
	p.line("tui.factor.type")
	p.text(cells.Clean(secret.Secret))
	p.line("accessible.leave")
	for {
		code, err := p.orBack(p.Prompt.Line(p.ctx, p.say("tui.field.code")))
		if err != nil {
			return err
		}
		codes, err := p.Service.ConfirmTOTP(p.ctx, marquee.FirstCode{Secret: secret.Secret, Code: code})
		if marquee.IsCode(err, marquee.CodeInvalid) {
			p.text(cells.Clean(verb.Sentence(p.Messages, err)))
			if startedAnew(err) {
				return nil
			}
			continue
		}
		if err != nil {
			return err
		}
		p.line("tui.notice.factor_on")
		p.readCodes(codes)
		return nil
	}
}

// startedAnew tells that no code of this key will do any more.
func startedAnew(err error) bool {
	var e *marquee.Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f marquee.FieldError) bool { return f.Code == marquee.FieldStartedAnew })
}

func (p *program) newCodes() error {
	var codes []string
	err := p.steppedUp(func() (err error) {
		codes, err = p.Service.RenewRecoveryCodes(p.ctx)
		return err
	})
	if err == nil {
		p.readCodes(codes)
	}
	return err
}

func (p *program) readCodes(codes []string) {
	p.line("tui.factor.codes")
	for _, code := range codes {
		p.text(cells.Clean(code))
	}
}

func (p *program) factorOff() error {
	p.line("tui.factor.sure")
	n, err := p.number(p.say("accessible.sure"), 0, 1)
	if err != nil || n != 1 {
		return err
	}
	if err := p.steppedUp(func() error { return p.Service.EndTOTP(p.ctx) }); err != nil {
		return err
	}
	p.line("tui.notice.factor_off")
	return nil
}
