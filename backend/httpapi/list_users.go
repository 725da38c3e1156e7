package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) listUsers(c echo.Context) error {
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	f := marquee.UserFilter{
		Query: q.text("q", 254),
		State: oneOf(q, "state", "", marquee.UsersActive, marquee.UsersDisabled, marquee.UsersSuperuser),
		Page:  q.page(),
	}

	if err := q.err(); err != nil {
		return err
	}

	page, err := s.Auth.Users(c.Request().Context(), f)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, page)
}
