package client

import (
	"context"
	"net/http"
	"net/url"

	"example.com/marquee/common/marquee"
)

type userAnswer struct{ marquee.User }

func (u *userAnswer) valid() bool { return u.ID != "" }

type tokensAnswer struct{ marquee.Tokens }

func (t *tokensAnswer) valid() bool {
	return t.AccessToken != "" && t.RefreshToken != "" && t.SessionID != "" && t.ExpiresIn > 0
}

// Register implements marquee.AuthService. It does not sign in.
func (c *Client) Register(ctx context.Context, r marquee.Registration) (marquee.User, error) {
	var u userAnswer
	err := c.do(ctx, request{method: http.MethodPost, path: "/users", body: r, out: &u}, "")
	return u.User, err
}

// Login implements marquee.AuthService and keeps the pair; what was held
// before is replaced. The server finds the origin by itself; it is told what it
// knows this device by, so that failures of others do not hold it up.
func (c *Client) Login(ctx context.Context, cr marquee.Credentials) (marquee.Tokens, error) {
	body := struct {
		Username    string `json:"username"`
		Password    string `json:"password"`
		DeviceToken string `json:"device_token,omitempty"`
	}{cr.Login, cr.Password, c.deviceToken(ctx)}
	var t tokensAnswer
	if err := c.do(ctx, request{method: http.MethodPost, path: "/auth/login", body: body, out: &t}, ""); err != nil {
		return marquee.Tokens{}, err
	}
	c.signedIn(ctx, t.Tokens)
	return t.Tokens, nil
}

// signedIn keeps what a sign-in answered: the pair, and apart from it the
// device token, which outlives the session.
func (c *Client) signedIn(ctx context.Context, t marquee.Tokens) {
	if t.DeviceToken != "" {
		// Without it the next sign-in is one of a device that is not known.
		_ = c.source.Store.SaveDevice(context.WithoutCancel(ctx), t.DeviceToken)
		t.DeviceToken = ""
	}
	c.source.replace(ctx, Held{Tokens: t, ObtainedAt: c.clock().Round(0)})
}

func (c *Client) deviceToken(ctx context.Context) string {
	token, _ := c.source.Store.Device(ctx) // one that cannot be read is none
	return token
}

// Me implements marquee.AuthService.
func (c *Client) Me(ctx context.Context) (marquee.User, error) {
	var u userAnswer
	err := c.authed(ctx, request{method: http.MethodGet, path: "/users/me", out: &u})
	return u.User, err
}

// UpdateMe implements marquee.AuthService.
func (c *Client) UpdateMe(ctx context.Context, p marquee.UserPatch) (marquee.User, error) {
	var u userAnswer
	err := c.authed(ctx, request{method: http.MethodPatch, path: "/users/me", body: p, out: &u})
	return u.User, err
}

// Sessions implements marquee.AuthService.
func (c *Client) Sessions(ctx context.Context) ([]marquee.Session, error) {
	var list listAnswer[marquee.Session]
	err := c.authed(ctx, request{method: http.MethodGet, path: "/auth/sessions", out: &list})
	return list.Items, err
}

// EndSession implements marquee.AuthService.
func (c *Client) EndSession(ctx context.Context, id string) error {
	path, err := pathOf("/auth/sessions/", id, "")
	if err != nil {
		return err
	}
	return c.authed(ctx, request{method: http.MethodDelete, path: path})
}

// exchange rotates the pair at the server.
func (c *Client) exchange(ctx context.Context, refreshToken string) (marquee.Tokens, error) {
	var t tokensAnswer
	err := c.do(ctx, request{method: http.MethodPost, path: "/auth/refresh", body: refreshBody{refreshToken}, out: &t}, "")
	return t.Tokens, err
}

// revoke ends the session of a refresh token, whatever became of its access
// token.
func (c *Client) revoke(ctx context.Context, refreshToken string) error {
	return c.logoutWith(ctx, refreshToken, marquee.LogoutLocal)
}

func (c *Client) logoutWith(ctx context.Context, refreshToken string, scope marquee.LogoutScope) error {
	r := logoutRequest(scope)
	r.body = refreshBody{refreshToken}
	return c.do(ctx, r, "")
}

func logoutRequest(scope marquee.LogoutScope) request {
	return request{method: http.MethodPost, path: "/auth/logout", query: url.Values{"scope": {string(scope)}}}
}

type refreshBody struct {
	RefreshToken string `json:"refresh_token"`
}
