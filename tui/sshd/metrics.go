package sshd

import (
	"bytes"
	"errors"
	"io"
	"net"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/prometheus/client_golang/prometheus"
	gossh "golang.org/x/crypto/ssh"
)

// metrics is what an operator can watch.
type metrics struct {
	refused    *prometheus.CounterVec
	firstFrame prometheus.Observer
}

// Why handshakes fail.
const (
	reasonAuth     = "authentication"
	reasonTimeout  = "timeout"
	reasonProtocol = "protocol"
)

// handshakeReason keeps the number of reasons small whatever a client does.
func handshakeReason(err error) string {
	var auth *gossh.ServerAuthError
	var away net.Error
	switch {
	case errors.As(err, &auth):
		return reasonAuth
	case errors.As(err, &away) && away.Timeout():
		return reasonTimeout
	}
	return reasonProtocol
}

// newMetrics registers with r; nil keeps them to itself.
func newMetrics(r prometheus.Registerer, s *Server) metrics {
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "marquee_ssh_refused_total", Help: "Connections, handshakes, channels and sessions that were refused.",
	}, []string{"reason"})
	for _, reason := range []string{"connections", reasonAuth, reasonTimeout, reasonProtocol, "channels", "sessions"} {
		refused.WithLabelValues(reason)
	}
	seconds := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "marquee_ssh_first_frame_seconds", Help: "From the request for a window to its first words.",
		Buckets: prometheus.ExponentialBuckets(0.002, 2, 12),
	})
	gauge := func(name, help string, l *connLimiter) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(l.inside()) })
	}
	if r != nil {
		r.MustRegister(refused, seconds,
			gauge("marquee_ssh_connections", "Connections that are open, before and after the handshake.", s.conns),
			gauge("marquee_ssh_sessions", "Windows and commands that run.", s.programs))
	}
	return metrics{refused: refused, firstFrame: seconds}
}

// firstFrame times the first words that a program writes.
type firstFrame struct {
	io.Writer
	started time.Time
	seconds prometheus.Observer
	seen    bool
}

// Write implements io.Writer. A screen writes from one goroutine at a time.
func (f *firstFrame) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if !f.seen && len(bytes.TrimSpace([]byte(ansi.Strip(string(p))))) > 0 {
		f.seen = true
		f.seconds.Observe(time.Since(f.started).Seconds())
	}
	return n, err
}
