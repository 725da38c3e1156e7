package main

import (
	"context"
	"strings"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/marquee/common/client"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app"
	"example.com/marquee/tui/app/background"
	"example.com/marquee/tui/sshd"
	"example.com/marquee/tui/theme"
)

// signInTimeout bounds a sign-in without a password, which goes on when its visitor
// leaves: a session that nobody has heard of could not be ended.
const signInTimeout = 10 * time.Second

// visit is one channel. Its tokens live in memory and its session ends with
// the channel: nobody else could ever use it again.
type visit struct {
	*client.Client
	desk *desk
	who  sshd.Visitor
	say  *lang.Messages

	signing sync.WaitGroup // sign-ins without a password that are under way
}

func (d *desk) newVisit(who sshd.Visitor) (*visit, error) {
	v := &visit{desk: d, who: who, say: lang.In(newEnvironment(who.Environ).language)}
	o := d.conn.options
	o.Tokens, o.Language, o.ClientName, o.Transport = client.MemoryTokens(), v.say.Tag(), "ssh", d.transport
	o.Agent = marquee.CleanText(who.Agent, 64)
	if d.speaks() {
		o.Gateway = v.word
	} else {
		o.Agent += " from " + who.Address
	}
	var err error
	v.Client, err = client.New(o)
	return v, err
}

func (v *visit) word() (string, error) {
	return v.desk.gateway.SpeaksFor(v.desk.audience, v.who.Address)
}

// hasKey reports whether a key was proved of which the backend can be told.
func (v *visit) hasKey() bool { return v.who.KeyFingerprint != "" && v.desk.speaks() }

// signIn opens a session by the proved key, for one command if it is brief.
func (v *visit) signIn(ctx context.Context, brief bool) error {
	return v.toTheEnd(ctx, func(ctx context.Context) error {
		word, err := v.desk.gateway.Proved(v.desk.audience, v.who.KeyFingerprint, v.who.Address, brief)
		if err == nil {
			_, err = v.LoginWithKey(ctx, marquee.KeyProof{Assertion: word}, marquee.Origin{})
		}
		return err
	})
}

// LoginDevice implements marquee.DeviceService. The pair that it keeps is the
// visit's; what it returns is not looked at.
func (v *visit) LoginDevice(ctx context.Context, deviceCode string, o marquee.Origin) (marquee.Tokens, error) {
	return marquee.Tokens{}, v.toTheEnd(ctx, func(ctx context.Context) error {
		_, err := v.Client.LoginDevice(ctx, deviceCode, o)
		return err
	})
}

// devices is nil where the backend cannot tell visitors apart: one of them
// would use up what all may ask.
func (v *visit) devices() marquee.DeviceService {
	if !v.desk.speaks() {
		return nil
	}
	return v
}

// toTheEnd goes on opening a session when ctx ends, for leave to find it.
func (v *visit) toTheEnd(ctx context.Context, open func(context.Context) error) error {
	v.signing.Add(1)
	done := make(chan error, 1)
	go func() {
		defer v.signing.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signInTimeout)
		defer cancel()
		done <- open(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// link gives the proved key to the account that is signed in.
func (v *visit) link(ctx context.Context, name string) (marquee.SSHKey, error) {
	word, err := v.desk.gateway.Proved(v.desk.audience, v.who.KeyFingerprint, v.who.Address, false)
	if err != nil {
		return marquee.SSHKey{}, err
	}
	return v.LinkKey(ctx, marquee.KeyLink{Name: name, KeyProof: marquee.KeyProof{Assertion: word, PublicKey: v.who.PublicKey}})
}

// leave ends the session, if one was opened.
func (v *visit) leave(ctx context.Context) {
	v.signing.Wait()
	if v.SignedIn() {
		_ = v.Logout(ctx, marquee.LogoutLocal)
	}
}

// auth is the visitor's, held back here where the backend cannot tell visitors
// apart.
func (v *visit) auth() marquee.AuthService {
	if v.desk.speaks() {
		return v
	}
	return limitedAuth{v, v.desk.limits.of(v.who.Address)}
}

// newProgram makes the pages of a visitor.
func (d *desk) newProgram(ctx context.Context, who sshd.Visitor) (tea.Model, func(context.Context), error) {
	v, err := d.newVisit(who)
	if err != nil {
		return nil, nil, err
	}
	came := &app.Visit{}
	if d.speaks() {
		came.Command = sshCommand(d.host, who.Server, "-i ~/.ssh/KEY", "-o IdentitiesOnly=yes")
	}
	if v.hasKey() {
		came.Fingerprint, came.Link = who.KeyFingerprint, v.link
		came.Type, _, _ = strings.Cut(who.PublicKey, " ")
		came.SignIn = func(ctx context.Context) error { return v.signIn(ctx, false) }
	}
	m := app.New(app.Options{
		Context: ctx, Auth: v.auth(), Movies: v, Account: v, Token: v, Admin: v, Devices: v.devices(), Personal: v, Events: v.Events, SignedIn: v.SignedIn,
		Messages: v.say, Theme: theme.New(who.Renderer, theme.Auto, background.FromEnvironment(who.Environ)),
		ServerName: d.conn.serverName, InitialSize: app.Size{Width: who.Width, Height: who.Height},
		SSHKeys:   v, // without a Prover: the keys of this machine are not the visitor's
		Passwords: d.conn.passwords, SetLanguage: v.SetLanguage, Visit: came, Remote: true, NoLinks: !app.KnowsLinks(newEnvironment(who.Environ).get("TERM")), Tick: tickUntil(ctx),
	})
	return m, v.leave, nil
}

// tickUntil is tea.Tick whose timers end with the channel: Bubble Tea lets go of
// none before its time, and some are of minutes.
func tickUntil(ctx context.Context) func(time.Duration, func(time.Time) tea.Msg) tea.Cmd {
	return func(d time.Duration, fn func(time.Time) tea.Msg) tea.Cmd {
		return func() tea.Msg {
			t := time.NewTimer(d)
			defer t.Stop()
			select {
			case at := <-t.C:
				return fn(at)
			case <-ctx.Done():
				return nil
			}
		}
	}
}
