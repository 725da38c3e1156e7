package web

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

//go:embed templates/*.html
var templateFiles embed.FS

// views is every page, parsed once.
type views struct {
	byName map[string]*template.Template
	style  string // paths
	icon   string
}

func loadViews(stylePath, iconPath string) *views {
	v := &views{byName: map[string]*template.Template{}, style: stylePath, icon: iconPath}
	base := template.Must(template.New("").Funcs(template.FuncMap{
		"join": strings.Join, "titles": titlesOf,
		"list": func(v view, films []marquee.Movie, from string) filmList { return filmList{v, films, from} },
	}).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"))
	names, _ := fs.Glob(templateFiles, "templates/*.html")
	for _, name := range names {
		page := strings.TrimSuffix(path.Base(name), ".html")
		if page == "layout" || page == "parts" {
			continue
		}
		v.byName[page] = template.Must(template.Must(base.Clone()).ParseFS(templateFiles, name))
	}
	return v
}

// view is what every template gets.
type view struct {
	*lang.Messages
	Title string
	Style string
	Icon  string
	Path  string
	Now   time.Time
	// Zone is where moments are dated.
	Zone *time.Location
	// Back is where the choice of a language returns to.
	Back string
	User *marquee.User
	// Nobody is signed in. Without a User as well it is not known who looks.
	Nobody bool
	// Form is the token that the page's forms carry.
	Form string
	Body any
}

// Current says how a link of the navigation leads to this page: "page" where it
// is this very one, "true" where it is a part of it, "" elsewhere.
func (v view) Current(path string) string {
	switch {
	case v.Path == path:
		return "page"
	case strings.HasPrefix(v.Path, path+"/"):
		return "true"
	}
	return ""
}

// show writes a page. It is rendered as a whole first: a template that fails
// half way must not leave half a page with status 200.
func (s *server) show(w http.ResponseWriter, v *visit, status int, name, title string, body any) {
	var page bytes.Buffer
	err := s.views.byName[name].ExecuteTemplate(&page, "layout", view{
		Messages: v.msgs, Title: title, Style: s.views.style, Icon: s.views.icon, Path: v.URL.Path, Now: s.Clock(), Zone: s.zoneOf(v), Back: s.backTo(v.Request),
		User: v.user, Nobody: v.nobody, Form: formToken(s.FormKey, v.cookie), Body: body,
	})
	if err != nil {
		if err = marquee.Wrap(marquee.CodeInternal, "make the page "+name, err); name != "error" {
			s.fail(w, v, err)
			return
		}
		s.Log.Error("the page of an error could not be made", "request_id", marquee.RequestIDFrom(v.ctx()), "error", err)
		http.Error(w, v.msgs.T("error.internal")+" "+marquee.RequestIDFrom(v.ctx()), http.StatusInternalServerError)
		return
	}
	s.Log.Debug("page", "name", name, "status", status, "request_id", marquee.RequestIDFrom(v.ctx()))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", v.msgs.Tag())
	w.WriteHeader(status)
	_, _ = w.Write(bytes.ToValidUTF8(page.Bytes(), []byte("\uFFFD"))) // what was typed comes back, and need not be text
}
