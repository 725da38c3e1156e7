package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// withheld are columns that an export leaves out, and why.
var withheld = map[string]string{
	"users.password_hash": "secret", "users.totp_secret": "secret", "users.totp_pending": "secret", "users.totp_step": "which code was last used",
	"users.username_folded": "the name again", "users.email_folded": "the address again",
	"sessions.secret_hash": "secret", "sessions.cookie_hash": "secret", "sessions.counter": "told as rotations", "sessions.from_counter": "of the protocol", "sessions.seen": "of the protocol",
	"recovery_codes.hash": "secret", "sign_in_attempts.hash": "secret", "sign_in_attempts.verified": "secret", "password_links.hash": "secret",
	"familiar_places.place":       "a code of the network",
	"device_requests.device_hash": "secret", "device_requests.user_hash": "secret", "device_requests.verified": "secret",
	"device_requests.polled_at": "of the protocol", "device_requests.pause": "of the protocol",
}

// cells are the columns of the rows that are somebody's: "table.column" and
// its values.
func (d database) cells(id string) map[string][]any {
	d.Helper()
	found := map[string][]any{}
	for _, column := range append(d.userColumns(), "users.id") {
		table, name, _ := strings.Cut(column, ".")
		if name == "actor_id" { // what he did to others is theirs
			continue
		}
		rows, err := d.QueryContext(d.Context(), "SELECT * FROM "+table+" WHERE "+name+" = '"+id+"'")
		must(d, err)
		names, err := rows.Columns()
		must(d, err)
		for rows.Next() {
			row := make([]any, len(names))
			for i := range row {
				row[i] = new(any)
			}
			must(d, rows.Scan(row...))
			for i, cell := range row {
				if v := *cell.(*any); v != nil {
					found[table+"."+names[i]] = append(found[table+"."+names[i]], v)
				}
			}
		}
		must(d, errors.Join(rows.Err(), rows.Close()))
	}
	return found
}

// written lists how an export may write a value; nothing for one that says
// nothing.
func written(v any) (forms []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []byte:
		return []string{string(v), hex.EncodeToString(v), base64.StdEncoding.EncodeToString(v), base64.RawURLEncoding.EncodeToString(v)}
	case int64:
		if v < 2 { // a flag
			return nil
		}
		return []string{strconv.FormatInt(v, 10), time.UnixMicro(v).UTC().Format(time.RFC3339Nano)}
	}
	return nil
}

func TestExportHoldsEverythingAndNoSecret(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		c, id := r.livelyPerson("mina", "minas-agent")
		_, err := c.StartTOTP(t.Context())
		must(t, err)
		d := r.database()
		cells := d.cells(id)
		var out bytes.Buffer
		must(t, c.ExportMe(t.Context(), &out))
		text := out.String()
		for column, values := range cells {
			_, secret := withheld[column]
			for _, v := range values {
				forms := written(v)
				has := slices.ContainsFunc(forms, func(f string) bool { return strings.Contains(text, f) })
				switch {
				case secret && withheld[column] == "secret" && has:
					t.Errorf("%s is in the export", column)
				case !secret && len(forms) > 0 && !has:
					t.Errorf("%s is not in the export: %v", column, v)
				}
			}
		}
		for column := range withheld {
			if len(cells[column]) == 0 && column != "sessions.cookie_hash" {
				t.Errorf("nothing was in %s: this test must put something there", column)
			}
		}

		var e marquee.Export
		strict := json.NewDecoder(&out)
		strict.DisallowUnknownFields()
		must(t, strict.Decode(&e))
		if e.User.Username != "mina" || e.User.RecoveryCodesLeft != 10 || !e.SecondFactorPending || len(e.Ratings) != 1 || e.Ratings[0].Rating != 9 ||
			len(e.Watchlist) != 1 || e.Watchlist[0].MovieID != r.film || len(e.Viewings) != 1 || e.Viewings[0].WatchedOn != "2026-03-01" ||
			len(e.Sessions) != 2 || len(e.Activity) < 4 || len(e.FamiliarNetworks) != 1 || len(e.PasswordLinks) != 1 || len(e.PendingSignIns) != 1 || len(e.DeviceRequests) != 1 {
			t.Errorf("%+v", e)
		}
	})
}

// However many rows come at a time, they are the same rows.
func TestExportGoesOnWhereItStopped(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		_, id := r.livelyPerson("mina", "minas-agent")
		for _, part := range marquee.ExportParts() {
			whole, next, err := r.store.Belongings(t.Context(), id, part, "", 500)
			if err != nil || next != "" || len(whole) == 0 {
				t.Fatal(part, len(whole), next, err)
			}
			if slices.Contains([]marquee.ExportPart{marquee.ExportFamiliarNetworks, marquee.ExportPasswordLinks, marquee.ExportPendingSignIns}, part) {
				continue // never more than a batch
			}
			var pieces []any
			for after := ""; len(pieces) <= len(whole); {
				rows, next, err := r.store.Belongings(t.Context(), id, part, after, 1)
				must(t, err)
				pieces = append(pieces, rows...)
				if after = next; after == "" {
					break
				}
			}
			a, _ := json.Marshal(whole)
			if b, _ := json.Marshal(pieces); !bytes.Equal(a, b) {
				t.Errorf("%s: %s\nand one by one %s", part, a, b)
			}
		}
	})
}

func TestAttack_ExportByAStolenToken(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		mina := r.member("mina", false)
		r.clock.advance(11 * time.Minute)
		var out bytes.Buffer
		r.wantCode("an old sign-in", mina.ExportMe(t.Context(), &out), marquee.CodeStepUpRequired)
		if out.Len() > 0 {
			t.Errorf("told all the same: %s", out.String())
		}
		must(t, mina.StepUp(t.Context(), marquee.StepUp{Password: goodPassword}))
		must(t, mina.ExportMe(t.Context(), &out)) // the twin
	})
}
