package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/marquee/common/marquee"
)

// elsewhere is a key that nobody can sign with here.
const elsewhere = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g mina@attic"

// fakeOrigin is the fake server as it is dialled.
const fakeOrigin = "https://films.example"

// fakeKeys are the keys of the fake account, and what proves one.
type fakeKeys struct {
	linked     []marquee.SSHKey
	proofs     []marquee.KeyProof // that were taken
	passphrase string             // of the key in the file
	nonces     int
}

func someKeys() fakeKeys {
	used := today9.Add(-12 * time.Minute)
	return fakeKeys{passphrase: "open sesame", linked: []marquee.SSHKey{
		{ID: "k1", Name: "작업실 노트북", Type: "ssh-ed25519", Fingerprint: "SHA256:uU0TMNXoFiGcKoSkgvrwq0ddr8C9rxcMMW7jT7nqYkE", From: []string{},
			CreatedAt: today9.AddDate(0, -2, 0), LastUsedAt: &used},
		{ID: "k2", Name: "blue token", Type: "sk-ssh-ed25519@openssh.com", Fingerprint: "SHA256:8l3JhQ0Yq9q2m7zv1pSxq0W2yIuXnJbW1fF9c5y3d3M",
			From: []string{"192.0.2.0/24", "2001:db8::/32"}, ReplacesSecondFactor: true, CreatedAt: today9.AddDate(0, -1, 0)},
	}}
}

func (f *fakeService) HeldKeys(ctx context.Context) ([]marquee.HeldKey, error) {
	return told(f, []marquee.HeldKey{
		{Fingerprint: "SHA256:2hVZ4rIu9QzP2gqOZtTj5n5mC7y6w1xJ8kKc3e4bA9A", Type: "ssh-ed25519", Comment: "mina@studio", Agent: true},
		{Fingerprint: "SHA256:Vb4n1mXo0pQy7rTz2sUa9wEc6dGf5hJk3lMi8vNq1xY", Type: "ssh-rsa", Comment: "미나의 열쇠", File: "/home/mina/.ssh/id_rsa"},
		{Fingerprint: "SHA256:Zr1s5tWu3vXy7zAb9cDe2fGh4iJk6lMn8oPq0rSt2uV", Type: "sk-ssh-ed25519@openssh.com", Agent: true},
	}), f.call(ctx, "held keys")
}

func (f *fakeService) ProveKey(ctx context.Context, k marquee.HeldKey, passphrase, namespace string) (marquee.KeyProof, error) {
	if err := f.call(ctx, "prove "+namespace); err != nil {
		return marquee.KeyProof{}, err
	}
	switch {
	case k.Agent || passphrase == f.ssh.passphrase:
		return marquee.KeyProof{Nonce: "n", ServerOrigin: fakeOrigin, Signature: k.Fingerprint}, nil
	case passphrase == "":
		return marquee.KeyProof{}, marquee.E(marquee.CodePassphraseNeeded)
	}
	return marquee.KeyProof{}, marquee.E(marquee.CodeWrongPassphrase)
}

func (f *fakeService) Challenge(ctx context.Context, _ marquee.Origin) (marquee.Challenge, error) {
	f.ssh.nonces++
	return told(f, marquee.Challenge{Nonce: fmt.Sprint("AWkq5mYAAAAAxk", 2+f.ssh.nonces), ExpiresIn: 60}), f.call(ctx, "challenge")
}

func (f *fakeService) LoginWithKey(ctx context.Context, p marquee.KeyProof, _ marquee.Origin) (marquee.Tokens, error) {
	if err := f.call(ctx, "login by key"); err != nil {
		return marquee.Tokens{}, err
	}
	f.ssh.proofs = append(f.ssh.proofs, p)
	if f.user.MFAEnabled {
		return marquee.Tokens{}, &marquee.Error{Code: marquee.CodeMFARequired, MFAToken: "attempt"}
	}
	f.signedIn = true
	return marquee.Tokens{}, nil
}

func (f *fakeService) Keys(ctx context.Context) ([]marquee.SSHKey, error) {
	return f.ssh.linked, f.call(ctx, "keys")
}

func (f *fakeService) LinkKey(ctx context.Context, l marquee.KeyLink) (marquee.SSHKey, error) {
	if err := f.sensitive(ctx, "link"); err != nil {
		return marquee.SSHKey{}, err
	}
	k := marquee.SSHKey{ID: "k3", Name: l.Name, Type: "ssh-ed25519", Fingerprint: "SHA256:new", From: []string{}, ReplacesSecondFactor: l.ReplacesSecondFactor, CreatedAt: today9}
	if l.Name == "" {
		return k, marquee.Invalid(marquee.FieldError{Field: "name", Code: marquee.FieldRequired})
	}
	f.ssh.proofs = append(f.ssh.proofs, l.KeyProof)
	f.ssh.linked = append(slices.Clone(f.ssh.linked), k)
	return k, nil
}

func (f *fakeService) ChangeKey(ctx context.Context, id string, p marquee.KeyPatch) (k marquee.SSHKey, err error) {
	call := f.call
	if p.ReplacesSecondFactor != nil && *p.ReplacesSecondFactor {
		call = f.sensitive
	}
	if err := call(ctx, "change "+id); err != nil {
		return k, err
	}
	f.ssh.linked = slices.Clone(f.ssh.linked)
	for i := range f.ssh.linked {
		if k := &f.ssh.linked[i]; k.ID == id {
			if p.Name != nil {
				k.Name = *p.Name
			}
			if p.From != nil {
				k.From = *p.From
			}
			if p.ReplacesSecondFactor != nil {
				k.ReplacesSecondFactor = *p.ReplacesSecondFactor
			}
			return *k, nil
		}
	}
	return k, marquee.E(marquee.CodeNotFound)
}

func (f *fakeService) RemoveKey(ctx context.Context, id string) error {
	f.ssh.linked = slices.DeleteFunc(slices.Clone(f.ssh.linked), func(k marquee.SSHKey) bool { return k.ID == id })
	return f.call(ctx, "remove "+id)
}
