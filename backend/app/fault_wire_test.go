package app_test

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// wire is a connection that a fault test can spoil: a toxiproxy on loopback
// between one of the programs and another.
type wire struct {
	testing.TB
	proxy *toxiproxy.Proxy
}

// newWire leads to an address of host and port.
func newWire(t testing.TB, upstream string) *wire {
	t.Helper()
	w := &wire{t, newProxy("127.0.0.1:0", upstream)}
	check(t, w.proxy.Start())
	t.Cleanup(func() { w.proxy.Stop() })
	return w
}

func newProxy(listen, upstream string) *toxiproxy.Proxy {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	return toxiproxy.NewProxy(server, "wire", listen, upstream)
}

// through is a URL whose host is reached by the wire.
func (w *wire) through(address string) string {
	w.Helper()
	u, err := url.Parse(address)
	check(w, err)
	u.Host = w.proxy.Listen
	return u.String()
}

// cut cuts off what is connected, and refuses connections until mend.
func (w *wire) cut() {
	w.proxy.Stop()
	// A proxy of its own each time: taking toxics out of one can wait for ever
	// for a connection that is just being closed.
	w.proxy = newProxy(w.proxy.Listen, w.proxy.Upstream)
}

// mend lets connections through again.
func (w *wire) mend() {
	w.Helper()
	// Meanwhile somebody else may hold the port for a moment.
	await(w, "the port of a wire", func() bool { return w.proxy.Start() == nil })
}

// heal ends whatever was done to the wire, and with it what is connected.
func (w *wire) heal() { w.Helper(); w.cut(); w.mend() }

// lead has the wire lead elsewhere, as a virtual address does after a
// fail-over.
func (w *wire) lead(upstream string) {
	w.Helper()
	w.cut()
	w.proxy.Upstream = upstream
	w.mend()
}

// spoil adds one of toxiproxy's toxics to what comes back ("downstream") or
// what goes out ("upstream").
func (w *wire) spoil(stream, kind, attributes string) {
	w.Helper()
	name := kind + " " + stream
	_, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(
		`{"name":"` + name + `","type":"` + kind + `","stream":"` + stream + `","attributes":` + attributes + `}`))
	check(w, err)
}

// silence swallows everything in both directions, as a network that is gone
// does.
func (w *wire) silence() {
	w.Helper()
	w.spoil("upstream", "timeout", `{"timeout":0}`)
	w.spoil("downstream", "timeout", `{"timeout":0}`)
}

// gate stops who says one word on a wire. A process waits for the answer to
// each message before it sends the next, so it stands between two steps of its
// work: either a message that followed so many others is held, or the answer to
// the last of so many is.
type gate struct {
	word  string
	steps int
	deaf  bool // the message goes through and the answer is lost

	open atomic.Bool   // it holds nothing any more
	shut atomic.Bool   // nothing comes back any more
	held chan struct{} // closed when the process stands there
	once sync.Once
}

// gates are those of all wires, by name: toxiproxy makes a toxic by itself,
// out of JSON, and it finds its gate here.
var gates sync.Map

func init() { toxics.Register("gate", &gateToxic{}) }

// hold has the connection on which word is said send steps messages from that
// one on, and holds the next.
func (w *wire) hold(word string, steps int) *gate { return w.gate(word, steps, false) }

// deafen has it send steps messages and loses the answer to the last.
func (w *wire) deafen(word string, steps int) *gate { return w.gate(word, steps, true) }

func (w *wire) gate(word string, steps int, deaf bool) *gate {
	w.Helper()
	g := &gate{word: word, steps: steps, deaf: deaf, held: make(chan struct{})}
	name := w.proxy.Listen + " " + word + " " + strconv.Itoa(steps)
	gates.Store(name, g)
	for _, stream := range []string{"upstream", "downstream"} {
		_, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(`{"name":"` + stream + name + `","type":"gate","stream":"` + stream +
			`","attributes":{"gate":"` + name + `","answers":` + strconv.FormatBool(stream == "downstream") + `}}`))
		check(w, err)
	}
	return g
}

// gateToxic is a gate on one direction of one connection.
type gateToxic struct {
	Gate    string `json:"gate"`
	Answers bool   `json:"answers"`
}

// passage is what a gate knows of a connection.
type passage struct {
	meant bool // the word was said on it
	sent  int  // messages from then on
}

// NewState implements toxics.StatefulToxic.
func (*gateToxic) NewState() any { return new(passage) }

// Pipe implements toxics.Toxic.
func (t *gateToxic) Pipe(stub *toxics.ToxicStub) {
	found, _ := gates.Load(t.Gate)
	g, p := found.(*gate), stub.State.(*passage)
	for {
		select {
		case <-stub.Interrupt:
			return
		case c := <-stub.Input:
			if c == nil {
				stub.Close()
				return
			}
			if t.Answers && g.lets() || !t.Answers && g.sends(c.Data, p) {
				stub.Output <- c
			}
		}
	}
}

// sends reports whether a message goes through.
func (g *gate) sends(message []byte, p *passage) bool {
	p.meant = p.meant || bytes.Contains(message, []byte(g.word))
	// Parse, of Postgres, prepares a step and is none.
	if g.open.Load() || !p.meant || message[0] == 'P' {
		return true
	}
	p.sent++
	switch {
	case g.deaf && p.sent == g.steps:
		g.shut.Store(true)
	case !g.deaf && p.sent > g.steps:
		g.once.Do(func() { close(g.held) })
		return false
	}
	return true
}

// lets reports whether an answer goes through.
func (g *gate) lets() bool {
	if !g.shut.Load() {
		return true
	}
	g.once.Do(func() { close(g.held) })
	return false
}
