package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/marquee/common/marquee"
)

type challengeAnswer struct{ marquee.Challenge }

func (c *challengeAnswer) valid() bool { return c.Nonce != "" && c.ExpiresIn > 0 }

type keyAnswer struct{ marquee.SSHKey }

func (k *keyAnswer) valid() bool { return k.ID != "" && k.Fingerprint != "" }

// Origin is where the client dials, in the form in which a signature by an SSH
// key names it: scheme, host and port, without a path.
func (c *Client) Origin() string {
	if c.base.socket != "" {
		return "unix://" + c.base.socket
	}
	u := c.base.url
	host := strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return u.Scheme + "://" + host
}

// Challenge implements marquee.KeyService.
func (c *Client) Challenge(ctx context.Context, _ marquee.Origin) (marquee.Challenge, error) {
	var a challengeAnswer
	err := c.do(ctx, request{method: http.MethodPost, path: "/auth/challenge", out: &a}, "")
	return a.Challenge, err
}

// LoginWithKey implements marquee.KeyService and keeps the pair, as Login does.
func (c *Client) LoginWithKey(ctx context.Context, p marquee.KeyProof, _ marquee.Origin) (marquee.Tokens, error) {
	form := url.Values{"grant_type": {"ssh-signature"}, "nonce": {p.Nonce}, "origin": {p.ServerOrigin}, "signature": {p.Signature}}
	if p.Assertion != "" {
		form = url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {p.Assertion}}
	}
	var t tokensAnswer
	if err := c.do(ctx, request{method: http.MethodPost, path: "/auth/token", form: form, out: &t}, ""); err != nil {
		return marquee.Tokens{}, otherAddress(err)
	}
	c.signedIn(ctx, t.Tokens)
	return t.Tokens, nil
}

// Keys implements marquee.KeyService.
func (c *Client) Keys(ctx context.Context) ([]marquee.SSHKey, error) {
	var list listAnswer[marquee.SSHKey]
	err := c.authed(ctx, request{method: http.MethodGet, path: "/users/me/keys", out: &list})
	return list.Items, err
}

// LinkKey implements marquee.KeyService.
func (c *Client) LinkKey(ctx context.Context, l marquee.KeyLink) (marquee.SSHKey, error) {
	var k keyAnswer
	err := c.authed(ctx, request{method: http.MethodPost, path: "/users/me/keys", body: l, out: &k})
	return k.SSHKey, otherAddress(err)
}

// otherAddress says what it is that makes a signature good for another server
// than the one that is dialled: it goes by another address.
func otherAddress(err error) error {
	var e *marquee.Error
	if errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f marquee.FieldError) bool { return f.Field == "origin" }) {
		return marquee.Wrap(marquee.CodeOtherAddress, "prove a key", err)
	}
	return err
}

// ChangeKey implements marquee.KeyService.
func (c *Client) ChangeKey(ctx context.Context, id string, p marquee.KeyPatch) (marquee.SSHKey, error) {
	path, err := pathOf("/users/me/keys/", id, "")
	if err != nil {
		return marquee.SSHKey{}, err
	}
	var k keyAnswer
	err = c.authed(ctx, request{method: http.MethodPatch, path: path, body: p, out: &k})
	return k.SSHKey, err
}

// RemoveKey implements marquee.KeyService.
func (c *Client) RemoveKey(ctx context.Context, id string) error {
	path, err := pathOf("/users/me/keys/", id, "")
	if err != nil {
		return err
	}
	return c.authed(ctx, request{method: http.MethodDelete, path: path})
}
