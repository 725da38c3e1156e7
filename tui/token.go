package main

import (
	"cmp"
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
	verb.Apart(cmd, "json", "raw")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return ask(cmd.Context(), e, *at, func(ctx context.Context, c *connection) error {
			// The server's verdict first: it may cost a rotation, and what is
			// shown must be the token after it.
			_, verdict := c.Me(ctx)
			if *raw && verdict != nil {
				return verdict
			}
			token, err := c.AccessToken(ctx)
			if err != nil {
				return err
			}
			if *raw {
				_, err := fmt.Fprintln(w.Out, token)
				return err
			}
			if *asJSON {
				payload, err := payloadOf(token)
				if err := cmp.Or(verdict, err); err != nil {
					return err
				}
				return verb.WriteJSON(w.Out, payload)
			}
			state, err := c.TokenState(ctx)
			if err != nil {
				return err
			}
			if err := printToken(w, state, e.now(), verdict); err != nil {
				return err
			}
			return verdict
		})
	}
	return cmd
}

// payloadOf is the payload of a JWT (RFC 7519 section 3) as it is written there.
func payloadOf(token string) (json.RawMessage, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, marquee.E(marquee.CodeUnexpectedAnswer)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || !json.Valid(payload) {
		return nil, marquee.Wrap(marquee.CodeUnexpectedAnswer, "read the access token", err)
	}
	return payload, nil
}

func printToken(w verb.World, s marquee.TokenState, now time.Time, verdict error) error {
	say := w.Say.T
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(w.Zone).Format(time.DateTime)
	}
	left := s.ExpiresAt.Sub(now).Round(time.Second)
	good := say("command.token_good")
	if verdict != nil {
		good = verb.Sentence(w.Say, verdict)
	}
	rows := []string{
		"command.token_subject", s.Subject, "command.token_session", s.SessionID, "command.token_methods", strings.Join(s.Methods, ", "),
		"command.token_signed_in", at(s.AuthTime), "command.token_issued", at(s.IssuedAt), "command.token_expires", at(s.ExpiresAt),
		"command.token_left", max(0, left).String(), "command.token_next", at(s.RefreshDue),
		"command.token_issuer", s.Issuer, "command.token_audience", s.Audience, "command.token_id", s.TokenID, "command.token_verdict", good,
	}
	for i := 0; i < len(rows); i += 2 {
		rows[i] = say(rows[i])
	}
	return w.Pairs(rows...)
}
