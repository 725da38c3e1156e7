package web_test

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// mustBeSound checks what holds of every page: it is well-formed, holds no
// script and no style, and can be read by a screen reader.
func mustBeSound(t *testing.T, what, source, language string) {
	t.Helper()
	page, err := html.Parse(strings.NewReader(source))
	must(t, err)
	if written, read := elements(t, what, source), readElements(page); written != read {
		t.Errorf("%s is not read as it is written:\n%s\n%s", what, written, read)
	}
	mustBeReadable(t, what, page, language)
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" || n.Data == "style" || n.Data == "iframe" || n.Data == "base" {
			t.Errorf("%s has a %s", what, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "onpaste" {
				t.Errorf("%s: %s %s=%q", what, n.Data, a.Key, a.Val)
			}
		}
	}
}

var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "path": false}

// elements writes the elements of a source with their depth, as its tags say.
func elements(t *testing.T, what, source string) string {
	t.Helper()
	var b strings.Builder
	var open []string
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("%s: %v never end", what, open)
			}
			return b.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			b.WriteString(strconv.Itoa(len(open)) + token.Data + " ")
			seen := map[string]bool{}
			for _, a := range token.Attr {
				if seen[a.Key] {
					t.Errorf("%s: %s has two %s", what, token.Data, a.Key)
				}
				seen[a.Key] = true
			}
			if !void[token.Data] && token.Type == html.StartTagToken {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			name := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("%s: </%s> inside %v", what, name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// readElements is the same as a browser reads it.
func readElements(page *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if n.Type == html.ElementNode {
			b.WriteString(strconv.Itoa(depth) + n.Data + " ")
			depth++
		}
		for c := range n.ChildNodes() {
			walk(c, depth)
		}
	}
	walk(page, 0)
	return b.String()
}

// mustBeReadable checks a page for people who hear it, and for their programs
// that fill in passwords (ASVS 6.2.7): every input has a name,
// headings go down one by one, there is one main part, and what is pointed at
// is there.
func mustBeReadable(t *testing.T, what string, page *html.Node, language string) {
	t.Helper()
	labels, ids, pointed := map[string]bool{}, map[string]int{}, map[string]bool{}
	level, mains, headings := 0, 0, 0
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		for _, id := range strings.Fields(attr(n, "aria-describedby")) {
			pointed[id] = true
		}
		switch n.Data {
		case "html":
			if attr(n, "lang") != language {
				t.Errorf("%s is in %q", what, attr(n, "lang"))
			}
		case "label":
			labels[attr(n, "for")] = true
			pointed[attr(n, "for")] = attr(n, "for") != ""
		case "a":
			if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok {
				pointed[to] = true
			}
		case "main":
			mains++
		case "h1", "h2", "h3":
			headings++
			if to := int(n.Data[1] - '0'); to > level+1 || to == 1 && headings > 1 {
				t.Errorf("%s: %s after level %d", what, n.Data, level)
			} else {
				level = to
			}
		case "input", "select", "textarea":
			if kind := attr(n, "type"); kind != "hidden" && !labels[attr(n, "id")] && n.Parent.Data != "label" {
				t.Errorf("%s: %s %q has no label", what, n.Data, attr(n, "name"))
			} else if filled := attr(n, "autocomplete"); kind == "password" && filled != "current-password" && filled != "new-password" {
				t.Errorf("%s: a password manager does not know what %q is", what, attr(n, "name"))
			}
		case "button":
			if attr(n, "aria-label") == "" && (n.FirstChild == nil || strings.TrimSpace(n.FirstChild.Data) == "") {
				t.Errorf("%s: a button says nothing", what)
			}
		}
	}
	for id, is := range pointed {
		if is && ids[id] == 0 {
			t.Errorf("%s points at %q, which is not there", what, id)
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: id %q %d times", what, id, n)
		}
	}
	if mains != 1 || headings == 0 {
		t.Errorf("%s: %d main parts, %d headings", what, mains, headings)
	}
}
