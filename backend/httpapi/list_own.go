package httpapi

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// ownList is one of the lists of films that a person keeps, as a method
// expression of the service.
type ownList func(m marquee.MovieService, ctx context.Context, p marquee.PageRequest, language string) (marquee.Page[marquee.Movie], error)

// listOwn answers a page of such a list: watchlist or ratings.
func (s *server) listOwn(list ownList) echo.HandlerFunc {
	return func(c echo.Context) error {
		q, err := decodeQuery(c.Request())
		if err != nil {
			return err
		}
		p := q.page()

		if err := q.err(); err != nil {
			return err
		}

		page, err := list(s.Movies, c.Request().Context(), p, language(c))
		if err != nil {
			return err
		}

		return respond(c, http.StatusOK, page)
	}
}
