package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

func TestAnExportIsTakenInTheBrowser(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	film := filmLink.FindString(v.get("/films?q=parasite").body)
	v.send(film, film+"/rating", "rating", "9")
	const at = "/account/export"
	v.get("/account").mustShow(t, 200, at)
	v.get(at).mustShow(t, 200, "Download", "as one JSON file")
	mustBeExport := func(p page) {
		t.Helper()
		p.mustShow(t, 200)
		disposition, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || !strings.HasPrefix(params["filename"], "marquee-"+name+"-2") ||
			!strings.HasSuffix(params["filename"], ".json") || p.Header.Get("Cache-Control") != "no-store" || p.Header.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", p.Header)
		}
		var e marquee.Export
		if err := json.Unmarshal([]byte(p.body), &e); err != nil || e.User.Username != name || len(e.Ratings) != 1 || e.Ratings[0].Rating != 9 {
			t.Errorf("%v in %s", err, p.body)
		}
	}
	mustBeExport(v.send(at, at))

	s.ahead.Add(int64(11 * time.Minute))
	asked := v.send(at, at)
	asked.mustShow(t, 200, `name="current_password"`, "a while ago")
	if asked.Header.Get("Content-Disposition") != "" || strings.Contains(asked.body, `name="code"`) {
		t.Errorf("something was sent already, or a code asked for: %v", asked.Header)
	}
	v.send(at, at, "current_password", "a guess").mustShow(t, 403, "current password", `name="current_password"`)
	mustBeExport(v.send(at, at, "current_password", password))
	mustBeExport(v.send(at, at)) // that was a sign-in

	secret, _ := v.enrol(t)
	s.ahead.Add(int64(11 * time.Minute))
	v.send(at, at).mustShow(t, 200, `name="current_password"`, `autocomplete="one-time-code"`)
	v.send(at, at, "current_password", password, "code", "000000").mustShow(t, 422, `name="current_password"`, "This code is wrong")
	mustBeExport(v.send(at, at, "current_password", password, "code", s.code(t, secret)))
}

// breaking writes an export and fails on its way.
type breaking struct {
	web.Auth
	after int // bytes
}

func (b breaking) ExportMe(_ context.Context, w io.Writer) error {
	if _, err := w.Write(bytes.Repeat([]byte(" "), b.after)); err != nil {
		return err
	}
	return marquee.Unavailable("export ratings", errors.New("the database went away"))
}

// A part must not be taken for the whole.
func TestAnExportThatBreaksOff(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	const at = "/account/export"
	s.wire(t, func(d *web.Deps) { d.Auth = breaking{d.Auth, 100} })
	v.send(at, at).mustShow(t, http.StatusServiceUnavailable, "unavailable right now", "Download")
	s.wire(t, func(d *web.Deps) { d.Auth = breaking{d.Auth, 200 << 10} })
	answer, err := v.Do(v.request(at, map[string][]string{"form": {v.token(at)}}))
	must(t, err)
	defer answer.Body.Close()
	if got, err := io.ReadAll(answer.Body); err == nil || len(got) == 0 {
		t.Errorf("%d bytes, then %v", len(got), err)
	}
}
