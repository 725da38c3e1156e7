package web

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // an image of the program alone has no zones

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// zonesFile has the names of zone.tab of the IANA time zone database, which is
// in the public domain, and UTC; one a line.
//
//go:embed static/zones.txt
var zonesFile string

const zoneLife = 365 * 24 * time.Hour

// zoneOf is the zone that moments are shown in and that has the visitor's today:
// the one he chose, else the one of his language. Without scripts a browser tells
// none.
func (s *server) zoneOf(v *visit) *time.Location {
	if zone := zoneCalled(s.zoneChosen(v)); zone != nil {
		return zone
	}
	return zoneCalled(zoneOfLanguage(v.msgs.Tag()))
}

// zoneChosen is the name that the visitor chose, "" for none.
func (s *server) zoneChosen(v *visit) string {
	c, err := v.Cookie(s.zoneCookie())
	if err != nil {
		return ""
	}
	return c.Value
}

// zoneOfLanguage is the name of the zone where a language is spoken, if it is
// one alone.
func zoneOfLanguage(tag string) string {
	if tag == lang.Korean {
		return "Asia/Seoul"
	}
	return "UTC"
}

// zoneCalled is the zone of a name, nil for a name that is none of ours.
func zoneCalled(name string) *time.Location {
	if !slices.Contains(strings.Fields(zonesFile), name) {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}

func (s *server) showZone(w http.ResponseWriter, v *visit) error {
	chosen := s.zoneChosen(v)
	if zoneCalled(chosen) == nil {
		chosen = ""
	}
	choices := []choice{{Label: v.msgs.T("web.zone.by_language", "Zone", zoneOfLanguage(v.msgs.Tag())), Chosen: chosen == ""}}
	for _, name := range strings.Fields(zonesFile) {
		choices = append(choices, choice{Value: name, Label: strings.ReplaceAll(name, "_", " "), Chosen: name == chosen})
	}
	s.show(w, v, http.StatusOK, "zone", v.msgs.T("web.zone"), choices)
	return nil
}

// setZone keeps the visitor's choice, or goes by his language again.
func (s *server) setZone(w http.ResponseWriter, v *visit) error {
	switch name := v.PostForm.Get("zone"); {
	case name == "":
		s.dropCookie(w, s.zoneCookie())
	case zoneCalled(name) == nil:
		return marquee.E(marquee.CodeMalformed)
	default:
		s.setCookie(w, s.zoneCookie(), name, zoneLife)
	}
	http.Redirect(w, v.Request, "/account", http.StatusSeeOther)
	return nil
}
