package app

import (
	"context"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

type factorStarted struct {
	reply
	secret marquee.TOTPSecret
}

func (a api) startFactor(gen int) tea.Cmd {
	var secret marquee.TOTPSecret
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		secret, err = a.auth.StartTOTP(ctx)
		return err
	}, func(r reply) tea.Msg { return factorStarted{r, secret} })
}

// codesMade answers with recovery codes that nobody can ask for again.
type codesMade struct {
	reply
	codes []string
}

func (a api) confirmFactor(gen int, c marquee.FirstCode) tea.Cmd {
	var codes []string
	return a.call(gen, signDeadline, func(ctx context.Context) (err error) {
		codes, err = a.auth.ConfirmTOTP(ctx, c)
		return err
	}, func(r reply) tea.Msg { return codesMade{r, codes} })
}

func (a api) renewCodes(gen int) tea.Cmd {
	var codes []string
	return a.call(gen, signDeadline, func(ctx context.Context) (err error) {
		codes, err = a.auth.RenewRecoveryCodes(ctx)
		return err
	}, func(r reply) tea.Msg { return codesMade{r, codes} })
}

type factorEnded struct{ reply }

func (a api) endFactor(gen int) tea.Cmd {
	return a.call(gen, signDeadline, a.auth.EndTOTP, func(r reply) tea.Msg { return factorEnded{r} })
}

type steppedUp struct{ reply }

// stepUp gives the password again, and a code where there is a second factor.
func (a api) stepUp(gen int, password, code string) tea.Cmd {
	return a.call(gen, signDeadline, func(ctx context.Context) error {
		return a.auth.StepUp(ctx, marquee.StepUp{Password: password, Code: code})
	}, func(r reply) tea.Msg { return steppedUp{r} })
}
