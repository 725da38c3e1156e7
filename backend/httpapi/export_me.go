package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

const (
	exportPath = base + "/users/me/export"
	// exportTime bounds a whole export, however much there is.
	exportTime = 2 * time.Minute
)

// exportMe sends as it reads. What fails before the first byte is answered as
// anything is; afterwards the connection breaks, so that nobody takes a part
// for the whole.
func (s *server) exportMe(c echo.Context) error {
	w := &slowWriter{c: c, control: http.NewResponseController(c.Response())}

	err := s.Auth.ExportMe(c.Request().Context(), w)
	if err == nil {
		err = w.flush()
	}

	if err != nil && c.Response().Committed {
		ctx := c.Request().Context()
		s.Log.LogAttrs(ctx, slog.LevelWarn, "an export broke off", slog.String("request_id", marquee.RequestIDFrom(ctx)),
			slog.String("err", marquee.CleanText(err.Error(), 1000)))
		panic(http.ErrAbortHandler)
	}
	return err
}

// exportChunk is how much is gathered before it is sent, in bytes.
const exportChunk = 64 << 10

// slowWriter gathers chunks and gives the reader time for each of them.
type slowWriter struct {
	c       echo.Context
	control *http.ResponseController
	chunk   []byte
}

func (w *slowWriter) Write(p []byte) (int, error) {
	w.chunk = append(w.chunk, p...)
	if len(w.chunk) < exportChunk {
		return len(p), nil
	}
	return len(p), w.flush()
}

func (w *slowWriter) flush() error {
	// A connection that knows no deadlines has none to be renewed.
	if err := w.control.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if !w.c.Response().Committed {
		w.c.Response().Header().Set(echo.HeaderContentType, jsonMedia)
		w.c.Response().WriteHeader(http.StatusOK)
	}
	_, err := w.c.Response().Write(w.chunk) // net/http leaves it out for HEAD
	w.chunk = w.chunk[:0]
	return err
}
