//go:build unix

package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// signIn makes an account at the home's server and signs in by the program.
func (h home) signIn(t *testing.T, name string) {
	t.Helper()
	person(t.Context(), t, h.server, name)
	cmd := h.command(t, "login", name, "--password-stdin")
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// tokens returns what rests in the home's only file.
func (h home) tokens(t *testing.T) (file string, record map[string]any, tokens marquee.Tokens) {
	t.Helper()
	for _, file := range h.credentials(t) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var held struct {
			Tokens marquee.Tokens `json:"tokens"`
		}
		if err := json.Unmarshal(raw, &held); err == nil && held.Tokens.RefreshToken != "" {
			_ = json.Unmarshal(raw, &record)
			return file, record, held.Tokens
		}
	}
	t.Fatal("no tokens rest anywhere")
	return "", nil, tokens
}

// spoilAccessToken makes the access token one that the server refuses.
func (h home) spoilAccessToken(t *testing.T) {
	t.Helper()
	file, record, tokens := h.tokens(t)
	at := strings.LastIndex(tokens.AccessToken, ".") + 1
	record["tokens"].(map[string]any)["access_token"] = tokens.AccessToken[:at] + strings.Repeat("A", len(tokens.AccessToken)-at)
	raw, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Eight programs meet one dead access token: one rotates, seven take its pair,
// nobody notices.
func TestEightProcessesRotateOnce(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	front := frontOf(t, openCinema(t))
	h := newHome(t)
	h.server = front.URL
	h.signIn(t, "minji")
	h.spoilAccessToken(t)

	const processes = 8
	var arrived atomic.Int32
	all := make(chan struct{})
	// Every process has the dead token at the server before one may rotate.
	hold := func(r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/users/me") {
			return
		}
		if arrived.Add(1) == processes {
			close(all)
		}
		<-all
	}
	front.hold.Store(&hold)
	type end struct {
		out, notes string
		code       int
	}
	ends := make(chan end, processes)
	for range processes {
		go func() {
			out, notes, code := h.run(t, "whoami")
			ends <- end{out, notes, code}
		}()
	}
	for range processes {
		if e := <-ends; e.code != 0 || e.out != "minji\n" {
			t.Errorf("exit %d: %s%s", e.code, e.out, e.notes)
		}
	}
	if n := front.refreshes.Load(); n != 1 {
		t.Errorf("%d rotations, want 1", n)
	}
	for _, word := range []string{"reuse", "session_ended", "elsewhere"} {
		if out := h.mustRun(t, 0, nil, "activity", "--json"); strings.Contains(out, word) {
			t.Errorf("%s in %s", word, out)
		}
	}
}

// A keyring that takes connections and never answers holds a sign-in for its
// two seconds and no longer; the file takes the pair, and that is said.
func TestSignInBesideAKeyringThatHangs(t *testing.T) {
	h := newHome(t)
	h.server = openCinema(t).url
	person(t.Context(), t, h.server, "minji")
	bus, err := net.Listen("unix", filepath.Join(h.dir, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	asked := make(chan struct{}, 1)
	go func() {
		for {
			c, err := bus.Accept()
			if err != nil {
				return
			}
			defer c.Close() // with the listener, and not when the collector comes by
			select {
			case asked <- struct{}{}:
			default:
			}
		}
	}()
	login := func(more ...string) string {
		t.Helper()
		cmd := h.command(t, "login", "minji", "--password-stdin")
		cmd.Env = append(append(cmd.Env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+bus.Addr().String()), more...)
		cmd.Stdin = strings.NewReader(password + "\n")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return string(out)
	}
	if out := login(); !strings.Contains(out, ".json, which only you can read") {
		t.Errorf("said: %s", out)
	}
	select {
	case <-asked:
	default:
		t.Error("the keyring was not asked")
	}
	login("MARQUEE_KEYRING=off")
	select {
	case <-asked:
		t.Error("the keyring was asked although it is off")
	default:
	}
	h.mustRun(t, 0, []string{"minji"}, "whoami")
}
