package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
)

// Whoever gets an operator to go back to a backup gains nothing by it: what
// was withdrawn or used since stays so, and what works once is void.
func TestAttack_RestoreBringsBackWhatWasOver(t *testing.T) {
	url, backup := "sqlite:"+filepath.Join(t.TempDir(), "marquee.db"), filepath.Join(t.TempDir(), "backup")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	with := func(do func(s *store.Store)) {
		t.Helper()
		s, err := store.Open(t.Context(), store.Options{URL: url})
		must(err)
		must(s.Migrate(t.Context()))
		do(s)
		must(s.Close())
	}
	changeKey := func(s *store.Store, k auth.WrappedKey) {
		t.Helper()
		must(s.ChangeSigningKeys(t.Context(), func([]auth.WrappedKey, time.Time) ([]auth.WrappedKey, error) {
			return []auth.WrappedKey{k}, nil
		}))
	}
	stolen := auth.WrappedKey{ID: "stolen", Algorithm: "EdDSA", Public: []byte("p"), Sealed: []byte("s"), CreatedAt: time.Now(), ActiveAt: time.Now()}
	other := stolen
	other.ID = "other"
	var same, renewed, removed, resealed, later, anew auth.Account
	hash := func(text string) []byte { return []byte(text) }
	with(func(s *store.Store) {
		same, renewed, removed = mustCreate(t, s, "same"), mustCreate(t, s, "renewed"), mustCreate(t, s, "removed")
		resealed, later, anew = mustCreate(t, s, "resealed"), mustCreate(t, s, "later"), mustCreate(t, s, "anew")
		for _, a := range []auth.Account{same, renewed, removed, resealed, later, anew} {
			must(s.SetPendingTOTP(t.Context(), a.ID, hash("sealed "+a.ID)))
			_, err := s.ConfirmTOTP(t.Context(), a.ID, hash("sealed "+a.ID), 1, [][]byte{hash("used"), hash("left")}, "", auth.EndFactor)
			must(err)
		}
		changeKey(s, stolen)
		changeKey(s, other)
		_, err := s.CreatePasswordLink(t.Context(), same.ID, hash("link"), time.Hour)
		must(err)
		must(s.CreateAttempt(t.Context(), auth.PendingSignIn{Hash: hash("attempt"), UserID: same.ID, Verified: hash("v"), TriesLeft: 5, Method: "pwd"}, time.Hour))
		must(s.CreateDeviceRequest(t.Context(), auth.DeviceRequest{DeviceHash: hash("device"), UserHash: hash("user")}, time.Hour, time.Second))
	})
	must(store.Backup(t.Context(), url, backup))
	with(func(s *store.Store) {
		used, err := s.UseRecoveryCode(t.Context(), same.ID, hash("used"), marquee.Origin{})
		if err != nil || !used {
			t.Fatal(used, err)
		}
		must(s.ReplaceRecoveryCodes(t.Context(), renewed.ID, [][]byte{hash("new")}))
		// The master secret was changed meanwhile: the same factors, sealed anew.
		for _, a := range []auth.Account{resealed, later} {
			must(s.ResealTOTP(t.Context(), a.ID, hash("sealed "+a.ID), hash("sealed anew "+a.ID)))
		}
		used, err = s.UseRecoveryCode(t.Context(), resealed.ID, hash("used"), marquee.Origin{})
		if err != nil || !used {
			t.Fatal(used, err)
		}
		must(s.ReplaceRecoveryCodes(t.Context(), later.ID, [][]byte{hash("new")}))
		must(s.SetPendingTOTP(t.Context(), anew.ID, hash("another")))
		_, err = s.ConfirmTOTP(t.Context(), anew.ID, hash("another"), 2, [][]byte{hash("of another")}, "", auth.EndFactor)
		must(err)
		_, _, err = s.EndTOTP(t.Context(), removed.ID, "", auth.EndFactor)
		must(err)
		stolen.WithdrawnAt = time.Now()
		changeKey(s, stolen)
	})
	_, err := store.Restore(t.Context(), url, backup, true)
	must(err)

	with(func(s *store.Store) {
		keys, _, err := s.SigningKeys(t.Context())
		must(err)
		for _, k := range keys {
			if k.WithdrawnAt.IsZero() != (k.ID == "other") {
				t.Errorf("key %s was withdrawn at %v", k.ID, k.WithdrawnAt)
			}
		}
		for _, code := range []struct {
			of   auth.Account
			code string
			good bool
		}{
			{same, "used", false}, {same, "left", true}, {renewed, "left", false}, {renewed, "new", true},
			{resealed, "used", false}, {resealed, "left", true}, {later, "left", false}, {later, "new", true},
			// The twins: without a newer state of it, the factor is that of the backup.
			{removed, "left", true}, {anew, "left", true}, {anew, "of another", false},
		} {
			if used, err := s.UseRecoveryCode(t.Context(), code.of.ID, hash(code.code), marquee.Origin{}); used != code.good || err != nil {
				t.Errorf("%s, code %q: %v %v", code.of.Username, code.code, used, err)
			}
		}
		if _, err := s.PasswordLinkOwner(t.Context(), hash("link")); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Errorf("a link: %v", err)
		}
		if _, _, err := s.TryAttempt(t.Context(), hash("attempt")); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Errorf("a sign-in under way: %v", err)
		}
		if _, _, err := s.PeekDeviceRequest(t.Context(), hash("device")); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Errorf("a device that asks: %v", err)
		}
	})

	// A backup of a version that had none of these tables, over a database that
	// has none.
	old, elsewhere := filepath.Join(t.TempDir(), "old"), filepath.Join(t.TempDir(), "elsewhere.db")
	must(store.Backup(t.Context(), url, old))
	db, err := sql.Open("sqlite", old)
	must(err)
	for _, table := range []string{"device_requests", "sign_in_attempts", "recovery_codes"} {
		_, err := db.ExecContext(t.Context(), "DROP TABLE "+table)
		must(err)
	}
	must(db.Close())
	db, err = sql.Open("sqlite", elsewhere)
	must(err)
	_, err = db.ExecContext(t.Context(), "CREATE TABLE signing_keys (id TEXT)")
	must(err)
	must(db.Close())
	if done, err := store.Restore(t.Context(), "sqlite:"+elsewhere, old, true); err != nil || done.People != 6 {
		t.Errorf("%+v %v", done, err)
	}
}

