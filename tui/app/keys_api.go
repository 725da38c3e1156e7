package app

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
	tea "github.com/charmbracelet/bubbletea"
)

// proveDeadline bounds what waits for a key: somebody has to touch or confirm
// it, and its challenge is good for a minute.
const proveDeadline = 75 * time.Second

type keysFound struct {
	reply
	keys []marquee.SSHKey
}

func (a api) findKeys(gen int) tea.Cmd {
	var list []marquee.SSHKey
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		list, err = a.keys.Keys(ctx)
		return err
	}, func(r reply) tea.Msg { return keysFound{r, list} })
}

type keyRemoved struct{ reply }

// removeKey removes a key. One that is gone already is what was wanted.
func (a api) removeKey(gen int, id string) tea.Cmd {
	return a.call(gen, readDeadline, func(ctx context.Context) error {
		err := a.keys.RemoveKey(ctx, id)
		if marquee.IsCode(err, marquee.CodeNotFound) {
			return nil
		}
		return err
	}, func(r reply) tea.Msg { return keyRemoved{r} })
}

// keySaved answers a key that was linked or changed.
type keySaved struct {
	reply
	key marquee.SSHKey
}

func (a api) changeKey(gen int, id string, p marquee.KeyPatch) tea.Cmd {
	var key marquee.SSHKey
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		key, err = a.keys.ChangeKey(ctx, id, p)
		return err
	}, func(r reply) tea.Msg { return keySaved{r, key} })
}

// heldFound answers with the keys that the person at this machine can sign
// with; no server was asked.
type heldFound struct {
	reply
	keys []marquee.HeldKey
}

func (a api) findHeld(gen int) tea.Cmd {
	var list []marquee.HeldKey
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		list, err = a.prover.HeldKeys(ctx)
		return err
	}, func(r reply) tea.Msg { return heldFound{r, list} })
}

// linkHeld lets a key of this machine sign, and links it.
func (a api) linkHeld(gen int, k marquee.HeldKey, passphrase string, l marquee.KeyLink) tea.Cmd {
	var key marquee.SSHKey
	return a.call(gen, proveDeadline, func(ctx context.Context) (err error) {
		if l.KeyProof, err = a.prover.ProveKey(ctx, k, passphrase, marquee.LinkNamespace); err == nil {
			key, err = a.keys.LinkKey(ctx, l)
		}
		return err
	}, func(r reply) tea.Msg { return keySaved{r, key} })
}

// linkSigned links a key that has signed elsewhere.
func (a api) linkSigned(gen int, l marquee.KeyLink) tea.Cmd {
	var key marquee.SSHKey
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		key, err = a.keys.LinkKey(ctx, l)
		return err
	}, func(r reply) tea.Msg { return keySaved{r, key} })
}

type challengeMade struct {
	reply
	challenge marquee.Challenge
}

func (a api) challenge(gen int) tea.Cmd {
	var challenge marquee.Challenge
	return a.call(gen, readDeadline, func(ctx context.Context) (err error) {
		challenge, err = a.keys.Challenge(ctx, marquee.Origin{})
		return err
	}, func(r reply) tea.Msg { return challengeMade{r, challenge} })
}

// signInByKey opens a session by a key of this machine.
func (a api) signInByHeld(gen int, k marquee.HeldKey, passphrase string) tea.Cmd {
	var user marquee.User
	return a.call(gen, proveDeadline, func(ctx context.Context) error {
		proof, err := a.prover.ProveKey(ctx, k, passphrase, marquee.SignInNamespace)
		if err != nil {
			return err
		}
		if _, err = a.keys.LoginWithKey(ctx, proof, marquee.Origin{}); err != nil {
			return err
		}
		user, err = a.auth.Me(ctx)
		return err
	}, func(r reply) tea.Msg { return signedIn{r, user} })
}
