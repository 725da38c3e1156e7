package credentials_test

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/zalando/go-keyring"

	"example.com/marquee/tui/credentials"
)

// ring is a keyring of the test's own.
type ring struct {
	mu      sync.Mutex
	secrets map[string]string
	broken  error
	hangs   bool
	asked   int
}

func (r *ring) reach() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.hangs {
		r.mu.Unlock()
		select {} // for ever, as a locked one that nobody opens
	}
	return r.broken
}

func (r *ring) Get(name string) (string, error) {
	if err := r.reach(); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.secrets[name]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return s, nil
}

func (r *ring) Set(name, secret string) error {
	if err := r.reach(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets[name] = secret
	return nil
}

func (r *ring) Delete(name string) error {
	if err := r.reach(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.secrets, name)
	return nil
}

func newRing() *ring { return &ring{secrets: map[string]string{}} }

func accounts(t *testing.T, dir string, r credentials.Keyring) *credentials.Accounts {
	t.Helper()
	a, err := credentials.OpenAccounts(dir, r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func forSignIn(t *testing.T, a *credentials.Accounts, server, name string) *credentials.File {
	t.Helper()
	f, err := a.ForSignIn(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// With a keyring no token is in the file; a sign-out leaves nothing in either.
func TestTokensRestInTheKeyring(t *testing.T) {
	dir, r := t.TempDir(), newRing()
	f := forSignIn(t, accounts(t, dir, r), "https://a.example", "minji")
	for _, token := range []string{"secret-r1", "secret-r2"} { // a sign-in and a rotation
		if err := f.Save(t.Context(), held(token)); err != nil {
			t.Fatal(err)
		}
		raw, _ := os.ReadFile(f.Path())
		if strings.Contains(string(raw), "secret") || !f.InKeyring() || load(t, f).RefreshToken != token {
			t.Errorf("after %s: %v, file %s", token, load(t, f), raw)
		}
	}
	if load(t, f).ObtainedAt.Year() != 2026 {
		t.Error("when it was obtained is lost")
	}
	if err := f.Clear(t.Context(), "secret-r1"); err != nil || load(t, f).Empty() {
		t.Error("a newer pair is gone", err)
	}
	if err := f.Clear(t.Context(), "secret-r2"); err != nil || !load(t, f).Empty() || len(r.secrets) != 0 {
		t.Error("something is left", err, r.secrets)
	}
}

// Where the keyring fails, the file takes the pair; the session stays there
// and does not ask the keyring again.
func TestFileWhereTheKeyringFails(t *testing.T) {
	dir, r := t.TempDir(), newRing()
	r.broken = errors.New("no such service")
	f := forSignIn(t, accounts(t, dir, r), "https://a.example", "minji")
	if err := f.Save(t.Context(), held("r1")); err != nil || f.InKeyring() || load(t, f).RefreshToken != "r1" {
		t.Fatal("lost", err)
	}
	asked := r.asked
	r.broken = nil
	if err := f.Save(t.Context(), held("r2")); err != nil || f.InKeyring() || r.asked != asked {
		t.Error("a rotation moved", err, r.asked)
	}
}

// A keyring that never answers costs 2 s and no session.
func TestKeyringThatHangs(t *testing.T) {
	dir, r := t.TempDir(), newRing()
	a := accounts(t, dir, r)
	kept := forSignIn(t, a, "https://a.example", "minji")
	if err := kept.Save(t.Context(), held("in the ring")); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	r.hangs = true
	r.mu.Unlock()
	if h, err := kept.Load(t.Context()); !errors.Is(err, credentials.ErrKeyring) || !h.Empty() {
		t.Errorf("%v, %v", h, err)
	}
	if _, err := os.Stat(kept.Path()); err != nil {
		t.Error("the session was given up: ", err)
	}
	f := forSignIn(t, a, "https://b.example", "minji")
	if err := f.Save(t.Context(), held("r")); err != nil || f.InKeyring() || load(t, f).RefreshToken != "r" {
		t.Error("the file did not take it", err)
	}
}

func TestAccountsSideBySide(t *testing.T) {
	dir := t.TempDir()
	a := accounts(t, dir, nil)
	sign := func(server, name string) {
		t.Helper()
		f := forSignIn(t, a, server, name)
		if err := f.Save(t.Context(), held("of "+name+" at "+server)); err != nil {
			t.Fatal(err)
		}
		if err := a.Choose(t.Context(), f, name, server); err != nil {
			t.Fatal(err)
		}
	}
	of := func(server, name string) string {
		t.Helper()
		f, err := a.Open(server, name)
		if err != nil {
			t.Fatal(err)
		}
		return load(t, f).RefreshToken
	}
	sign("x", "minji")
	sign("x", "Haneul")
	sign("y", "minji")
	sign("x", "minji") // the same again takes no other place
	for _, want := range [][3]string{{"x", "", "of minji at x"}, {"x", "haneul", "of Haneul at x"}, {"y", "", "of minji at y"}, {"z", "", ""}} {
		if got := of(want[0], want[1]); got != want[2] {
			t.Errorf("%s %s: %q", want[0], want[1], got)
		}
	}
	if _, err := a.Open("y", "haneul"); !errors.Is(err, credentials.ErrNoAccount) {
		t.Errorf("an account of another server: %v", err)
	}
	list, err := accounts(t, dir, nil).List()
	if err != nil || len(list) != 3 || a.Server() != "x" {
		t.Errorf("%v %v %s", list, err, a.Server())
	}
	f, _ := a.Open("x", "haneul")
	if err := f.Clear(t.Context(), load(t, f).RefreshToken); err != nil {
		t.Fatal(err)
	}
	if list, _ := a.List(); len(list) != 2 {
		t.Errorf("after a sign-out: %v", list)
	}
	if got := forSignIn(t, a, "x", "somebody").Path(); got != f.Path() {
		t.Errorf("a free place is not taken: %s", got)
	}
}
