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
	At    time.Time
	What  string
	Where []string
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
	item := activityItem{At: a.At, What: m.Activity(a.Kind, a.Reason, a.By, a.Times)}
	for _, part := range []string{m.Device(a.Client, a.Agent), a.Address, a.Key} {
		if part != "" {
			item.Where = append(item.Where, part)
		}
	}
	return item
}
