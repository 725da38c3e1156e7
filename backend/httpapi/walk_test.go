package httpapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/marquee/backend/httpapi"
	"example.com/marquee/common/marquee"
)

// walker provokes every status that the contract lists, by the one way each has.
type walker struct {
	*rig
	people int
	guards int // people with a second factor
	last   person
	boss   string // id of the only superuser
}

// bodies are the bodies that each operation takes well.
var bodies = map[string]string{
	"PUT /api/v1/users/me":              `{}`,
	"PATCH /api/v1/users/me":            `{}`,
	"POST /api/v1/auth/logout":          `{}`,
	"PUT /api/v1/movies/{id}/rating":    `{"rating": 8}`,
	"PUT /api/v1/movies/{id}/watched":   `{"watched_on": "2026-02-28"}`,
	"POST /api/v1/users/me/library":     `{"items": [{"title": "Parasite", "year": 2019, "rating": 8}]}`,
	"POST /api/v1/auth/refresh":         `{"refresh_token": "nothing"}`,
	"POST /api/v1/auth/login":           `{"username": "nobody", "password": "nothing at all"}`,
	"POST /api/v1/users":                `{}`,
	"POST /api/v1/auth/login/mfa":       `{"mfa_token": "nothing", "code": "123456"}`,
	"POST /api/v1/auth/step-up":         `{"password": "wrong"}`,
	"PUT /api/v1/auth/mfa/totp":         `{"code": "123456"}`,
	"PUT /api/v1/movies/{id}/watchlist": ``,
	"PATCH /api/v1/admin/users/{id}":    `{"is_active": true}`,
	"DELETE /api/v1/users/me":           `{"current_password": "wrong"}`,
	"POST /api/v1/auth/token":           `{}`,
	"POST /api/v1/users/me/keys":        `{}`,
	"POST /api/v1/auth/device/{id}":     `{"approve": true}`,
	"PATCH /api/v1/users/me/keys/{id}":  `{"name": "another"}`,
}

// person is somebody who has just signed in.
type person struct {
	name, access, refresh, session string
}

// person signs somebody in without HTTP, so that the limits stay for the steps.
func (w *walker) person() person {
	w.people++
	name := "walker" + strconv.Itoa(w.people/8) // eight sessions each: below the cap
	if w.people%8 == 0 || w.people == 1 {
		r := marquee.Registration{Email: name + "@example.com", Username: name, Password: goodPassword, Origin: w.origin()}
		if _, err := w.faults.Auth.Register(w.Context(), r); err != nil {
			w.Fatal(err)
		}
	}
	t, err := w.faults.Auth.Login(w.Context(), marquee.Credentials{
		Login: name, Password: goodPassword, Origin: w.origin()})
	if err != nil {
		w.Fatal(err)
	}
	return person{name, t.AccessToken, t.RefreshToken, t.SessionID}
}

// origin is where the person who comes next is: each has a network and so
// limits of his own.
func (w *walker) origin() marquee.Origin {
	return marquee.Origin{Address: fmt.Sprintf("198.51.%d.%d", w.people/200, 1+w.people%200), Client: "api"}
}

// superuser signs the only one in.
func (w *walker) superuser() person {
	r := marquee.Registration{Email: "boss@example.com", Username: "boss", Password: goodPassword}
	if w.boss == "" {
		u, err := w.operator.CreateUser(w.Context(), r, true)
		if err != nil {
			w.Fatal(err)
		}
		w.boss = u.ID
	}
	t, err := w.faults.Auth.Login(w.Context(), marquee.Credentials{Login: r.Username, Password: goodPassword, Origin: marquee.Origin{Address: "203.0.113.250", Client: "api"}})
	if err != nil {
		w.Fatal(err)
	}
	return person{r.Username, t.AccessToken, t.RefreshToken, t.SessionID}
}

// occupy sees to it that somebody has the name.
func (w *walker) occupy() {
	r := marquee.Registration{Email: "occupied@example.com", Username: "occupied", Password: goodPassword}
	if _, err := w.faults.Auth.Register(w.Context(), r); err != nil && !marquee.IsCode(err, marquee.CodeUsernameTaken) {
		w.Fatal(err)
	}
}

