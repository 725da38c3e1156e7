package httpapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
	"gopkg.in/yaml.v3"
)

//go:embed openapi.yaml
var contractYAML []byte

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS string

// Contract returns the written contract of the API, OpenAPI 3.1 in YAML.
func Contract() []byte { return bytes.Clone(contractYAML) }

// contract answers the contract as JSON.
func (s *server) contract(c echo.Context) error {
	return write(c, http.StatusOK, jsonMedia, s.json)
}

// readableContract answers the contract as one page. Its style is in the
// page and allowed by its hash; nothing else can be loaded or run.
func (s *server) readableContract(c echo.Context) error {
	sum := sha256.Sum256([]byte(docsCSS))
	c.Response().Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	return write(c, http.StatusOK, "text/html; charset=utf-8", s.docs)
}

// mustRenderContract makes both forms of the contract, once for all. It is
// part of the program: that it can be read is for a test to show.
var mustRenderContract = sync.OnceValues(func() (asJSON, asPage []byte) {
	var whole map[string]any
	var doc document
	var page bytes.Buffer
	for _, step := range []func() error{
		func() error { return yaml.Unmarshal(contractYAML, &whole) },
		func() error { return yaml.Unmarshal(contractYAML, &doc) },
		func() (err error) { asJSON, err = json.Marshal(whole); return err },
		func() error {
			t, err := template.New("docs").Parse(docsHTML)
			if err != nil {
				return err
			}
			return t.Execute(&page, struct {
				document
				Style template.CSS
			}{doc, template.CSS(docsCSS)})
		},
	} {
		if err := step(); err != nil {
			panic("httpapi: openapi.yaml: " + err.Error())
		}
	}
	return asJSON, page.Bytes()
})

// document is what the readable page shows of the contract.
type document struct {
	Info struct {
		Title, Summary, Description string
	}
	Tags []struct {
		Name, Description string
	}
	Paths      map[string]map[string]yaml.Node
	Components struct {
		Parameters map[string]parameter
		Schemas    map[string]schema
		Responses  map[string]response
	}
}

type operation struct {
	Method, Path         string `yaml:"-"`
	Tags                 []string
	OperationID          string `yaml:"operationId"`
	Summary, Description string
	Security             *[]any
	Parameters           []parameter
	RequestBody          *struct {
		Content map[string]media
	} `yaml:"requestBody"`
	Responses map[string]response
}

// Open reports an operation that needs no access token.
func (o operation) Open() bool { return o.Security != nil && len(*o.Security) == 0 }

type parameter struct {
	Ref         string `yaml:"$ref"`
	Name, In    string
	Description string
	Schema      schema
}

type response struct {
	Ref         string `yaml:"$ref"`
	Description string
	Content     map[string]media
}

type media struct{ Schema schema }

type schema struct {
	Ref         string `yaml:"$ref"`
	Type        any
	Format      string
	Description string
	Enum        []string
	Required    []string
	Properties  map[string]schema
	Items       *schema
	MinLength   *int `yaml:"minLength"`
	MaxLength   *int `yaml:"maxLength"`
	Minimum     *int
	Maximum     *int
}

// Needs reports whether the member must be there.
func (s schema) Needs(name string) bool { return slices.Contains(s.Required, name) }

// Name is the last part of a reference.
func (s schema) Name() string { return last(s.Ref) }

func last(ref string) string { return ref[strings.LastIndex(ref, "/")+1:] }

// Operations lists the operations of a tag, by path and method.
func (d document) Operations(tag string) ([]operation, error) {
	var found []operation
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			node, ok := d.Paths[path][method]
			if !ok {
				continue
			}
			o := operation{}
			if err := node.Decode(&o); err != nil {
				return nil, err
			}
			o.Method, o.Path = strings.ToUpper(method), path
			for i, p := range o.Parameters {
				if p.Ref != "" {
					o.Parameters[i] = d.Components.Parameters[last(p.Ref)]
				}
			}
			for status, r := range o.Responses {
				if r.Ref != "" {
					o.Responses[status] = d.Components.Responses[last(r.Ref)]
				}
			}
			if slices.Contains(o.Tags, tag) {
				found = append(found, o)
			}
		}
	}
	return found, nil
}
