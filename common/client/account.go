package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"example.com/marquee/common/marquee"
)

// Activity implements marquee.AccountService.
func (c *Client) Activity(ctx context.Context, p marquee.PageRequest) (marquee.ActivityPage, error) {
	q := url.Values{}
	if p.Limit != 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Cursor != "" {
		q.Set("cursor", p.Cursor)
	}
	var page activityAnswer
	err := c.authed(ctx, request{method: http.MethodGet, path: "/auth/activity", query: q, out: &page})
	return page.ActivityPage, err
}

type activityAnswer struct{ marquee.ActivityPage }

func (a *activityAnswer) valid() bool { return a.Items != nil }
