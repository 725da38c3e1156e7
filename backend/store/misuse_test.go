package store_test

import (
	"testing"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/store"
)

// Bugs that others have had with bun and these databases, by their number.
func TestAttack_Misuse(t *testing.T) {
	for _, row := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"C22 text that looks like SQL", textThatLooksLikeSQL},
		{"C22 text that is not text", textThatIsNotText},
		{"C23 an update touches what it names", updateTouchesWhatItNames},
		{"C24 a name is taken once, however it is written", takenOnce},
		{"C24 64 register one name at once", manyRegisterOneName},
	} {
		t.Run(row.name, row.test)
	}
}

// Nobody else's row changes, and of one's own only what was named.
func updateTouchesWhatItNames(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a, other := mustCreate(t, s, "minji"), mustCreate(t, s, "junho")
		if err := s.SetPendingTOTP(t.Context(), a.ID, []byte("sealed")); err != nil {
			t.Fatal(err)
		}
		name := "minji2"
		if _, _, err := s.UpdateAccount(t.Context(), a.ID, auth.AccountPatch{Username: &name}); err != nil {
			t.Fatal(err)
		}
		got, err := s.AccountByID(t.Context(), a.ID)
		if err != nil || got.Username != name { // the twin
			t.Fatalf("%+v %v", got, err)
		}
		if got.Email != a.Email || got.PasswordHash != a.PasswordHash || got.IsActive != a.IsActive || got.IsSuperuser != a.IsSuperuser ||
			!got.CreatedAt.Equal(a.CreatedAt) || string(got.TOTPPending) != "sealed" || got.TOTP != nil {
			t.Errorf("%+v became %+v", a, got)
		}
		if still, err := s.AccountByID(t.Context(), other.ID); err != nil || still.Username != other.Username || !still.UpdatedAt.Equal(other.UpdatedAt) {
			t.Errorf("somebody else: %+v became %+v, %v", other, still, err)
		}
	})
}