func (w *walker) provoke(method, path, status string) {
	w.Helper()
	// Steps that may end a session get one of their own.
	if strings.Contains(path, "/auth/") || w.last.access == "" {
		w.last = w.person()
	}
	p := w.last
	id := w.film
	switch {
	case strings.Contains(path, "/device/"):
		id = w.device()
	case strings.Contains(path, "sessions"):
		id = p.session
	case strings.Contains(path, "/admin/"):
		p, id = w.superuser(), w.boss
	}
	q := request{method: method, path: strings.Replace(path, "{id}", id, 1), token: p.access}
	if text := bodies[method+" "+path]; text != "" {
		q.json = text
	}
	switch status {
	case "200", "201", "204":
		if strings.HasSuffix(path, "/events") {
			w.listen(p.access).Close()
			return
		}
		w.well(q, p, path)
	case "304":
		q.header = map[string]string{"If-None-Match": w.send(q).header.Get("ETag")}
		w.send(q)
	case "400":
		if strings.HasSuffix(path, "/auth/token") {
			q.json, q.form = nil, url.Values{"grant_type": {"password"}}
			w.send(q)
			return
		}
		w.malformed(q)
	case "401":
		q.token = ""
		if opens := strings.HasSuffix(path, "/users") || strings.HasSuffix(path, "/challenge") || strings.HasSuffix(path, "/token") || strings.HasSuffix(path, "/device"); opens {
			q.header = map[string]string{"X-Marquee-Gateway": "nobody"} // not an SSH server that is trusted
		}
		w.send(q)
	case "403":
		if method == http.MethodDelete && strings.HasSuffix(path, "/users/me") {
			w.send(q)
			return
		}
		if strings.Contains(path, "/admin/") {
			q.token = w.person().access
			w.send(q)
			return
		}
		if strings.Contains(path, "/me/keys") { // the sign-in is too old
			w.tooOldForKeys(q, p)
			return
		}
		if strings.Contains(path, "/auth/mfa/") || strings.HasSuffix(path, "/export") || strings.Contains(path, "/device/") { // the sign-in is too old
			w.clock.advance(11 * time.Minute)
			w.send(q)
			return
		}
		q.json = `{"password": "another-long-phrase-7", "current_password": "wrong"}`
		w.send(q)
	case "404":
		q.path = strings.Replace(path, "{id}", "unknown", 1)
		w.send(q)
	case "409":
		if strings.Contains(path, "/admin/") {
			q.json = `{"is_superuser": false}`
			w.send(q)
			return
		}
		if method == http.MethodDelete {
			q.token, q.json = w.superuser().access, object{"current_password": goodPassword}
			w.send(q)
			return
		}
		if strings.HasSuffix(path, "/me/keys") {
			w.linkTwice()
			return
		}
		w.occupy()
		q.token = w.person().access // recently signed in
		q.json = object{"username": "occupied", "email": "new@example.com", "password": goodPassword, "current_password": goodPassword}
		q.off = true
		w.send(q)
	case "413":
		q.json = `{"x": "` + strings.Repeat("x", 70<<10) + `"}`
		w.send(q)
	case "415":
		q.json, q.header = `{}`, map[string]string{"Content-Type": "text/plain"}
		w.send(q)
	case "422":
		if strings.HasSuffix(path, "/auth/token") {
			q.json, q.form = nil, url.Values{"grant_type": {""}}
		} else if strings.HasSuffix(path, "watched") && q.json == nil {
			q.path += "?on=yesterday"
		} else if q.json == nil {
			q.path += "?limit=0"
		} else if strings.HasSuffix(path, "logout") {
			q.path += "?scope=everybody"
		} else {
			q.json = `{"username": 1, "name": 1, "is_active": 1, "approve": 1, "refresh_token": 1, "rating": 11, "watched_on": "yesterday", "items": [{"title": "", "year": 0}]}`
		}
		w.send(q)
	case "429":
		w.tooOften(q, path)
	case "500":
		w.broken("panic", q)
	case "503":
		w.broken("unavailable", q)
	default:
		w.Errorf("no way to provoke %s %s %s", method, path, status)
	}
}

// device asks to be let in, and shows a code.
func (w *walker) device() (userCode string) {
	w.Helper()
	d, err := w.faults.Auth.AskDevice(w.Context(), w.origin())
	must(w, err)
	return d.UserCode
}

