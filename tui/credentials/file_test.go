package credentials_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/credentials"
)

func held(refresh string) client.Held {
	return client.Held{
		Tokens:     marquee.Tokens{AccessToken: "a-" + refresh, RefreshToken: refresh, SessionID: "s1", ExpiresIn: 1800},
		ObtainedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func open(t *testing.T, dir, server string) *credentials.File {
	t.Helper()
	f, err := credentials.Open(dir, server)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func load(t *testing.T, f *credentials.File) client.Held {
	t.Helper()
	h, err := f.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestServersSideBySide(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "marquee")
	servers := []string{"https://a.example", "https://a.example:8443", "https://A.example", "https://a.example/x", "local:/데이터"}
	for i, s := range servers {
		if err := open(t, dir, s).Save(t.Context(), held(fmt.Sprint("r", i))); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range servers {
		f := open(t, dir, s)
		if h := load(t, f); h.RefreshToken != fmt.Sprint("r", i) || h.ObtainedAt.Year() != 2026 {
			t.Errorf("%s: %q", s, h.RefreshToken)
		}
		info, err := os.Stat(f.Path())
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", s, info.Mode(), err)
		}
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("directory %v", info.Mode())
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".new-*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestClearOnlyThatOne(t *testing.T) {
	f := open(t, t.TempDir(), "s")
	_ = f.Save(t.Context(), held("new"))
	if err := f.Clear(t.Context(), "old"); err != nil || load(t, f).RefreshToken != "new" {
		t.Fatal("a newer one is gone", err)
	}
	if err := f.Clear(t.Context(), "new"); err != nil || !load(t, f).Empty() {
		t.Fatal("still there", err)
	}
	if err := f.Clear(t.Context(), "new"); err != nil {
		t.Fatal(err)
	}
}

func TestWiderModesAreTightened(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, "s")
	_ = f.Save(t.Context(), held("r"))
	_ = os.Chmod(f.Path(), 0o666)
	_ = os.Chmod(dir, 0o777)
	f = open(t, dir, "s")
	if load(t, f).Empty() {
		t.Fatal("lost")
	}
	file, _ := os.Stat(f.Path())
	folder, _ := os.Stat(dir)
	if file.Mode().Perm() != 0o600 || folder.Mode().Perm() != 0o700 {
		t.Fatalf("%v %v", file.Mode(), folder.Mode())
	}
}

func TestAttack_LinkInPlaceOfTheFile(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, "s")
	_ = f.Save(t.Context(), held("r"))
	if load(t, f).RefreshToken != "r" {
		t.Fatal("without the attack: lost")
	}
	victim := filepath.Join(t.TempDir(), "victim")
	b, _ := os.ReadFile(f.Path())
	_ = os.WriteFile(victim, b, 0o644)
	_ = os.Remove(f.Path())
	if err := os.Symlink(victim, f.Path()); err != nil {
		t.Fatal(err)
	}
	if h, err := f.Load(t.Context()); err == nil || !h.Empty() {
		t.Fatal("the link was followed")
	}
	if info, _ := os.Stat(victim); info.Mode().Perm() != 0o644 {
		t.Fatal("the mode of the other file was changed")
	}
	if err := f.Save(t.Context(), held("r2")); err != nil || load(t, f).RefreshToken != "r2" {
		t.Fatal("a save did not replace the link", err)
	}
	if after, _ := os.ReadFile(victim); string(after) != string(b) {
		t.Fatal("the other file was written")
	}
}

func TestCorruptFileIsSetAside(t *testing.T) {
	for _, content := range []string{"", "{", `{"format":99}`, `{"format":1,"server":"other","tokens":{"refresh_token":"x"}}`} {
		dir := t.TempDir()
		f, _ := credentials.Open(dir, "s")
		_ = os.WriteFile(f.Path(), []byte(content), 0o600)
		if !load(t, f).Empty() {
			t.Errorf("%q was believed", content)
		}
		aside, _ := filepath.Glob(f.Path() + ".corrupt*")
		if len(aside) != 1 {
			t.Fatalf("%q went to %q", content, aside)
		}
		if got, err := os.ReadFile(aside[0]); err != nil || string(got) != content {
			t.Errorf("%q was lost: %v", content, err)
		}
		if err := f.Save(t.Context(), held("r")); err != nil || load(t, f).Empty() {
			t.Errorf("after %q: %v", content, err)
		}
	}
}

func TestLockWaitsNoLongerThanItsContext(t *testing.T) {
	dir := t.TempDir()
	unlock, err := open(t, dir, "s").Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if _, err := open(t, dir, "s").Lock(ctx); err == nil {
		t.Fatal("two hold it")
	}
	unlock()
	unlock, err = open(t, dir, "s").Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

const (
	envDir    = "MARQUEE_CREDENTIALS_TEST_DIR"
	envServer = "MARQUEE_CREDENTIALS_TEST_SERVER"
)

// TestMain runs one more client instead of the tests when it is told to.
func TestMain(m *testing.M) {
	if dir := os.Getenv(envDir); dir != "" {
		os.Exit(oneClient(dir, os.Getenv(envServer)))
	}
	os.Exit(m.Run())
}

func oneClient(dir, server string) int {
	f, err := credentials.Open(dir, server)
	if err != nil {
		return 3
	}
	c, err := client.New(client.Options{BaseURL: server, Tokens: f, Timeout: time.Minute}) // all wait for the last to start
	if err != nil || !c.SignedIn() {
		return 4
	}
	if _, err := c.Me(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 5
	}
	return 0
}

// Eight processes meet one expired token: one rotates, seven adopt its pair.
func TestEightProcessesRefreshOnce(t *testing.T) {
	var mu sync.Mutex
	var refreshes, arrived int
	all := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/auth/refresh", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		refreshes++
		w.Header().Set("Content-Type", "application/json")
		h := held(fmt.Sprint("fresh", refreshes))
		_ = json.NewEncoder(w).Encode(h.Tokens)
	})
	mux.HandleFunc("GET /api/v1/users/me", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer a-fresh1" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"id":"u1"}`))
			return
		}
		// Every process learns of the dead token before one may rotate.
		mu.Lock()
		if arrived++; arrived == 8 {
			close(all)
		}
		mu.Unlock()
		<-all
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(401)
		_, _ = w.Write([]byte(`{"status":401,"code":"invalid_token","detail":"d","instance":"i"}`))
	})
	s := httptest.NewServer(mux)
	defer s.Close()

	dir := t.TempDir()
	h := held("stale")
	h.ObtainedAt = time.Now()
	if err := open(t, dir, s.URL).Save(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), envDir+"="+dir, envServer+"="+s.URL)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	if refreshes != 1 {
		t.Errorf("%d refreshes, want 1", refreshes)
	}
	if got := load(t, open(t, dir, s.URL)).RefreshToken; got != "fresh1" {
		t.Errorf("held %q", got)
	}
}

// What the server knows the device by stays when the session goes.
func TestDeviceTokenOutlivesTheSession(t *testing.T) {
	dir := t.TempDir()
	f, other := open(t, dir, "s"), open(t, dir, "another")
	device := func(f *credentials.File) string {
		t.Helper()
		token, err := f.Device(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	if got := device(f); got != "" {
		t.Errorf("out of nothing %q", got)
	}
	_ = f.Save(t.Context(), held("r"))
	if err := f.SaveDevice(t.Context(), "token-of-this-device"); err != nil {
		t.Fatal(err)
	}
	_ = f.Clear(t.Context(), "r")
	if got := device(open(t, dir, "s")); got != "token-of-this-device" || device(other) != "" || !load(t, f).Empty() {
		t.Errorf("after a sign-out %q, for another server %q", got, device(other))
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.device"))
	if len(files) != 1 {
		t.Fatal(files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	for what, content := range map[string][]byte{"long": make([]byte, 5000), "no text": {0xff, 0xfe}} {
		if err := os.WriteFile(files[0], content, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := device(f); got != "" {
			t.Errorf("%s: %q", what, got)
		}
	}
}
