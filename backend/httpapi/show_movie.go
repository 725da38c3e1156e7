package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) showMovie(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	movie, err := s.Movies.FindMovie(c.Request().Context(), id, language(c))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, movie)
}
