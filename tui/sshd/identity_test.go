package sshd_test

import (
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/tui/sshd"
)

// forger signs with his own key under somebody else's.
type forger struct {
	gossh.Signer
	victim gossh.PublicKey
}

func (f forger) PublicKey() gossh.PublicKey { return f.victim }

// shifter is asked whether somebody else's key would do, is told that it would,
// and then proves his own.
type shifter struct {
	gossh.Signer
	key *shiftingKey
}

func (s shifter) PublicKey() gossh.PublicKey { return s.key }

type shiftingKey struct {
	gossh.PublicKey // his own
	victim          gossh.PublicKey
	asked           int
}

// Marshal is called for the question and for its answer first.
func (k *shiftingKey) Marshal() []byte {
	if k.asked++; k.asked <= 2 {
		return k.victim.Marshal()
	}
	return k.PublicKey.Marshal()
}

// Who somebody is must come from the key that was proved, whatever was offered
// before (CVE-2024-45337). With another method in the end the real client tries
// it in TestAttack_OfferedKeyIsNotIdentity.
func TestAttack_VictimsKeyOffered(t *testing.T) {
	h := open(t, sshd.Limits{})
	victim, own := newKey(t), newKey(t)
	print := func(s gossh.Signer) string { return gossh.FingerprintSHA256(s.PublicKey()) }
	shifting := shifter{own, &shiftingKey{PublicKey: own.PublicKey(), victim: victim.PublicKey()}}
	for _, step := range []struct {
		who  gossh.Signer
		want string
	}{
		{shifting, print(own)},
		{victim, print(victim)}, // the twin
	} {
		openWindow(t, mustDial(t, h, gossh.PublicKeys(step.who)))
		if v := h.lastVisitor(); v.KeyFingerprint != step.want {
			t.Errorf("came as %q, want %q", v.KeyFingerprint, step.want)
		}
	}
	if shifting.key.asked < 3 {
		t.Errorf("the victim's key was not offered first: asked %d times", shifting.key.asked)
	}
	if c, err := dial(h, "guest", gossh.PublicKeys(forger{own, victim.PublicKey()}), keyless()); err == nil {
		_ = c.Close()
		t.Error("a forged signature was taken for one that failed")
	}
}

// What ssh-audit calls a failure is not to be had.
func TestAttack_WeakAlgorithms(t *testing.T) {
	h := open(t, sshd.Limits{})
	for name, weak := range map[string]gossh.Config{
		"NIST curves": {KeyExchanges: []string{gossh.KeyExchangeECDHP256, gossh.KeyExchangeECDHP384, gossh.KeyExchangeECDHP521}},
		"SHA-1":       {KeyExchanges: []string{gossh.InsecureKeyExchangeDH14SHA1, gossh.InsecureKeyExchangeDH1SHA1}},
		"CBC and RC4": {Ciphers: []string{gossh.InsecureCipherAES128CBC, gossh.InsecureCipherRC4256, gossh.InsecureCipherTripleDESCBC}},
		"HMAC-SHA-1":  {Ciphers: []string{gossh.CipherAES128CTR}, MACs: []string{gossh.HMACSHA1}},
	} {
		c, err := gossh.Dial("tcp", h.addr, &gossh.ClientConfig{
			Config: weak, User: "guest", Auth: []gossh.AuthMethod{keyless()}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		})
		if err == nil {
			_ = c.Close()
			t.Errorf("%s: accepted", name)
		}
	}
	_ = mustDial(t, h, keyless()) // the twin
}
