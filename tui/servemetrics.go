package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.com/marquee/tui/verb"
)

// serveMetrics serves /metrics of the SSH server on a listener of its own,
// where SSH_METRICS_ADDR asks for one.
func serveMetrics(e environment, registry *prometheus.Registry, log *slog.Logger) (stop func(), err error) {
	address := e.get("SSH_METRICS_ADDR")
	if address == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, verb.UsageError{Err: fmt.Errorf("SSH_METRICS_ADDR: %w", err)}
	}
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	log.Info("metrics", "address", l.Addr().String())
	served := make(chan struct{})
	go func() { defer close(served); _ = s.Serve(l) }()
	return func() { _ = s.Close(); <-served }, nil
}
