package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

type health struct {
	Status string `json:"status"`
}

// live says that the process serves; it asks no other part, so that one that
// is away does not get the process restarted.
func (s *server) live(c echo.Context) error {
	return respond(c, http.StatusOK, health{"ok"})
}

// ready says that the parts answer; why not is for the log only.
func (s *server) ready(c echo.Context) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		return marquee.Unavailable("ready", err)
	}
	return respond(c, http.StatusOK, health{"ok"})
}
