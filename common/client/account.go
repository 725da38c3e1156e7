package client

import (
	"context"
	"net/http"

	"example.com/marquee/common/marquee"
)

// Activity implements marquee.AccountService.
func (c *Client) Activity(ctx context.Context, p marquee.PageRequest) (marquee.ActivityPage, error) {
	var page activityAnswer
	err := c.authed(ctx, request{method: http.MethodGet, path: "/auth/activity", query: pageQuery(p), out: &page})
	return page.ActivityPage, err
}

// DeleteMe implements marquee.PersonalDataService. What is held is forgotten with
// the account.
func (c *Client) DeleteMe(ctx context.Context, d marquee.Deletion) error {
	held, _ := c.source.snapshot()
	if err := c.authed(ctx, request{method: http.MethodDelete, path: "/users/me", body: d}); err != nil {
		return err
	}
	return c.source.forget(context.WithoutCancel(ctx), held.SessionID)
}

type activityAnswer struct{ marquee.ActivityPage }

func (a *activityAnswer) valid() bool { return a.Items != nil }
