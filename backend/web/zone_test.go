package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

var zoneOption = regexp.MustCompile(`<option value="([^"]+)"`)

// Moments and the day that it is are those of the zone that the reader chose, and
// say which that is; programs read them in UTC.
func TestMomentsAreInTheReadersZone(t *testing.T) {
	s := openSite(t)
	half := time.Now().Truncate(time.Hour).Add(90 * time.Minute)
	s.ahead.Store(int64(time.Until(half))) // or the hour could change meanwhile
	v := s.visitor(t)
	v.register()
	film := filmLink.FindString(v.get("/films?q=parasite").body)
	looks := func(zone, offset string) {
		t.Helper()
		at, offset := s.now(), strings.ReplaceAll(offset, "+", "&#43;") // as templates write it
		if zone != "" {
			there, err := time.LoadLocation(zone)
			must(t, err)
			at = at.In(there)
		}
		for _, path := range []string{"/account/sessions", "/account/activity"} {
			p := v.get(path)
			p.mustShow(t, 200, at.Format("2 January 2006, 15:"), offset+" (", `<time datetime="`+s.now().UTC().Format("2006-01-02T15:"))
			if strings.Contains(p.body, "UTC") != strings.Contains(p.body, offset) {
				t.Errorf("%s says another zone than %s", path, offset)
			}
		}
		v.get(film).mustShow(t, 200, `name="date" value="`+at.Format(time.DateOnly)+`"`)
	}
	choose := func(zone string) page { return v.send("/account/zone", "/account/zone", "zone", zone) }

	// Days apart: one of the two has another day than UTC at any hour.
	for zone, offset := range map[string]string{"Pacific/Kiritimati": "UTC+14", "Pacific/Pago_Pago": "UTC-11", "Asia/Kathmandu": "UTC+5:45", "UTC": "\u00a0UTC"} {
		if p := choose(zone); p.Request.URL.Path != "/account" || !strings.Contains(p.body, "("+zone) {
			t.Errorf("%s leads to %s:\n%s", zone, p.Request.URL.Path, p.body)
		}
		looks(zone, offset)
		v.get("/account/zone").mustShow(t, 200, `<option value="`+zone+`" selected>`)
	}
	choose("Europe/Atlantis").mustShow(t, 400)
	choose("../UTC").mustShow(t, 400)
	choose("Local").mustShow(t, 400)
	choose("Pacific/Kiritimati")
	choose("")
	looks("UTC", "\u00a0UTC")
	v.get("/account/zone").mustShow(t, 200, `<option value="" selected>By the language (UTC)`)
	v.language = "ko"
	v.get("/account/zone").mustShow(t, 200, `<option value="" selected>언어에 따라 (Asia/Seoul)`)
	v.get("/account").mustShow(t, 200, "(Asia/Seoul, UTC&#43;9)")

	names := zoneOption.FindAllStringSubmatch(v.get("/account/zone").body, -1)
	if len(names) < 400 {
		t.Errorf("%d zones", len(names))
	}
	for _, name := range names {
		if _, err := time.LoadLocation(name[1]); err != nil {
			t.Error(err)
		}
	}
}

// What somebody wrote into the cookie of the zone is no zone.
func TestAttack_ZoneOfAStranger(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	for _, name := range []string{"Local", "../../etc/passwd", "Etc/GMT+12", "<b>", "asia/seoul"} {
		r := v.request("/account", nil)
		r.Method = http.MethodGet
		r.Header.Add("Cookie", "marquee_zone="+name)
		v.do(r).mustShow(t, 200, "(UTC)")
	}
}
