package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
)

//go:embed static/style.css
var styleFile []byte

// stylesheet is served under its own hash, so that a browser may keep it for
// ever and still sees every change.
type stylesheet struct {
	body []byte
	hash string
}

func loadStylesheet() stylesheet {
	sum := sha256.Sum256(styleFile)
	return stylesheet{body: styleFile, hash: hex.EncodeToString(sum[:8])}
}

func (s stylesheet) path() string { return "/style-" + s.hash + ".css" }

func (s stylesheet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Del("Vary")
	etag := `"` + s.hash + `"`
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(s.body)
}
