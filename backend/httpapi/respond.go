package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// list is a list that has no pages.
type list[T any] struct {
	Items []T `json:"items"`
}

// detail is an answer that only says something to a person.
type detail struct {
	Detail string `json:"detail"`
}

// respond writes v as JSON. It is encoded before anything is sent, so that a
// value that cannot be is still a clean 500.
func respond(c echo.Context, status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return marquee.Wrap(marquee.CodeInternal, "encode answer", err)
	}
	return write(c, status, jsonMedia, text)
}

// respondTokens also says what RFC 6749 section 5.1 asks of such answers.
func respondTokens(c echo.Context, t marquee.Tokens) error {
	c.Response().Header().Set("Pragma", "no-cache")
	return respond(c, http.StatusOK, t)
}

func respondNothing(c echo.Context) error { return c.NoContent(http.StatusNoContent) }

func write(c echo.Context, status int, media string, text []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, media)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(text)))
	c.Response().WriteHeader(status)
	_, _ = c.Response().Write(text) // nobody is left to tell; net/http leaves it out for HEAD
	return nil
}

// language is what the caller reads, "en" or "ko".
func language(c echo.Context) string {
	return lang.Accept(c.Request().Header.Get("Accept-Language")).Tag()
}
