package verb

import (
	"context"
	"io"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// Service is the server, as the person who calls.
type Service interface {
	marquee.AuthService
	marquee.MovieService
	marquee.AccountService
	marquee.KeyService
}

// World is what a command is called in. All members but Width and Zone are
// required.
type World struct {
	In       io.Reader
	Out, Err io.Writer
	Say      *lang.Messages
	// Width is the width in cells of the terminal that Out is; 0 where it is
	// none, and then nothing is cut.
	Width int
	// Zone is the person's time zone; nil is UTC.
	Zone *time.Location
	// Ask runs act with the server, once for each command that needs it. What
	// act returns comes back, unless the server could not be had at all.
	Ask func(ctx context.Context, act func(context.Context, Service) error) error
}

// say is the sentence of an id below "verb.".
func (w World) say(id string, pairs ...any) string { return w.Say.T("verb."+id, pairs...) }

func (w World) moment(t time.Time) string {
	zone := w.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04")
}
