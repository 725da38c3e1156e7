package web

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	// exportTime bounds a whole export, however much there is.
	exportTime = 2 * time.Minute
	// exportChunk is how much is gathered before it is sent, in bytes.
	exportChunk = 64 << 10
	// exportWrite is how long a browser may take for a chunk.
	exportWrite = 10 * time.Second
)

func (s *server) exportSheet(v *visit) sheet {
	return sheet{
		Action: "/account/export", Title: v.msgs.T("web.export"), Lead: v.msgs.T("web.export.lead"), Submit: v.msgs.T("web.export.do"),
	}
}

func (s *server) showExport(w http.ResponseWriter, v *visit) error {
	return s.showSheet(w, v, s.exportSheet(v), nil)
}

// export sends all that is held of the person as a file. What fails before its
// first byte is shown on the page; afterwards the connection breaks, so that
// nobody takes a part for the whole.
func (s *server) export(w http.ResponseWriter, v *visit) error {
	// The time of a page is too short for what somebody gathered in years.
	// Whoever goes away ends it all the same: nothing can be written then.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), exportTime)
	defer cancel()
	file := &download{
		w: w, control: http.NewResponseController(w),
		name: marquee.ExportName(v.user.Username, s.Clock().UTC()),
	}
	err := s.surely(w, v, func() error { return s.Auth.ExportMe(ctx, file) })
	if err == nil {
		err = file.flush()
	}
	switch {
	case err == nil:
		return nil
	case file.begun:
		s.Log.LogAttrs(ctx, slog.LevelWarn, "an export broke off",
			slog.String("request_id", marquee.RequestIDFrom(ctx)), slog.String("err", marquee.CleanText(err.Error(), 1000)))
		panic(http.ErrAbortHandler)
	}
	return s.showSheet(w, v, s.exportSheet(v), err)
}

// download is a file on its way to a browser, in chunks that each have time of
// their own.
type download struct {
	w       http.ResponseWriter
	control *http.ResponseController
	name    string
	chunk   []byte
	begun   bool
}

func (d *download) Write(p []byte) (int, error) {
	d.chunk = append(d.chunk, p...)
	if len(d.chunk) < exportChunk {
		return len(p), nil
	}
	return len(p), d.flush()
}

func (d *download) flush() error {
	// A connection that knows no deadlines has none to be renewed.
	if err := d.control.SetWriteDeadline(time.Now().Add(exportWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if !d.begun {
		d.begun = true
		d.w.Header().Set("Content-Type", "application/json")
		d.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.name}))
		d.w.WriteHeader(http.StatusOK)
	}
	_, err := d.w.Write(d.chunk)
	d.chunk = d.chunk[:0]
	return err
}