// Whoever saw a code or the proof of a key being used cannot use it again
// because an operator went back to a backup within that minute.
func TestAttack_ReplayAfterARestore(t *testing.T) {
	url, backup := "sqlite:"+filepath.Join(t.TempDir(), "marquee.db"), filepath.Join(t.TempDir(), "backup")
	seen, fresh := []byte("a proof that was used"), []byte("a proof that was not")
	open := func() *store.Store {
		t.Helper()
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	var people []auth.Account
	step := func(a auth.Account, n int64, good bool) {
		t.Helper()
		if used, err := s.UseTOTPStep(t.Context(), a.ID, n); used != good || err != nil {
			t.Errorf("%s, step %d: %v %v", a.Username, n, used, err)
		}
	}
	spend := func(proof []byte, good bool) {
		t.Helper()
		if first, err := s.Spend(t.Context(), proof, time.Now().Add(time.Minute)); first != good || err != nil {
			t.Errorf("%s: %v %v", proof, first, err)
		}
	}
	for _, name := range []string{"minji", "haneul"} {
		a := mustCreate(t, s, name)
		if err := s.SetPendingTOTP(t.Context(), a.ID, []byte("sealed")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ConfirmTOTP(t.Context(), a.ID, []byte("sealed"), 10, nil, "", auth.EndFactor); err != nil {
			t.Fatal(err)
		}
		people = append(people, a)
	}
	spend([]byte("a proof of before"), true)
	if err := store.Backup(t.Context(), url, backup); err != nil {
		t.Fatal(err)
	}
	step(people[0], 12, true)
	spend(seen, true)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(t.Context(), url, backup, true); err != nil {
		t.Fatal(err)
	}

	s = open()
	defer s.Close()
	step(people[0], 12, false)
	step(people[0], 13, true) // the twins: the next code, another person's, another proof
	step(people[1], 12, true)
	spend(seen, false)
	spend([]byte("a proof of before"), false)
	spend(fresh, true)
}
