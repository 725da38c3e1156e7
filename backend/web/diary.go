package web

import (
	"net/http"
	"net/url"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

type diaryPage struct {
	Months         []choice // every month, the last one first; Value is an address
	Chosen         string   // the one that is shown, "" for all
	Groups         []diaryMonth
	Count          string
	Previous, Next string
	From           string // what the addresses of the films end in
}

// diaryMonth is the part of a page that lies in one month.
type diaryMonth struct {
	Heading string
	Entries []marquee.Movie
}

// showDiary lists the viewings by month: all of them, or those of one month.
func (s *server) showDiary(w http.ResponseWriter, v *visit) error {
	f := marquee.DiaryFilter{Month: marquee.Month(v.FormValue("month")), Page: listRequest(v), Language: v.msgs.Tag()}
	if f.Month != "" {
		if _, err := marquee.ParseMonth(string(f.Month)); err != nil {
			return marquee.E(marquee.CodeNotFound) // only an address that was made up has one
		}
	}
	found, err := s.Movies.Diary(v.ctx(), f)
	if err != nil {
		return err
	}
	months, err := s.Movies.DiaryMonths(v.ctx())
	if err != nil {
		return err
	}
	page := diaryPage{Groups: byMonth(v.msgs, found.Items), Count: viewingsOf(v.msgs, found.Total)}
	for _, m := range months {
		page.Months = append(page.Months, choice{
			Value: "/diary?" + url.Values{"month": {string(m.Month)}}.Encode(),
			Label: v.msgs.T("web.diary.month_count", "Month", monthName(v.msgs, m.Month), "Count", number(m.Count)), Chosen: m.Month == f.Month,
		})
	}
	if f.Month != "" {
		page.Chosen = monthName(v.msgs, f.Month)
	}
	page.From = diaryList.remembered(v.URL.Query())
	page.Previous, page.Next = diaryList.neighbours(v.URL.Query(), found.PrevCursor, found.NextCursor)
	s.show(w, v, http.StatusOK, "diary", v.msgs.T("web.diary"), page)
	return nil
}

func byMonth(m *lang.Messages, entries []marquee.Movie) []diaryMonth {
	var groups []diaryMonth
	var last marquee.Month
	for _, e := range entries {
		if month := e.WatchedOn.Month(); month != last {
			groups, last = append(groups, diaryMonth{Heading: monthName(m, month)}), month
		}
		g := &groups[len(groups)-1]
		g.Entries = append(g.Entries, e)
	}
	return groups
}

// monthName is a month in words: November 2026, 2026년 11월.
func monthName(m *lang.Messages, month marquee.Month) string {
	year, number := month[:4], month[5:]
	return m.T("web.diary.month", "Month", m.T("web.month."+string(number)), "Year", string(year))
}

func viewingsOf(m *lang.Messages, n int) string {
	if n == 1 {
		return m.T("web.diary.count_one")
	}
	return m.T("web.diary.count", "Count", number(n))
}
