package web

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"sync"
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

// zones are the names that can be chosen, in their order.
var zones = sync.OnceValue(func() []string { return strings.Fields(zonesFile) })

const zoneLife = 365 * 24 * time.Hour

// zoneOf is the zone that moments are shown in and that has the visitor's today:
// the one he chose, else the one of his language. Without scripts a browser tells
// none.
func (s *server) zoneOf(v *visit) *time.Location {
	if zone := s.zoneCalled(s.zoneChosen(v)); zone != nil {
		return zone
	}
	return s.zoneCalled(zoneOfLanguage(v.msgs.Tag()))
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
func (s *server) zoneCalled(name string) *time.Location {
	if !slices.Contains(zones(), name) {
		return nil
	}
	if zone, ok := s.locations.Load(name); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	s.locations.Store(name, zone)
	return zone
}

func (s *server) showZone(w http.ResponseWriter, v *visit) error {
	chosen := s.zoneChosen(v)
	if s.zoneCalled(chosen) == nil {
		chosen = ""
	}
	choices := []choice{{Label: v.msgs.T("web.zone.by_language", "Zone", zoneOfLanguage(v.msgs.Tag())), Chosen: chosen == ""}}
	for _, name := range zones() {
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
	case s.zoneCalled(name) == nil:
		return marquee.E(marquee.CodeMalformed)
	default:
		s.setCookie(w, s.zoneCookie(), name, zoneLife)
	}
	http.Redirect(w, v.Request, "/account", http.StatusSeeOther)
	return nil
}
