package app

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// measured counts and times requests by method and status where somebody
// looks (METRICS_ADDR). Paths are left out: an attacker could make any number.
func (a *App) measured(h http.Handler) (handler, metrics http.Handler) {
	if a.cfg.MetricsAddr == "" {
		return h, nil
	}
	registry := prometheus.NewRegistry()
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "marquee_http_request_duration_seconds", Help: "How long requests took.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	}, []string{"code", "method"})
	under := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "marquee_http_requests_in_flight", Help: "Requests under way.",
	})
	registry.MustRegister(seconds, under, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return promhttp.InstrumentHandlerInFlight(under, promhttp.InstrumentHandlerDuration(seconds, h)), mux
}
