package sshd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"charm.land/ssh"
	"github.com/anmitsu/go-shlex"

	"example.com/marquee/common/lang"
)

// maxCommand bounds an exec request, in bytes.
const maxCommand = 4 << 10

// Command is an exec request, taken apart into words. It is nothing that a
// shell or the machine ever sees.
type Command struct {
	Words    []string // at least one
	Out, Err io.Writer
	// Width is that of the terminal in cells; 0 without one.
	Width int
}

// command runs an exec request and ends the channel with its exit code.
func (s *Server) command(ctx context.Context, sess ssh.Session, p *program, msgs *lang.Messages) {
	words, err := shlex.Split(sess.RawCommand(), true)
	if err != nil || len(words) == 0 || s.opts.RunCommand == nil {
		_, _ = fmt.Fprintln(sess.Stderr(), msgs.T("ssh.no_commands"))
		_ = sess.Exit(2)
		return
	}
	if !s.track(p) {
		return
	}
	defer s.untrack(p)
	overdue := time.AfterFunc(s.limits.Command, func() { p.end("") })
	defer overdue.Stop()
	v := visitor(sess)
	if v.Width > 0 {
		go interruptible(sess, p.cancel)
	}
	code := s.opts.RunCommand(ctx, v, Command{Words: words, Out: sess, Err: sess.Stderr(), Width: v.Width})
	if id, _ := p.farewell.Load().(string); id != "" {
		_, _ = fmt.Fprintln(sess.Stderr(), msgs.T(id))
	}
	_ = sess.Exit(code)
}

// interruptible ends a command on ctrl+c: with a terminal it comes as a
// character, without one the client goes away.
func interruptible(in io.Reader, cancel context.CancelFunc) {
	buf := make([]byte, 256)
	for {
		n, err := in.Read(buf)
		if bytes.IndexByte(buf[:n], 0x03) >= 0 {
			cancel()
			return
		}
		if err != nil {
			return
		}
	}
}
