package app

import (
	"context"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

// fakeDevices is what devices ask and are answered.
type fakeDevices struct {
	answer error  // to the next questions of a device; nil lets it in
	said   string // what the last one that asked was answered
	ends   bool   // letting one in ends this session
}

func (f *fakeService) AskDevice(ctx context.Context, _ marquee.Origin) (marquee.DeviceAuthorization, error) {
	return told(f, marquee.DeviceAuthorization{
		DeviceCode: "device-code", UserCode: "BCDF-GHJK", Number: "42",
		VerificationURI: "https://films.example.com/device", VerificationURIComplete: "https://films.example.com/device?code=BCDF-GHJK",
		ExpiresIn: 600, Interval: 2,
	}), f.call(ctx, "ask device")
}

func (f *fakeService) LoginDevice(ctx context.Context, code string, _ marquee.Origin) (marquee.Tokens, error) {
	if err := f.call(ctx, "poll "+code); err != nil {
		return marquee.Tokens{}, err
	}
	return marquee.Tokens{}, f.devices.answer
}

func (f *fakeService) DeviceRequest(ctx context.Context, code string, _ marquee.Origin) (marquee.DeviceRequest, error) {
	if err := f.call(ctx, "look "+code); err != nil {
		return marquee.DeviceRequest{}, err
	}
	if !strings.EqualFold(strings.ReplaceAll(code, "-", ""), "BCDFGHJK") || f.devices.said != "" {
		return marquee.DeviceRequest{}, marquee.E(marquee.CodeNotFound)
	}
	return told(f, marquee.DeviceRequest{
		UserCode: "BCDF-GHJK", Number: "42", Client: "tui", Address: "192.0.2.7",
		Agent: "marquee/dev (linux) studio", AskedAt: today9.Add(-2 * time.Minute), EndsThisSession: f.devices.ends,
	}), nil
}

func (f *fakeService) AnswerDevice(ctx context.Context, _ string, approve bool, _ marquee.Origin) error {
	if err := f.call(ctx, "answer device"); err != nil {
		return err
	}
	switch {
	case f.devices.said != "":
		return marquee.E(marquee.CodeNotFound)
	case !approve:
		f.devices.said = marquee.DeviceRefused
	case f.old:
		return marquee.E(marquee.CodeStepUpRequired)
	default:
		f.devices.said = marquee.DeviceApproved
	}
	return nil
}
