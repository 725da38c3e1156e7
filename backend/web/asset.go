package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
)

//go:embed static/style.css
var styleFile []byte

//go:embed static/icon.svg
var iconFile []byte

// asset is a file served under its own hash, so that a browser may keep it for
// ever and still sees every change.
type asset struct {
	body            []byte
	kind, path, tag string
}

func newAsset(name, ending, kind string, body []byte) asset {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:8])
	return asset{body: body, kind: kind, path: "/" + name + "-" + hash + ending, tag: `"` + hash + `"`}
}

func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Del("Vary")
	w.Header().Set("ETag", a.tag)
	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(a.body)
}
