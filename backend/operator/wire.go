package operator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"time"

	"example.com/marquee/common/lang"
)

// Path is where a server takes commands, on its private socket only: whoever
// can connect there owns the data directory.
const Path = "/operator/run"

const maxEnvelope = 1 << 20 // bytes

// envelope is a command on its way.
type envelope struct {
	Name     string          `json:"name"`
	Language string          `json:"language"`
	Command  json.RawMessage `json:"command"`
}

// frame is one line of the answer; the last one has Exit.
type frame struct {
	Line     *string   `json:"line,omitempty"`
	Note     *string   `json:"note,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	Exit     *int      `json:"exit,omitempty"`
}

// commands are those that a server takes.
var commands = []Command{CreateUser{}, SetPassword{}, PasswordLink{}, SetActive{}, MFAOff{}, ListUsers{}, ImportUsers{}, ImportFilms{},
	ListKeys{}, RotateKey{}, RetireKey{}}

// Handler runs commands for those who send them with Send. Desk returns what
// commands work with; language and output are filled in.
func Handler(desk func() Desk) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e envelope
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxEnvelope)).Decode(&e); err != nil {
			http.Error(w, "not a command", http.StatusBadRequest)
			return
		}
		c, err := e.open()
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotImplemented)
			return
		}
		// An import may take longer than any answer of the API.
		control := http.NewResponseController(w)
		if err := errors.Join(control.SetWriteDeadline(time.Time{}), control.SetReadDeadline(time.Time{})); err != nil {
			http.Error(w, "no deadlines here", http.StatusInternalServerError)
			return
		}
		out := &frameWriter{encode: json.NewEncoder(w), flush: control.Flush}
		d := desk()
		d.Messages, d.Out = lang.In(e.Language), out
		exit := Execute(r.Context(), c, &d)
		out.write(frame{Exit: &exit})
	})
}

func (e envelope) open() (Command, error) {
	for _, known := range commands {
		if known.Name() != e.Name {
			continue
		}
		c := reflect.New(reflect.TypeOf(known))
		if err := json.Unmarshal(e.Command, c.Interface()); err != nil {
			return nil, errors.New("the arguments of the command cannot be read")
		}
		return c.Elem().Interface().(Command), nil
	}
	return nil, fmt.Errorf("this server does not know the command %q", e.Name)
}

type frameWriter struct {
	encode *json.Encoder
	flush  func() error
}

func (w *frameWriter) write(f frame) {
	_ = w.encode.Encode(f) // a caller who has gone cancels the context
	_ = w.flush()
}

func (w *frameWriter) Line(text string)    { w.write(frame{Line: &text}) }
func (w *frameWriter) Note(text string)    { w.write(frame{Note: &text}) }
func (w *frameWriter) Progress(p Progress) { w.write(frame{Progress: &p}) }

// ErrNoServer means that nothing listens on the socket; nothing was sent.
var ErrNoServer = errors.New("operator: no server answers on the socket")

// Send has the server behind a socket run a command, passes on what it says
// and returns its exit code.
func Send(ctx context.Context, socket string, c Command, language string, out Output) (int, error) {
	command, err := json.Marshal(c)
	if err != nil {
		return ExitFailed, err
	}
	body, err := json.Marshal(envelope{Name: c.Name(), Language: language, Command: command})
	if err != nil {
		return ExitFailed, err
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
		if err != nil {
			return nil, errors.Join(ErrNoServer, err)
		}
		return conn, nil
	}}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost"+Path, bytes.NewReader(body))
	if err != nil {
		return ExitFailed, err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return ExitFailed, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
		return ExitFailed, fmt.Errorf("the running server refused: %s", bytes.TrimSpace(said))
	}
	return relay(answer.Body, out)
}

func relay(answer io.Reader, out Output) (int, error) {
	for decode := json.NewDecoder(bufio.NewReader(answer)); ; {
		var f frame
		if err := decode.Decode(&f); err != nil {
			return ExitFailed, errors.New("the running server broke off before it was done")
		}
		switch {
		case f.Line != nil:
			out.Line(*f.Line)
		case f.Note != nil:
			out.Note(*f.Note)
		case f.Progress != nil:
			out.Progress(*f.Progress)
		case f.Exit != nil:
			return *f.Exit, nil
		}
	}
}
