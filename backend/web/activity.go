package web

import (
	"net/http"
	"net/url"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

type activityPage struct {
	Items []activityItem
	Older string // where what is older begins; "" at the end
}

// activityItem is one row in words.
type activityItem struct {
	At          time.Time
	What, Where string
}

// showActivity lists what happened to the account, the newest first.
func (s *server) showActivity(w http.ResponseWriter, v *visit) error {
	page, err := s.Auth.Activity(v.ctx(), marquee.PageRequest{Cursor: v.URL.Query().Get("cursor")})
	if err != nil {
		return err
	}
	shown := activityPage{}
	for _, a := range page.Items {
		shown.Items = append(shown.Items, activityInWords(v.msgs, a))
	}
	if page.NextCursor != nil {
		shown.Older = "/account/activity?" + url.Values{"cursor": {*page.NextCursor}}.Encode()
	}
	s.show(w, v, http.StatusOK, "activity", v.msgs.T("web.activity"), shown)
	return nil
}

func activityInWords(m *lang.Messages, a marquee.Activity) activityItem {
	item := activityItem{At: a.At, What: sentence(m, "activity.kind."+a.Kind, a.Kind)}
	if a.Reason != "" {
		item.What += ": " + sentence(m, "activity.end."+a.Reason, a.Reason)
	}
	if a.Times > 1 {
		item.What += " (" + m.T("activity.times", "Count", a.Times) + ")"
	}
	item.Where = sentence(m, "activity.by."+a.By, a.By)
	for _, part := range []string{a.Client, a.Address, a.Agent} {
		if part != "" {
			item.Where += " · " + part
		}
	}
	return item
}

// sentence is that of an id, or the word itself where a newer part of the
// service speaks of what these pages have no sentence for.
func sentence(m *lang.Messages, id, word string) string {
	if s, ok := m.Find(id); ok {
		return s
	}
	return word
}
