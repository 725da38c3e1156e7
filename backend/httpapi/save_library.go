package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) saveLibrary(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	entries := required[[]marquee.LibraryEntry](b, "items")

	if err := b.err(); err != nil {
		return err
	}

	results, err := s.Movies.SaveLibrary(c.Request().Context(), entries)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, list[marquee.LibraryResult]{results})
}
