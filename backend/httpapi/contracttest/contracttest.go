// Package contracttest checks every exchange of a test against the written
// contract, and remembers which operations and statuses were seen. Only tests
// import it; it knows nothing of how the API is made.
package contracttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// Recorder holds the contract and what was seen of it. It may be shared by
// concurrent tests.
type Recorder struct {
	doc     *openapi3.T
	router  routers.Router
	options *openapi3filter.Options

	mu   sync.Mutex
	seen map[string]bool // "GET /path 200"
}

// New reads a contract, OpenAPI 3.1 in YAML.
func New(contract []byte) (*Recorder, error) {
	doc, err := openapi3.NewLoader().LoadFromData(contract)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		return nil, err
	}
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	return &Recorder{
		doc: doc, router: router, seen: map[string]bool{},
		options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true, // a status that is not listed is an error
			MultiError:            true,
		},
	}, nil
}

type offContract struct{}

// OffContract marks a request that breaks the contract on purpose and may be
// answered well all the same, for one with members that the server ignores.
func OffContract(ctx context.Context) context.Context {
	return context.WithValue(ctx, offContract{}, true)
}

// Transport sends requests by next and reports to tb every exchange that is
// not of the contract.
func (r *Recorder) Transport(tb testing.TB, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		sent, err := drain(&req.Body)
		if err != nil {
			return nil, err
		}
		resp, err := next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		var got []byte
		if !isStream(resp) { // it ends when somebody says so
			if got, err = drain(&resp.Body); err != nil {
				return nil, err
			}
		}
		for _, fault := range r.faults(req, sent, resp, got) {
			tb.Errorf("%s %s %d is not of the contract: %v\nanswer: %.600s", req.Method, req.URL.Path, resp.StatusCode, fault, got)
		}
		return resp, nil
	})
}

// Handler serves by next and reports like Transport, for clients that make
// their own connections.
func (r *Recorder) Handler(tb testing.TB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		sent, err := drain(&req.Body)
		if err != nil {
			tb.Errorf("%s %s: %v", req.Method, req.URL.Path, err)
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, req)
		resp := answer.Result()
		got := answer.Body.Bytes()
		for _, fault := range r.faults(req, sent, resp, got) {
			tb.Errorf("%s %s %d is not of the contract: %v\nanswer: %.600s", req.Method, req.URL.Path, resp.StatusCode, fault, got)
		}
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(got)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// drain reads a body and puts an unread one in its place.
func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	text, err := io.ReadAll(*body)
	err = errors.Join(err, (*body).Close())
	*body = io.NopCloser(bytes.NewReader(text))
	return text, err
}

func (r *Recorder) faults(req *http.Request, sent []byte, resp *http.Response, got []byte) []error {
	var faults []error
	if resp.StatusCode >= http.StatusBadRequest {
		faults = append(faults, r.problemFaults(req, resp, got)...)
	}
	asked := req.Clone(req.Context())
	asked.URL.Path = strings.TrimSuffix(asked.URL.Path, "/") // both spellings are one operation
	asked.URL.Scheme, asked.URL.Host = "", ""
	asked.Body = io.NopCloser(bytes.NewReader(sent))
	route, params, err := r.router.FindRoute(asked)
	if err != nil { // HEAD, OPTIONS, and what is not in the contract
		if resp.StatusCode < http.StatusBadRequest && req.Method != http.MethodHead && req.Method != http.MethodOptions {
			faults = append(faults, err)
		}
		return faults
	}
	r.note(route, resp.StatusCode)
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route, Options: r.options}
	if resp.StatusCode < http.StatusBadRequest && req.Context().Value(offContract{}) == nil {
		if err := openapi3filter.ValidateRequest(req.Context(), in); err != nil {
			faults = append(faults, fmt.Errorf("request: %w", err))
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: r.options,
	}
	if len(got) > 0 {
		out.SetBodyBytes(got)
	}
	if isStream(resp) { // the type is of the contract, what comes is for its own tests
		media := route.Operation.Responses.Status(resp.StatusCode)
		if media == nil || media.Value.Content.Get("text/event-stream") == nil {
			faults = append(faults, errors.New("a stream where none is promised"))
		}
		return faults
	}
	if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
		faults = append(faults, fmt.Errorf("response: %w", err))
	}
	return faults
}

// problemFaults checks what holds for every failure, listed or not
// (RFC 9457).
func (r *Recorder) problemFaults(req *http.Request, resp *http.Response, got []byte) []error {
	var faults []error
	if media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); media != "application/problem+json" {
		faults = append(faults, fmt.Errorf("a failure of type %q", media))
	}
	if req.Method == http.MethodHead {
		if len(got) > 0 {
			faults = append(faults, errors.New("a body in answer to HEAD"))
		}
		return faults
	}
	var problem any
	if err := json.Unmarshal(got, &problem); err != nil {
		return append(faults, err)
	}
	schema := r.doc.Components.Schemas["Problem"].Value
	if err := schema.VisitJSON(problem, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
		faults = append(faults, err)
	}
	if p, ok := problem.(map[string]any); ok && p["status"] != float64(resp.StatusCode) {
		faults = append(faults, fmt.Errorf("status %v inside", p["status"]))
	}
	return faults
}

func isStream(resp *http.Response) bool {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return media == "text/event-stream"
}

func (r *Recorder) note(route *routers.Route, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[key(route.Method, route.Path, strconv.Itoa(status))] = true
}

func key(method, path, status string) string { return method + " " + path + " " + status }

// Unseen lists what the contract promises and no exchange has shown.
func (r *Recorder) Unseen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var unseen []string
	for _, o := range r.Listed() {
		if !r.seen[o] {
			unseen = append(unseen, o)
		}
	}
	return unseen
}

// Listed lists every operation and status of the contract, "GET /path 200".
func (r *Recorder) Listed() []string {
	var listed []string
	for path, item := range r.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			for _, status := range slices.Collect(maps.Keys(operation.Responses.Map())) {
				listed = append(listed, key(method, path, status))
			}
		}
	}
	slices.Sort(listed)
	return listed
}
