package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) listViewings(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	viewings, err := s.Movies.Viewings(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, list[marquee.Viewing]{viewings})
}
