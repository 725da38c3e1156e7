package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

// newToken says what the access token says. The token itself is written only
// for --raw, and the refresh token never.
func newToken(w verb.World, e environment, at *target) *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: e.say.T("command.token_short"), Long: e.say.T("command.token_long"), Args: verb.NoArguments}
	asJSON := w.JSONFlag(cmd)
	raw := cmd.Flags().Bool("raw", false, e.say.T("command.flag_raw"))
	cmd.MarkFlagsMutuallyExclusive("json", "raw")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return ask(cmd.Context(), e, *at, func(ctx context.Context, c *connection) error {
			// The server's verdict first: it may cost a rotation, and what is
			// shown must be the token after it.
			_, verdict := c.Me(ctx)
			if *raw && verdict != nil {
				return verdict
			}
			token, rotation, err := c.AccessToken(ctx)
			if err != nil {
				return err
			}
			if *raw {
				_, err := fmt.Fprintln(w.Out, token)
				return err
			}
			payload, claims, err := readClaims(token)
			if err != nil {
				return err
			}
			if *asJSON {
				if verdict != nil {
					return verdict
				}
				return verb.WriteJSON(w.Out, payload)
			}
			if err := printClaims(w, claims, rotation, verdict); err != nil {
				return err
			}
			return verdict
		})
	}
	return cmd
}

// claims are those of an access token (RFC 9068 section 2.2) that are shown.
type claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience any      `json:"aud"`
	Session  string   `json:"sid"`
	ID       string   `json:"jti"`
	Methods  []string `json:"amr"`
	Issued   int64    `json:"iat"`
	Expires  int64    `json:"exp"`
	SignedIn int64    `json:"auth_time"`
}

// readClaims decodes the payload of a JWT (RFC 7519 section 3). Nothing is
// verified: that is the server's part.
func readClaims(token string) (json.RawMessage, claims, error) {
	var c claims
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, c, marquee.E(marquee.CodeUnexpectedAnswer)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(payload, &c)
	}
	if err != nil {
		return nil, c, marquee.Wrap(marquee.CodeUnexpectedAnswer, "read the access token", err)
	}
	return payload, c, nil
}

func printClaims(w verb.World, c claims, rotation time.Time, verdict error) error {
	say := w.Say.T
	at := func(unix int64) string {
		if unix == 0 {
			return ""
		}
		return time.Unix(unix, 0).In(w.Zone).Format(time.DateTime)
	}
	left := time.Until(time.Unix(c.Expires, 0)).Round(time.Second)
	next := ""
	if !rotation.IsZero() {
		next = rotation.In(w.Zone).Format(time.DateTime)
	}
	good := say("command.token_good")
	if verdict != nil {
		good = verb.Sentence(w.Say, verdict)
	}
	rows := []string{
		"command.token_subject", c.Subject, "command.token_session", c.Session, "command.token_methods", strings.Join(c.Methods, ", "),
		"command.token_signed_in", at(c.SignedIn), "command.token_issued", at(c.Issued), "command.token_expires", at(c.Expires),
		"command.token_left", max(0, left).String(), "command.token_next", next,
		"command.token_issuer", c.Issuer, "command.token_audience", fmt.Sprint(c.Audience), "command.token_id", c.ID, "command.token_verdict", good,
	}
	for i := 0; i < len(rows); i += 2 {
		rows[i] = say(rows[i])
	}
	return w.Pairs(rows...)
}
