package sshkeys

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"example.com/marquee/common/marquee"
)

// Ring is where a person's keys are.
type Ring struct {
	// Agent is the path of the socket of an ssh-agent, "" for none.
	Agent string
	// Dir is where files of keys rest, "" for nowhere.
	Dir string
}

// kinds are the keys that a server may take, by the names of RFC 4253 section
// 6.6 and OpenSSH PROTOCOL.u2f. Certificates are none: what counts of them is
// not the key alone.
var kinds = []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoRSA, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256}

// lineMax bounds a file of one public key, in bytes.
const lineMax = 16 << 10

// Keys lists the keys that can sign, the agent's first, each once. Where there
// is none the error says why: CodeAgentAway, CodeAgentEmpty or CodeNoHeldKeys.
func (r Ring) Keys(ctx context.Context) ([]marquee.HeldKey, error) {
	list, why := r.agentKeys(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, k := range r.fileKeys() {
		if i := slices.IndexFunc(list, func(other marquee.HeldKey) bool { return other.Fingerprint == k.Fingerprint }); i >= 0 {
			list[i].File = cmp.Or(list[i].File, k.File)
			continue
		}
		list = append(list, k)
	}
	if len(list) == 0 {
		return nil, why
	}
	return list, nil
}

// fileKeys are those whose public half has the private one beside it. Private
// halves are not read for a list.
func (r Ring) fileKeys() (list []marquee.HeldKey) {
	if r.Dir == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(escapeGlob(r.Dir), "*.pub"))
	if err != nil {
		return nil
	}
	for _, file := range files {
		k, err := publicHalf(file)
		if err != nil || !slices.Contains(kinds, k.Type) {
			continue
		}
		k.File = strings.TrimSuffix(file, ".pub")
		if info, err := os.Stat(k.File); err == nil && info.Mode().IsRegular() {
			list = append(list, k)
		}
	}
	return list
}

// escapeGlob keeps a folder's name from being a pattern.
func escapeGlob(dir string) string {
	if filepath.Separator == '\\' {
		return dir // there it is no escape (path/filepath)
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// publicHalf reads a file of one public key.
func publicHalf(file string) (marquee.HeldKey, error) {
	raw, err := readAtMost(file, lineMax)
	if err != nil {
		return marquee.HeldKey{}, marquee.Wrap(marquee.CodeKeyUnreadable, "read a public key", err)
	}
	key, comment, _, _, err := ssh.ParseAuthorizedKey(raw)
	if err != nil {
		return marquee.HeldKey{}, marquee.Wrap(marquee.CodeKeyUnreadable, "read a public key", err)
	}
	return held(key, comment), nil
}

func held(key ssh.PublicKey, comment string) marquee.HeldKey {
	return marquee.HeldKey{Fingerprint: ssh.FingerprintSHA256(key), Type: key.Type(), Comment: comment}
}
