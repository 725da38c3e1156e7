package client

import (
	"context"
	"net/http"

	"example.com/marquee/common/marquee"
)

type usersAnswer struct{ marquee.UserPage }

func (p *usersAnswer) valid() bool { return p.Items != nil && p.TotalIs != "" }

// Users implements marquee.AdminService.
func (c *Client) Users(ctx context.Context, f marquee.UserFilter) (marquee.UserPage, error) {
	q := pageQuery(f.Page)
	set(q, "q", f.Query)
	set(q, "state", string(f.State))
	var p usersAnswer
	err := c.authed(ctx, request{method: http.MethodGet, path: "/admin/users", query: q, out: &p})
	return p.UserPage, err
}

// ChangeUser implements marquee.AdminService.
func (c *Client) ChangeUser(ctx context.Context, id string, change marquee.UserChange) (marquee.User, error) {
	path, err := pathOf("/admin/users/", id, "")
	if err != nil {
		return marquee.User{}, err
	}
	var u userAnswer
	err = c.authed(ctx, request{method: http.MethodPatch, path: path, body: change, out: &u})
	return u.User, err
}
