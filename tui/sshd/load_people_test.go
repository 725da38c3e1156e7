//go:build linux

package sshd_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// loadPatience bounds every wait for an answer.
const loadPatience = time.Minute

// member makes an account with a linked key.
func (s *serving) member(b *testing.B, name string) gossh.Signer {
	b.Helper()
	c, err := client.New(client.Options{BaseURL: "unix://" + s.socket, Timeout: loadPatience})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	ctx := b.Context()
	const password = "ein gutes langes Wort 7"
	// The first request waits for the backend, which starts beside the door.
	eventually(b, "an account", func() bool {
		_, err = c.Register(ctx, marquee.Registration{Username: name, Email: name + "@films.example", Password: password})
		return err == nil
	})
	if _, err := c.Login(ctx, marquee.Credentials{Login: name, Password: password}); err != nil {
		b.Fatal(err)
	}
	key := newKey(b)
	challenge, err := c.Challenge(ctx, marquee.Origin{})
	if err != nil {
		b.Fatal(err)
	}
	text := marquee.ChallengeText(marquee.LinkNamespace, challenge.Nonce, gossh.FingerprintSHA256(key.PublicKey()), c.Origin())
	sig, err := sshsig.Sign(strings.NewReader(text), key, sshsig.HashSHA512, marquee.LinkNamespace)
	if err != nil {
		b.Fatal(err)
	}
	_, err = c.LinkKey(ctx, marquee.KeyLink{Name: "load", KeyProof: marquee.KeyProof{
		Nonce: challenge.Nonce, ServerOrigin: c.Origin(), Signature: string(sshsig.Armor(sig)),
	}})
	if err != nil {
		b.Fatal(err)
	}
	return key
}

// person is somebody with a window.
type person struct {
	*gossh.Session
	client      *gossh.Client
	screen      *news
	keys        io.Writer
	first, come time.Duration
}

// open comes with a key, from an address that no more than 30 others come
// from, and waits for the first page of films.
func (s *serving) open(key gossh.Signer, i int) (*person, error) {
	began := time.Now()
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i/30))}
	addr := "127.0.0.1:" + s.port
	raw, err := (&net.Dialer{LocalAddr: from, Timeout: loadPatience}).Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	_ = raw.SetDeadline(began.Add(loadPatience))
	conn, chans, reqs, err := gossh.NewClientConn(raw, addr, &gossh.ClientConfig{
		User: "guest", Auth: []gossh.AuthMethod{gossh.PublicKeys(key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		return nil, err
	}
	p := &person{client: gossh.NewClient(conn, chans, reqs), screen: &news{changed: make(chan struct{}, 1)}}
	if p.Session, err = p.client.NewSession(); err != nil {
		return nil, err
	}
	p.Stdout = p.screen
	if p.keys, err = p.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.RequestPty("xterm-256color", 24, 80, nil); err != nil {
		return nil, err
	}
	asked := time.Now()
	if err := p.Shell(); err != nil {
		return nil, err
	}
	if err := p.screen.wait("1 / "); err != nil {
		return nil, err
	}
	p.first, p.come = time.Since(asked), time.Since(began)
	return p, raw.SetDeadline(time.Time{})
}

func (p *person) leave() { _ = p.client.Close() }

// pressAll lets everybody walk down the list, a key about every two seconds
// each, and returns how long each took to show.
func pressAll(b *testing.B, people []*person) []time.Duration {
	b.Helper()
	const each, pause = 5, 2 * time.Second
	took := make([][]time.Duration, len(people))
	var pressing sync.WaitGroup
	for i, p := range people {
		pressing.Go(func() {
			for n := range each {
				<-time.After(time.Duration(rand.Int64N(int64(2 * pause))))
				began := time.Now()
				_, err := io.WriteString(p.keys, "j")
				if err == nil {
					err = p.screen.wait(fmt.Sprintf("%d / ", n+2))
				}
				if err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	pressing.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return slices.Concat(took...)
}

// news is what has come since somebody looked last.
type news struct {
	mu      sync.Mutex
	text    []byte
	changed chan struct{}
}

// Write implements io.Writer.
func (n *news) Write(p []byte) (int, error) {
	n.mu.Lock()
	n.text = append(n.text, p...)
	n.mu.Unlock()
	select {
	case n.changed <- struct{}{}:
	default:
	}
	return len(p), nil
}

// wait waits for words and forgets what came before them.
func (n *news) wait(words string) error {
	late := time.After(loadPatience)
	for {
		n.mu.Lock()
		at := bytes.Index(n.text, []byte(words))
		text := string(n.text)
		if at >= 0 {
			n.text = n.text[:0]
		}
		n.mu.Unlock()
		if at >= 0 {
			return nil
		}
		select {
		case <-n.changed:
		case <-late:
			return fmt.Errorf("no %q in %q", words, text)
		}
	}
}
