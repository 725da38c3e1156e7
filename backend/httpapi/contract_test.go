package httpapi_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/httpapi"
	"example.com/marquee/backend/httpapi/contracttest"
)

func TestRoutesAreThoseOfTheContract(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(httpapi.Contract())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	routes := httpapi.Routes()
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			signedIn, ok := routes[method+" "+path]
			if !ok {
				t.Errorf("%s %s is in the contract only", method, path)
			}
			if needsToken := operation.Security == nil; needsToken != signedIn {
				t.Errorf("%s %s: the contract and the routes differ about who may call", method, path)
			}
			delete(routes, method+" "+path)
		}
	}
	for route := range routes {
		t.Errorf("%s is not in the contract", route)
	}
}

// Every object lists its members and says which must be there, so that a
// member too many in an answer is a fault.
func TestSchemasAreClosed(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(httpapi.Contract())
	if err != nil {
		t.Fatal(err)
	}
	objects := 0
	for name, ref := range doc.Components.Schemas {
		s := ref.Value
		if s.Type == nil || !s.Type.Is("object") {
			continue
		}
		objects++
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			t.Errorf("%s is open", name)
		}
		partial := name == "UserPatch" || name == "UserChange" || name == "KeyPatch" || name == "LogoutRequest"
		if len(s.Required) == 0 && !partial {
			t.Errorf("%s requires nothing", name)
		}
		for _, member := range s.Required {
			if s.Properties[member] == nil {
				t.Errorf("%s requires %s and does not describe it", name, member)
			}
		}
	}
	if objects < 15 {
		t.Errorf("only %d objects", objects)
	}
}

func TestEveryOperationAndStatusIsSeen(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		defaults := auth.DefaultLimits()
		r := newRig(t, with, options{limits: &defaults})
		walk := &walker{rig: r}
		listed := r.seen.Listed()
		isLimit := func(o string) bool { return strings.HasSuffix(o, " 429") }
		limits := slices.DeleteFunc(slices.Clone(listed), func(o string) bool { return !isLimit(o) })
		// Limits last: they stay used up.
		for _, listed := range append(slices.DeleteFunc(listed, isLimit), limits...) {
			method, rest, _ := strings.Cut(listed, " ")
			path, status, _ := strings.Cut(rest, " ")
			walk.provoke(method, path, status)
		}
		if unseen := r.seen.Unseen(); len(unseen) > 0 {
			t.Errorf("the contract promises what no exchange showed:\n%s", strings.Join(unseen, "\n"))
		}
	})
}

func TestContractIsServedAsJSONAndAsPage(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		served := r.want(r.send(request{method: "GET", path: "/api/v1/openapi.json"}), 200, "")
		again, err := contracttest.New([]byte(served.text)) // JSON is YAML
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again.Listed(), r.seen.Listed()) {
			t.Error("the served contract lists other operations")
		}

		page := r.want(r.send(request{method: "GET", path: "/docs"}), 200, "")
		for _, word := range []string{"/api/v1/auth/refresh", "wrong_credentials", "PATCH", "<code>current_password</code>", "up to 32 characters"} {
			if !strings.Contains(page.text, word) {
				t.Errorf("the page does not say %q", word)
			}
		}
		for _, outside := range []string{"src=", "<script", "@import", "url(", "<link", "http://", "https://"} {
			if strings.Contains(page.text, outside) {
				t.Errorf("the page holds %q", outside)
			}
		}
		csp := page.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		schemas := slices.Collect(maps.Keys(served.json["components"].(map[string]any)["schemas"].(map[string]any)))
		for _, name := range schemas {
			if !strings.Contains(page.text, `id="schema-`+name+`"`) {
				t.Errorf("the page leaves out %s", name)
			}
		}
	})
}
