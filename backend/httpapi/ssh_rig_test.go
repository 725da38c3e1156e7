package httpapi_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// holder is somebody who holds an SSH key.
type holder struct {
	testing.TB
	ssh.Signer
}

func newHolder(tb testing.TB) holder {
	tb.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(tb, err)
	signer, err := ssh.NewSignerFromKey(private)
	must(tb, err)
	return holder{tb, signer}
}

func (h holder) fingerprint() string { return ssh.FingerprintSHA256(h.PublicKey()) }

func (h holder) line() string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(h.PublicKey())))
}

// sign signs a challenge for a namespace, as made by a server of an origin.
func (h holder) sign(namespace, nonce, origin string) marquee.KeyProof {
	h.Helper()
	text := marquee.ChallengeText(namespace, nonce, h.fingerprint(), origin)
	sig, err := sshsig.Sign(strings.NewReader(text), h.Signer, sshsig.HashSHA512, namespace)
	must(h, err)
	return marquee.KeyProof{Nonce: nonce, ServerOrigin: origin, Signature: string(sshsig.Armor(sig))}
}

// prove signs a fresh challenge of the server that a client dials.
func (h holder) prove(c *client.Client, namespace string) marquee.KeyProof {
	h.Helper()
	challenge, err := c.Challenge(h.Context(), marquee.Origin{})
	must(h, err)
	return h.sign(namespace, challenge.Nonce, c.Origin())
}

// signIn opens a session with the key.
func (h holder) signIn(c *client.Client) error {
	h.Helper()
	_, err := c.LoginWithKey(h.Context(), h.prove(c, marquee.SignInNamespace), marquee.Origin{})
	return err
}

// link links the key to who is signed in.
func (h holder) link(c *client.Client, how marquee.KeyLink) (marquee.SSHKey, error) {
	h.Helper()
	how.KeyProof = h.prove(c, marquee.LinkNamespace)
	if how.Name == "" {
		how.Name = "laptop"
	}
	return c.LinkKey(h.Context(), how)
}

// client is a client of the API.
func (r *rig) client() *client.Client {
	r.Helper()
	c, err := client.New(client.Options{BaseURL: r.url})
	must(r, err)
	r.Cleanup(c.Close)
	return c
}

// comer is a client that somebody new has signed in with.
func (r *rig) comer(name string) *client.Client {
	r.Helper()
	r.register(name)
	c := r.client()
	_, err := c.Login(r.Context(), marquee.Credentials{Login: name, Password: goodPassword})
	must(r, err)
	return c
}

// trusted are the SSH servers that the backend believes.
type trusted struct {
	mu   sync.Mutex
	keys map[string]gate
}

func (t *trusted) Gateway(id string) (ed25519.PublicKey, []netip.Prefix, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, ok := t.keys[id]
	if !ok {
		return nil, nil, false
	}
	return g.private.Public().(ed25519.PublicKey), g.from, true
}

// gate is an SSH server.
type gate struct {
	rig     *rig
	private ed25519.PrivateKey
	from    []netip.Prefix
}

// stranger is an SSH server that nobody trusts.
func (r *rig) stranger() gate {
	r.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(r, err)
	return gate{rig: r, private: private}
}

// gate is an SSH server that the backend trusts, from some networks.
func (r *rig) gate(from ...string) gate {
	r.Helper()
	g := r.stranger()
	for _, f := range from {
		g.from = append(g.from, netip.MustParsePrefix(f))
	}
	r.trust.mu.Lock()
	defer r.trust.mu.Unlock()
	if r.trust.keys == nil {
		r.trust.keys = map[string]gate{}
	}
	r.trust.keys[g.id()] = g
	return g
}

func (g gate) id() string { return auth.GatewayID(g.private.Public().(ed25519.PublicKey)) }

const (
	keyWord  = "gateway-key+jwt"
	peerWord = "gateway-peer+jwt"
	visitor  = "203.0.113.77"
)

// say signs a word about a subject; change may spoil it.
func (g gate) say(typ, subject string, change func(jwt.MapClaims)) string {
	g.rig.Helper()
	now := g.rig.clock.live()
	claims := jwt.MapClaims{
		"iss": g.id(), "sub": subject, "aud": g.rig.url, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"jti": rand.Text(), "peer": visitor, "brief": false,
	}
	if change != nil {
		change(claims)
	}
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims)
	t.Header["typ"], t.Header["kid"] = typ, g.id()
	text, err := t.SignedString(g.private)
	must(g.rig, err)
	return text
}

// vouch is the word that a key proved itself.
func (g gate) vouch(h holder) string { return g.say(keyWord, h.fingerprint(), nil) }

// client is a client that calls on behalf of a visitor.
func (g gate) client() *client.Client {
	g.rig.Helper()
	c, err := client.New(client.Options{BaseURL: g.rig.url, ClientName: "ssh", Gateway: func() (string, error) {
		return g.say(peerWord, g.id(), nil), nil
	}})
	must(g.rig, err)
	g.rig.Cleanup(c.Close)
	return c
}

// signIn opens a session for a visitor whose key proved itself.
func (g gate) signIn(c *client.Client, h holder) error {
	g.rig.Helper()
	_, err := c.LoginWithKey(g.rig.Context(), marquee.KeyProof{Assertion: g.vouch(h)}, marquee.Origin{})
	return err
}

func (f *faulty) Challenge(ctx context.Context, o marquee.Origin) (marquee.Challenge, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.Challenge{}, err
	}
	return f.Auth.Challenge(ctx, o)
}

func (f *faulty) LoginWithKey(ctx context.Context, p marquee.KeyProof, o marquee.Origin) (marquee.Tokens, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.Tokens{}, err
	}
	return f.Auth.LoginWithKey(ctx, p, o)
}
