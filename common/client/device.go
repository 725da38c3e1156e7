package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"example.com/marquee/common/marquee"
)

type deviceAnswer struct{ marquee.DeviceAuthorization }

func (d *deviceAnswer) valid() bool {
	return d.DeviceCode != "" && d.UserCode != "" && d.VerificationURI != "" && d.ExpiresIn > 0 && d.Interval > 0
}

type deviceRequestAnswer struct{ marquee.DeviceRequest }

func (d *deviceRequestAnswer) valid() bool { return d.UserCode != "" && d.Number != "" }

// AskDevice implements marquee.DeviceService.
func (c *Client) AskDevice(ctx context.Context, _ marquee.Origin) (marquee.DeviceAuthorization, error) {
	var d deviceAnswer
	err := c.do(ctx, request{method: http.MethodPost, path: "/auth/device", out: &d}, "")
	return d.DeviceAuthorization, err
}

// LoginDevice implements marquee.DeviceService and keeps the pair, as Login
// does. It asks once: AwaitDevice goes on until there is an answer.
func (c *Client) LoginDevice(ctx context.Context, deviceCode string, _ marquee.Origin) (marquee.Tokens, error) {
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {deviceCode}}
	var t tokensAnswer
	if err := c.do(ctx, request{method: http.MethodPost, path: "/auth/token", form: form, out: &t}, ""); err != nil {
		return marquee.Tokens{}, err
	}
	c.signedIn(ctx, t.Tokens)
	return t.Tokens, nil
}

// slowDown is how much longer the pauses become when the server asks for it
// (RFC 8628 section 3.5).
const slowDown = 5 * time.Second

// AwaitDevice asks in the server's rhythm until somebody has answered. It goes
// on while the server is away, until ctx ends or the request is over.
func (c *Client) AwaitDevice(ctx context.Context, d marquee.DeviceAuthorization) (marquee.Tokens, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(d.ExpiresIn)*time.Second)
	defer cancel()
	pause := time.Duration(d.Interval) * time.Second
	for {
		select {
		case <-ctx.Done():
			return marquee.Tokens{}, marquee.Wrap(marquee.CodeExpiredToken, "wait for an approval", ctx.Err())
		case <-time.After(pause):
		}
		tokens, err := c.LoginDevice(ctx, d.DeviceCode, marquee.Origin{})
		switch marquee.ErrorCode(err) {
		case marquee.CodeSlowDown:
			pause += slowDown
		case marquee.CodeAuthorizationPending, marquee.CodeUnavailable, marquee.CodeTimeout, marquee.CodeServerUnreachable, marquee.CodeTooManyRequests:
		default:
			return tokens, err
		}
	}
}

// letters is a code without what people type between its groups.
func letters(userCode string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return r
	}, userCode)
}

// DeviceRequest implements marquee.DeviceService.
func (c *Client) DeviceRequest(ctx context.Context, userCode string, _ marquee.Origin) (marquee.DeviceRequest, error) {
	path, err := pathOf("/auth/device/", letters(userCode), "")
	if err != nil {
		return marquee.DeviceRequest{}, err
	}
	var d deviceRequestAnswer
	err = c.authed(ctx, request{method: http.MethodGet, path: path, out: &d})
	return d.DeviceRequest, err
}

// AnswerDevice implements marquee.DeviceService.
func (c *Client) AnswerDevice(ctx context.Context, userCode string, approve bool, _ marquee.Origin) error {
	path, err := pathOf("/auth/device/", letters(userCode), "")
	if err != nil {
		return err
	}
	return c.authed(ctx, request{method: http.MethodPost, path: path, body: map[string]bool{"approve": approve}})
}
