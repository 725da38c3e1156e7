package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) listDiary(c echo.Context) error {
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	f := marquee.DiaryFilter{
		Month:    marquee.Month(q.checked("month", func(v string) error { _, err := marquee.ParseMonth(v); return err })),
		Page:     q.page(),
		Language: language(c),
	}

	if err := q.err(); err != nil {
		return err
	}

	page, err := s.Movies.Diary(c.Request().Context(), f)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, page)
}
