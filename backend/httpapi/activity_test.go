package httpapi_test

import (
	"net/http"
	"testing"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// Everybody reads his own activity, whatever cursor he brings.
func TestAttack_ActivityOfSomebodyElse(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.signIn("haneul")
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "haneul", "password": "not his at all"}}), 401, marquee.CodeWrongCredentials)
		r.faults.Auth.(interface{ Settle() }).Settle() // the rows have an order
		r.login("haneul")
		c, err := client.New(client.Options{BaseURL: r.url})
		must(t, err)
		t.Cleanup(c.Close)
		_, err = c.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: goodPassword})
		must(t, err)
		first, err := c.Activity(t.Context(), marquee.PageRequest{Limit: 2})
		if err != nil || len(first.Items) != 2 || first.NextCursor == nil || first.Items[0].Kind != "signed_in" || first.Items[0].Address != "127.0.0.1" {
			t.Fatalf("without the attack: %+v %v", first, err)
		}
		rest, err := c.Activity(t.Context(), marquee.PageRequest{Cursor: *first.NextCursor})
		if err != nil || len(rest.Items) != 2 || rest.NextCursor != nil || rest.Items[0].Kind != "sign_in_failed" {
			t.Errorf("%+v %v", rest, err)
		}

		mallory := r.signIn("mallory")
		got := r.want(r.send(request{method: "GET", path: "/api/v1/auth/activity?cursor=" + *first.NextCursor, token: mallory}), http.StatusOK, "")
		if items := got.json["items"].([]any); len(items) != 0 {
			t.Errorf("he reads %s", got.text)
		}
	})
}