// well sends what each operation takes, where the general body does not do.
func (w *walker) well(q request, p person, path string) {
	switch path {
	case "/api/v1/users":
		q.json = object{"email": "fresh@example.com", "username": "fresh", "password": goodPassword}
	case "/api/v1/users/me/export":
		q.token = w.person().access // recently signed in
	case "/api/v1/users/me":
		if q.method == http.MethodDelete {
			w.register("leaver")
			q.token, q.json = w.login("leaver").str("access_token"), object{"current_password": goodPassword}
		}
	case "/api/v1/auth/login":
		q.json = object{"username": p.name, "password": goodPassword}
	case "/api/v1/auth/login/mfa":
		g := w.guarded()
		q.json = object{"mfa_token": g.attempt, "code": g.recovery}
	case "/api/v1/auth/step-up":
		q.json = object{"password": goodPassword}
	case "/api/v1/auth/mfa/totp":
		if q.method == http.MethodPut {
			g := w.guarded()
			q.token = g.access
			q.json = object{"code": w.code(w.send(request{method: "POST", path: path, token: g.access}).str("secret"))}
		}
	case "/api/v1/auth/mfa/recovery-codes":
		q.token = w.guarded().access
	case "/api/v1/auth/refresh":
		q.json = object{"refresh_token": p.refresh}
	case "/api/v1/users/me/keys":
		if q.method == http.MethodPost {
			q.token, q.json = w.person().access, w.linkBody(newHolder(w))
		}
	case "/api/v1/auth/token":
		q.json, q.form = nil, w.keyForm()
	case "/api/v1/users/me/keys/{id}":
		p := w.person()
		q.token = p.access
		q.path = "/api/v1/users/me/keys/" + w.send(request{method: "POST", path: "/api/v1/users/me/keys", token: p.access, json: w.linkBody(newHolder(w))}).str("id")
	}
	w.send(q)
}

// malformed sends a body that is none or, where none is read, two
// Authorization headers.
func (w *walker) malformed(q request) {
	if q.json != nil {
		q.json = `{`
		w.send(q)
		return
	}
	req, err := http.NewRequestWithContext(w.Context(), q.method, w.url+q.path, nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Header["Authorization"] = []string{"Bearer a", "Bearer b"}
	w.sendRaw(req)
}

func (w *walker) tooOften(q request, path string) {
	p := w.person()
	if strings.HasSuffix(path, "/events") {
		for range httpapi.DefaultStreams().PerUser {
			defer w.listen(p.access).Close()
		}
		q.token = p.access
	}
	switch path {
	case "/api/v1/auth/mfa/recovery-codes":
		q.token = w.guarded().access
	case "/api/v1/users/me/keys/{id}":
		q.token = p.access
		q.path = "/api/v1/users/me/keys/" + w.send(request{method: "POST", path: "/api/v1/users/me/keys", token: p.access, json: w.linkBody(newHolder(w))}).str("id")
	}
	for i := range 100 {
		switch path {
		case "/api/v1/users/me/export":
			q.token = p.access
		case "/api/v1/users":
			n := strconv.Itoa(i)
			q.json = object{"email": "many" + n + "@example.com", "username": "many" + n, "password": goodPassword}
		case "/api/v1/auth/token":
			q.json, q.form = nil, url.Values{"grant_type": {"ssh-signature"}, "nonce": {"x"}, "origin": {"x"}, "signature": {"x"}}
		case "/api/v1/users/me/keys":
			q.token, q.json = p.access, object{"name": "x", "nonce": "x", "origin": "x", "signature": "x"}
		case "/api/v1/users/me":
			if q.token = p.access; q.method == http.MethodDelete {
				break
			}
			q.json = `{"password": "another-long-phrase-7", "current_password": "wrong"}`
		}
		if w.send(q).status == http.StatusTooManyRequests {
			return
		}
	}
}

func (w *walker) broken(how string, q request) {
	w.faults.set(how)
	defer w.faults.set("")
	switch q.path {
	case "/api/v1/users":
		q.json = object{"email": "unlucky@example.com", "username": "unlucky", "password": goodPassword}
	case "/api/v1/auth/token":
		q.json, q.form = nil, url.Values{"grant_type": {"ssh-signature"}, "nonce": {"x"}, "origin": {"x"}, "signature": {"x"}}
	case "/readyz":
		w.notReady.Store(true)
		defer w.notReady.Store(false)
	}
	w.send(q)
}
