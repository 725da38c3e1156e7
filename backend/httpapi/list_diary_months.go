package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) listDiaryMonths(c echo.Context) error {
	months, err := s.Movies.DiaryMonths(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, list[marquee.MonthCount]{months})
}
