package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The key and the thumbprint of RFC 8037, appendices A.2 and A.3.
func knownThumbprint(t *testing.T) {
	public, err := base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	if got := thumbprint(ed25519.PublicKey(public)); got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("got %s", got)
	}
}

// keyTable is SQL's table of signing keys, in memory.
type keyTable struct {
	mu      sync.Mutex
	keys    []WrappedKey
	changes int
	asked   int
	err     error
	clock   func() time.Time // nil: time.Now
}

func (k *keyTable) SigningKeys(context.Context) ([]WrappedKey, string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.keys), strconv.Itoa(k.changes), k.err
}

func (k *keyTable) SigningKeysVersion(context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked++
	return strconv.Itoa(k.changes), k.err
}

func (k *keyTable) ChangeSigningKeys(_ context.Context, change func([]WrappedKey, time.Time) ([]WrappedKey, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	if k.clock != nil {
		now = k.clock()
	}
	changed, err := change(slices.Clone(k.keys), now)
	if err != nil {
		return err
	}
	for _, w := range changed {
		i := slices.IndexFunc(k.keys, func(o WrappedKey) bool { return o.ID == w.ID })
		if i < 0 {
			k.keys = append(k.keys, w)
		} else {
			k.keys[i] = w
		}
	}
	k.changes++
	return k.err
}

func (k *keyTable) ResealSigningKey(_ context.Context, id string, sealed []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.keys {
		if k.keys[i].ID == id {
			k.keys[i].Sealed = sealed
		}
	}
	return k.err
}

func (k *keyTable) lookups() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.asked
}

// put has another process add a key.
func (k *keyTable) put(w WrappedKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys = append(k.keys, w)
	k.changes++
}

func testRing(table *keyTable, masters masterKeys, algorithm string, now func() time.Time) *keyRing {
	return &keyRing{
		store: table, masters: masters, algorithm: algorithm, life: 30 * time.Minute,
		now: now, log: slog.New(slog.DiscardHandler),
	}
}

func signingID(tb testing.TB, r *keyRing) string {
	tb.Helper()
	k, err := r.signing()
	if err != nil {
		tb.Fatal(err)
	}
	return k.id
}

func TestSigningKeySurvivesChangeOfMaster(t *testing.T) {
	ctx, table := context.Background(), &keyTable{}
	if err := testRing(table, testMasters(t, "one", ""), AlgorithmEdDSA, time.Now).start(ctx); err != nil {
		t.Fatal(err)
	}
	first, sealed := table.keys[0].ID, table.keys[0].Sealed
	changed := testRing(table, testMasters(t, "two", "one"), AlgorithmEdDSA, time.Now)
	if err := changed.start(ctx); err != nil {
		t.Fatal(err)
	}
	if signingID(t, changed) != first || len(table.keys) != 1 {
		t.Error("the key did not survive")
	}
	if bytes.Equal(table.keys[0].Sealed, sealed) {
		t.Error("the key was not sealed anew")
	}
	if err := testRing(table, testMasters(t, "two", ""), AlgorithmEdDSA, time.Now).start(ctx); err != nil {
		t.Errorf("the present secret alone: %v", err)
	}
	err := testRing(table, testMasters(t, "three", ""), AlgorithmEdDSA, time.Now).start(ctx)
	if err == nil || len(table.keys) != 1 {
		t.Error("a start with a foreign secret must fail and make no other key")
	}
}

func signingKeyMoved(t *testing.T) {
	masters := testMasters(t, "one", "")
	a, _ := newSigningKey(masters.present, time.Now(), time.Now())
	b, _ := newSigningKey(masters.present, time.Now(), time.Now())
	if _, _, err := openKey(masters, a); err != nil {
		t.Fatalf("twin: %v", err)
	}
	moved := a
	moved.Sealed = b.Sealed
	if _, _, err := openKey(masters, moved); err == nil {
		t.Error("a key sealed for another row was opened")
	}
	swapped := a
	swapped.Public = b.Public
	if _, _, err := openKey(masters, swapped); err == nil {
		t.Error("a key with another's public part was opened")
	}
}

func publicMembersOnly(t *testing.T) {
	ring := testRing(&keyTable{}, testMasters(t, "one", ""), AlgorithmEdDSA, time.Now)
	if err := ring.start(context.Background()); err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(ring.set.Load().jwks(time.Now()), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s %v", ring.set.Load().jwks(time.Now()), err)
	}
	for name := range set.Keys[0] {
		if !strings.Contains(" crv kty x kid use alg ", " "+name+" ") {
			t.Errorf("member %q", name)
		}
	}
	if set.Keys[0]["kid"] != signingID(t, ring) || set.Keys[0]["use"] != "sig" || set.Keys[0]["alg"] != "EdDSA" {
		t.Errorf("got %v", set.Keys[0])
	}
	secret := testRing(&keyTable{}, testMasters(t, "one", "two"), AlgorithmHS256, time.Now)
	if err := secret.start(context.Background()); err != nil || string(secret.set.Load().jwks(time.Now())) != `{"keys":[]}` {
		t.Errorf("a secret key in the public set: %s %v", secret.set.Load().jwks(time.Now()), err)
	}
}
