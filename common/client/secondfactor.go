package client

import (
	"context"
	"net/http"

	"example.com/marquee/common/marquee"
)

type totpAnswer struct{ marquee.TOTPSecret }

func (t *totpAnswer) valid() bool { return t.Secret != "" && t.URI != "" }

type codesAnswer struct {
	Codes []string `json:"recovery_codes"`
}

func (a *codesAnswer) valid() bool { return len(a.Codes) > 0 }

// LoginMFA implements marquee.AuthService and keeps the pair, as Login does.
func (c *Client) LoginMFA(ctx context.Context, s marquee.SecondStep) (marquee.Tokens, error) {
	body := struct {
		Token       string `json:"mfa_token"`
		Code        string `json:"code"`
		DeviceToken string `json:"device_token,omitempty"`
	}{s.Token, s.Code, c.deviceToken(ctx)}
	var t tokensAnswer
	if err := c.do(ctx, request{method: http.MethodPost, path: "/auth/login/mfa", body: body, out: &t}, ""); err != nil {
		return marquee.Tokens{}, err
	}
	c.signedIn(ctx, t.Tokens)
	return t.Tokens, nil
}

// StepUp implements marquee.AuthService.
func (c *Client) StepUp(ctx context.Context, p marquee.StepUp) error {
	return c.authed(ctx, request{method: http.MethodPost, path: "/auth/step-up", body: p})
}

// StartTOTP implements marquee.AuthService.
func (c *Client) StartTOTP(ctx context.Context) (marquee.TOTPSecret, error) {
	var t totpAnswer
	err := c.authed(ctx, request{method: http.MethodPost, path: "/auth/mfa/totp", out: &t})
	return t.TOTPSecret, err
}

// ConfirmTOTP implements marquee.AuthService.
func (c *Client) ConfirmTOTP(ctx context.Context, f marquee.FirstCode) ([]string, error) {
	var a codesAnswer
	err := c.authed(ctx, request{method: http.MethodPut, path: "/auth/mfa/totp", body: f, out: &a})
	return a.Codes, err
}

// EndTOTP implements marquee.AuthService.
func (c *Client) EndTOTP(ctx context.Context) error {
	return c.authed(ctx, request{method: http.MethodDelete, path: "/auth/mfa/totp"})
}

// RenewRecoveryCodes implements marquee.AuthService.
func (c *Client) RenewRecoveryCodes(ctx context.Context) ([]string, error) {
	var a codesAnswer
	err := c.authed(ctx, request{method: http.MethodPost, path: "/auth/mfa/recovery-codes", out: &a})
	return a.Codes, err
}
