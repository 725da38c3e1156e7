package auth

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// The key and the thumbprint of RFC 8037, appendices A.2 and A.3.
func TestThumbprint(t *testing.T) {
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
	keys  []WrappedKey
	asked int
	err   error
}

func (k *keyTable) SigningKeys(context.Context) ([]WrappedKey, error) {
	k.asked++
	return k.keys, k.err
}

func (k *keyTable) AddFirstSigningKey(_ context.Context, w WrappedKey) ([]WrappedKey, error) {
	if len(k.keys) == 0 {
		k.keys = append(k.keys, w)
	}
	return k.keys, k.err
}

func (k *keyTable) ResealSigningKey(_ context.Context, id string, sealed []byte) error {
	for i := range k.keys {
		if k.keys[i].ID == id {
			k.keys[i].Sealed = sealed
		}
	}
	return k.err
}

func testRing(table *keyTable, masters masterKeys, algorithm string, now func() time.Time) *keyRing {
	return &keyRing{
		store: table, masters: masters, algorithm: algorithm, life: 30 * time.Minute,
		now: now, log: slog.New(slog.DiscardHandler),
	}
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
	if changed.signing().id != first || len(table.keys) != 1 {
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

func TestAttack_SigningKeyMoved(t *testing.T) {
	masters := testMasters(t, "one", "")
	a, _ := newSigningKey(masters.present, time.Now())
	b, _ := newSigningKey(masters.present, time.Now())
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

func TestJWKSHoldsPublicMembersOnly(t *testing.T) {
	ring := testRing(&keyTable{}, testMasters(t, "one", ""), AlgorithmEdDSA, time.Now)
	if err := ring.start(context.Background()); err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(ring.set.Load().jwks, &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s %v", ring.set.Load().jwks, err)
	}
	for name := range set.Keys[0] {
		if !strings.Contains(" crv kty x kid use alg ", " "+name+" ") {
			t.Errorf("member %q", name)
		}
	}
	if set.Keys[0]["kid"] != ring.signing().id || set.Keys[0]["use"] != "sig" || set.Keys[0]["alg"] != "EdDSA" {
		t.Errorf("got %v", set.Keys[0])
	}
	secret := testRing(&keyTable{}, testMasters(t, "one", "two"), AlgorithmHS256, time.Now)
	if err := secret.start(context.Background()); err != nil || string(secret.set.Load().jwks) != `{"keys":[]}` {
		t.Errorf("a secret key in the public set: %s %v", secret.set.Load().jwks, err)
	}
}

func TestUnknownKeyIsLookedForOnce(t *testing.T) {
	ctx, table, masters := context.Background(), &keyTable{}, testMasters(t, "one", "")
	now := time.Now()
	ring := testRing(table, masters, AlgorithmEdDSA, func() time.Time { return now })
	if err := ring.start(ctx); err != nil {
		t.Fatal(err)
	}
	table.asked = 0
	unknown := strings.Repeat("A", 43)
	for range 100 {
		if _, err := ring.find(ctx, unknown); !errors.Is(err, errUnknownKey) {
			t.Fatal(err)
		}
		if _, err := ring.find(ctx, "../../dev/null"); !errors.Is(err, errUnknownKey) {
			t.Fatal(err)
		}
	}
	if table.asked != 1 {
		t.Errorf("invented ids cost %d queries", table.asked)
	}
	added, _ := newSigningKey(masters.present, now)
	table.keys = append(table.keys, added)
	now = now.Add(keyReloadPause)
	if _, err := ring.find(ctx, added.ID); err != nil {
		t.Errorf("a key that another process added: %v", err)
	}
	now = now.Add(keyReloadPause)
	table.err = errors.New("away")
	for range 2 {
		if _, err := ring.find(ctx, unknown); !marquee.IsCode(err, marquee.CodeUnavailable) {
			t.Errorf("with SQL away an unknown key must not be refused: %v", err)
		}
	}
}

func TestRetiredKeyVerifiesUntilItsLastToken(t *testing.T) {
	ctx, table, masters := context.Background(), &keyTable{}, testMasters(t, "one", "")
	now := time.Now()
	old, _ := newSigningKey(masters.present, now)
	fresh, _ := newSigningKey(masters.present, now)
	old.RetiredAt = now
	table.keys = []WrappedKey{old, fresh}
	ring := testRing(table, masters, AlgorithmEdDSA, func() time.Time { return now })
	if err := ring.start(ctx); err != nil {
		t.Fatal(err)
	}
	if ring.signing().id != fresh.ID {
		t.Error("a retired key signs")
	}
	now = now.Add(30 * time.Minute)
	if _, err := ring.find(ctx, old.ID); err != nil {
		t.Errorf("while its tokens live: %v", err)
	}
	now = now.Add(clockLeeway)
	if _, err := ring.find(ctx, old.ID); err == nil {
		t.Error("good for ever")
	}
}
