package app

import (
	"context"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

type deviceAsked struct {
	reply
	device marquee.DeviceAuthorization
}

// askDevice begins a sign-in that another session approves.
func (a api) askDevice(gen int) tea.Cmd {
	var found deviceAsked
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		found.device, err = a.devices.AskDevice(ctx, marquee.Origin{})
		return err
	}, func(r reply) tea.Msg { found.reply = r; return found })
}

// letIn answers whether another session let this one in.
type letIn struct{ reply }

func (a api) loginDevice(gen int, code string) tea.Cmd {
	return a.call(gen, readDeadline, func(ctx context.Context) error {
		_, err := a.devices.LoginDevice(ctx, code, marquee.Origin{})
		return err
	}, func(r reply) tea.Msg { return letIn{r} })
}

type deviceFound struct {
	reply
	request marquee.DeviceRequest
}

// findDevice returns who asks by a code.
func (a api) findDevice(gen int, userCode string) tea.Cmd {
	var found deviceFound
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		found.request, err = a.devices.DeviceRequest(ctx, userCode, marquee.Origin{})
		return err
	}, func(r reply) tea.Msg { found.reply = r; return found })
}

type deviceAnswered struct {
	reply
	approved bool
}

func (a api) answerDevice(gen int, userCode string, approve bool) tea.Cmd {
	return a.call(gen, readDeadline, func(ctx context.Context) error {
		return a.devices.AnswerDevice(ctx, userCode, approve, marquee.Origin{})
	}, func(r reply) tea.Msg { return deviceAnswered{r, approve} })
}
