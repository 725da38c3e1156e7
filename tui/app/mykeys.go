package app

import (
	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// keyDone says that a page about a key is done; the root goes back, and all
// pages hear of it.
type keyDone struct{ notice string }

// The intents of the page of keys.
type (
	goLinkHeld struct{}
	goEditKey  struct{ key marquee.SSHKey }
)

// keysPage is the SSH keys that sign in to the account.
type keysPage struct {
	api    api
	size   Size
	keyset []marquee.SSHKey
	cursor int
	loaded bool
	slow   bool
	failed bool
	gen    int
	acts   int
	busy   bool
	sure   *confirm // before a key is removed
	remove string   // id of the key that is being removed
}

func newKeys(a api) keysPage { return keysPage{api: a} }

func (p keysPage) place() place                     { return placeKeys }
func (p keysPage) init(e env) (page, tea.Cmd)       { return p.reload(e) }
func (p keysPage) setSize(size Size) page           { p.size = size; return p }
func (p keysPage) title(e env) string               { return e.say.T("pages.title.keys") }
func (p keysPage) typing() bool                     { return false }
func (p keysPage) withForm(do func(form) form) page { p.sure = p.sure.withForm(do); return p }

func (p keysPage) keys(e env) []key.Binding {
	k := e.keys
	if p.sure != nil {
		return p.sure.keys(e)
	}
	return []key.Binding{k.back, k.linkKey, k.edit, k.removeKey, k.copy, k.up, k.down, k.pageUp, k.pageDown, k.first, k.last}
}

func (p keysPage) reload(e env) (keysPage, tea.Cmd) {
	p.gen++
	p.failed, p.slow = false, false
	return p, tea.Batch(p.api.findKeys(p.gen), after(e, p.api, slowAfter, p.gen, slowDue{}))
}

func (p keysPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if p.sure != nil {
			return p.sureKey(e, msg)
		}
		return p.key(e, msg)
	case clicked:
		if i, ok := p.rowAt(e, msg.y); ok && p.sure == nil {
			p.cursor = i
		}
	case keysFound:
		return p.found(msg)
	case keyRemoved:
		if msg.gen != p.acts {
			return p, nil, nil
		}
		p.busy = false
		if msg.err != nil {
			return p, failure(msg.err, "tui.again.key"), nil
		}
		next, cmd := p.reload(e)
		return next, showNotice{e.say.T("keys.removed")}, cmd
	case proved:
		return p.removing(p.remove)
	case delayed:
		if _, ok := msg.what.(slowDue); ok {
			p.slow = msg.gen == p.gen && !p.loaded && !p.failed
		}
	case accountTold:
		next, cmd := p.reload(e)
		return next, nil, cmd
	case reconnected:
		if p.failed || msg.all {
			next, cmd := p.reload(e)
			return next, nil, cmd
		}
	}
	return p, nil, nil
}

func (p keysPage) found(msg keysFound) (page, intent, tea.Cmd) {
	if msg.gen != p.gen {
		return p, nil, nil
	}
	p.slow = false
	if p.failed = msg.err != nil; p.failed {
		return p, showError{msg.err, "tui.again.refresh"}, nil
	}
	chosen := p.selected().ID
	p.keyset, p.loaded = msg.keys, true
	p.cursor = min(p.cursor, max(0, len(p.keyset)-1))
	for i, k := range p.keyset { // the cursor stays with its key
		if k.ID == chosen {
			p.cursor = i
		}
	}
	return p, nil, nil
}

// selected is the key under the cursor; the zero value without one.
func (p keysPage) selected() marquee.SSHKey {
	if p.cursor < len(p.keyset) {
		return p.keyset[p.cursor]
	}
	return marquee.SSHKey{}
}

func (p keysPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	if at, ok := scrollKey(e, msg, p.cursor, max(0, len(p.keyset)-1), p.size.Height); ok {
		p.cursor = at
		return p, nil, nil
	}
	switch k := e.keys; {
	case key.Matches(msg, k.back, k.left):
		return p, goBack{}, nil
	case key.Matches(msg, k.linkKey) && p.api.prover == nil:
		return p, showNotice{e.say.T("pages.keys.not_here")}, nil
	case key.Matches(msg, k.linkKey):
		return p, goLinkHeld{}, nil
	case p.busy || !p.loaded || len(p.keyset) == 0:
	case key.Matches(msg, k.edit, k.open):
		return p, goEditKey{p.selected()}, nil
	case key.Matches(msg, k.removeKey):
		sure := newConfirm("pages.keys.sure", "pages.action.remove_key", p.selected().ID)
		p.sure = &sure
	case key.Matches(msg, k.copy):
		return p, copyText{p.selected().Fingerprint}, nil
	}
	return p, nil, nil
}

func (p keysPage) sureKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	sure, answer := p.sure.key(e, msg)
	p.sure = &sure
	if answer == unanswered {
		return p, nil, nil
	}
	p.sure = nil
	if answer == refused {
		return p, nil, nil
	}
	return p.removing(sure.about.(string))
}

func (p keysPage) removing(id string) (page, intent, tea.Cmd) {
	p.acts++
	p.busy, p.remove = true, id
	return p, clearError{}, p.api.removeKey(p.acts, id)
}
