package client

import "context"

// AccessToken returns an access token that is good as far as this side knows,
// for a request of the caller's own. CodeUnauthenticated without a session.
func (c *Client) AccessToken(ctx context.Context) (string, error) { return c.source.live(ctx) }
