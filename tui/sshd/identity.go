package sshd

import (
	"strings"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

type firstUserKey struct{}

// sameUser holds a connection to the user name of its first attempt. SSH lets
// a client change it between attempts (RFC 4252 section 5), and servers that
// looked at different moments have let people in as somebody else.
func sameUser(ctx ssh.Context, user string) bool {
	first, ok := ctx.Value(firstUserKey{}).(string)
	if !ok {
		ctx.SetValue(firstUserKey{}, user)
		return true
	}
	return first == user
}

// acceptKey lets any plain key through. A client may merely be asking whether
// a key would do, so nothing is remembered here: the key that counts is the
// one of session.PublicKey, after the handshake.
func acceptKey(ctx ssh.Context, key ssh.PublicKey) bool {
	if _, certificate := key.(*gossh.Certificate); certificate {
		return false
	}
	return sameUser(ctx, ctx.User())
}

// acceptKeyless asks nothing, so that somebody without a key reaches the
// sign-in page.
func acceptKeyless(ctx ssh.Context, ask gossh.KeyboardInteractiveChallenge) bool {
	if !sameUser(ctx, ctx.User()) {
		return false
	}
	_, err := ask("", "", nil, nil)
	return err == nil
}

// authorizedLine is a key as a line of authorized_keys, without its end.
func authorizedLine(key ssh.PublicKey) string {
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key)))
}
