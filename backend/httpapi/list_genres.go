package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) listGenres(c echo.Context) error {
	genres, err := s.Movies.Genres(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, list[string]{genres})
}
