package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"example.com/marquee/common/marquee"
)

// request is one exchange.
type request struct {
	method   string
	path     string // below /api/v1
	query    url.Values
	body     any        // sent as JSON; nil for none
	form     url.Values // sent as a form in place of a body
	out      any        // where the answer goes; nil if none is wanted
	language string     // "" is the client's
}

// authed sends a request for the signed-in person.
func (c *Client) authed(ctx context.Context, r request) error {
	return c.withAccess(ctx, func(access string) error { return c.read(ctx, r, access) })
}

// withAccess runs an exchange with the signed-in person's access token. A dead
// one is renewed, before it is sent or after the server refused it, and the
// exchange is run again: refused with 401 it has changed nothing.
func (c *Client) withAccess(ctx context.Context, exchange func(access string) error) error {
	access, err := c.source.live(ctx)
	if err != nil {
		return err
	}
	err = exchange(access)
	if !marquee.IsCode(err, marquee.CodeInvalidToken) {
		return err
	}
	if access, err = c.source.renew(ctx, access); err != nil {
		return err
	}
	return exchange(access)
}

// read is do, and once more for a GET whose connection broke, as it does when
// one server of a data directory hands over to the next.
func (c *Client) read(ctx context.Context, r request, access string) error {
	err := c.do(ctx, r, access)
	if r.method != http.MethodGet || !marquee.IsCode(err, marquee.CodeServerUnreachable) {
		return err
	}
	if pause(ctx, readPause) != nil {
		return err
	}
	return c.do(ctx, r, access)
}

// open sends a request whose answer is read as it comes, which must be of that
// media type. The caller bounds the time and closes the body.
func (c *Client) open(ctx context.Context, r request, access, media string) (*http.Response, error) {
	req, err := c.newRequest(ctx, r, access)
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeInternal, r.op(), err)
	}
	req.Header.Set("Accept", media+", application/problem+json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, networkError(r.op(), err)
	}
	if resp.StatusCode == http.StatusOK && isMedia(resp, media) {
		return resp, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return nil, unexpected(r.op(), resp, "the answer is not of type "+media)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, networkError(r.op(), err)
	}
	return nil, c.failure(r.op(), resp, body)
}

// do is the path of every other exchange: deadline, headers, bounded answer,
// errors in our terms. access is "" for a request without a person.
func (c *Client) do(ctx context.Context, r request, access string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := c.newRequest(ctx, r, access)
	if err != nil {
		return marquee.Wrap(marquee.CodeInternal, r.op(), err)
	}
	sent := c.clock()
	resp, err := c.http.Do(req)
	if err != nil {
		return networkError(r.op(), err)
	}
	defer resp.Body.Close()
	c.noteClock(resp, sent)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return networkError(r.op(), err)
	case len(body) > maxBody:
		return unexpected(r.op(), resp, "the answer is too long")
	case resp.StatusCode >= 200 && resp.StatusCode <= 299:
		c.answered.happens()
		return r.decode(resp, body)
	}
	return c.failure(r.op(), resp, body)
}

func (c *Client) newRequest(ctx context.Context, r request, access string) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	media := "application/json"
	if r.form != nil {
		body, media = strings.NewReader(r.form.Encode()), "application/x-www-form-urlencoded"
	}
	u := *c.base.url
	u.Path += "/api/v1" + r.path
	u.RawQuery = r.query.Encode()
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	h := req.Header
	h.Set("Accept", "application/json, application/problem+json")
	if body != nil {
		h.Set("Content-Type", media)
	}
	if access != "" {
		h.Set("Authorization", "Bearer "+access)
	}
	if l := r.language; l != "" {
		h.Set("Accept-Language", l)
	} else if l := *c.language.Load(); l != "" {
		h.Set("Accept-Language", l)
	}
	if c.agent != "" {
		h.Set("User-Agent", c.agent)
	}
	if c.name != "" {
		h.Set("X-Marquee-Client", c.name)
	}
	if c.word != nil {
		word, err := c.word()
		if err != nil {
			return nil, err
		}
		h.Set("X-Marquee-Gateway", word)
	}
	return req, nil
}

// decode reads a good answer. Without a body only 204 counts: a captive
// portal answers 200 to everything.
func (r request) decode(resp *http.Response, body []byte) error {
	if resp.StatusCode == http.StatusNoContent && r.out == nil {
		return nil
	}
	if !isMedia(resp, "application/json") {
		return unexpected(r.op(), resp, "the answer is not JSON")
	}
	out := r.out
	if out == nil {
		out = new(json.RawMessage)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return unexpected(r.op(), resp, "the answer cannot be read")
	}
	if v, ok := out.(validator); ok && !v.valid() {
		return unexpected(r.op(), resp, "the answer lacks what it must hold")
	}
	return nil
}

// validator is an answer that knows whether it is one.
type validator interface{ valid() bool }

func (r request) op() string { return r.method + " " + r.path }

func isMedia(resp *http.Response, want string) bool {
	got, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return err == nil && strings.EqualFold(got, want)
}
