package client

import (
	"context"
	"time"
)

// AccessToken returns an access token that is good as far as this side knows,
// for a request of the caller's own, and when the pair is rotated next; zero
// where that is not known. CodeUnauthenticated without a session.
func (c *Client) AccessToken(ctx context.Context) (token string, rotation time.Time, err error) {
	token, err = c.source.live(ctx)
	c.source.mu.Lock()
	defer c.source.mu.Unlock()
	return token, c.source.due, err
}
