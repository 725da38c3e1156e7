package app

import (
	"slices"
	"strings"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/crypto/ssh"
)

// The actions of linking a key.
const (
	actLinkHeld    = "pages.action.link_key"
	actCopyCommand = "pages.action.copy_command"
	actOtherNonce  = "pages.action.other_command"
)

// fieldPassphrase is what is wrong with a passphrase that opens nothing.
const fieldPassphrase = "passphrase"

// Bounds of what is pasted, in characters: an RSA key of 8192 bits and a
// signature by it have room.
const (
	pastedKeyMax       = 4096
	pastedSignatureMax = 8192
)

// linkStage is what the page asks for now.
type linkStage int

const (
	linkChoose   linkStage = iota // which key
	linkPaste                     // the line of a key that is none of them
	linkDescribe                  // what to call it and what it may do
	linkSign                      // a signature that it made elsewhere
)

// linkHeldPage links an SSH key: one that signs here, or one that is elsewhere
// and signs there by a command that the page shows.
type linkHeldPage struct {
	api    api
	size   Size
	stage  linkStage
	picker keyPicker
	form   form
	key    marquee.HeldKey
	here   bool // it signs here
	nonce  string
	what   marquee.KeyLink // as described
	gen    int
	busy   bool
}

func newLinkHeld(a api) linkHeldPage {
	return linkHeldPage{api: a, picker: keyPicker{other: "pages.keys.other"}}
}

func (p linkHeldPage) init(env) (page, tea.Cmd) { p.gen++; return p, p.api.findHeld(p.gen) }
func (p linkHeldPage) setSize(size Size) page   { p.size = size; return p }
func (p linkHeldPage) title(e env) string       { return e.say.T("pages.title.link_key") }
func (p linkHeldPage) typing() bool             { return p.stage != linkChoose && p.form.onField() }

func (p linkHeldPage) withForm(do func(form) form) page { p.form = do(p.form); return p }

func (p linkHeldPage) keys(e env) []key.Binding {
	k := e.keys
	if p.stage == linkChoose {
		return []key.Binding{k.open, k.back, k.up, k.down}
	}
	return []key.Binding{k.submit, k.next, k.choose, k.back, k.previous}
}

func (p linkHeldPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if p.stage == linkChoose {
			return p.pickKey(e, msg)
		}
		return p.formKey(e, msg)
	case proved:
		return p.submit(e)
	case pointed:
		if p.stage == linkChoose && msg.index == p.picker.cursor {
			return p.pickKey(e, keyMsg(e.keys.open.Keys()[0]))
		}
		p.picker.cursor = msg.index
		return p, nil, nil
	case pickLanguage:
		if p.stage == linkDescribe {
			p.form.fields = slices.Clone(p.form.fields)
			p.form.fields[1] = newReplaces(e, p.form.value("replaces_second_factor") == codeReplaced)
		}
	}
	a, ok := msg.(answer)
	if !ok || a.head().gen != p.gen {
		return p, nil, nil
	}
	p.busy = false
	switch msg := msg.(type) {
	case heldFound:
		p.picker.keys, p.picker.loaded = msg.keys, true
		if msg.err != nil {
			return p, showError{msg.err, ""}, nil
		}
	case challengeMade:
		if msg.err != nil {
			return p, showError{msg.err, "tui.again.enter"}, nil
		}
		return p.sign(msg.challenge.Nonce), clearError{}, nil
	case keySaved:
		if msg.err != nil {
			return p.refused(msg.err)
		}
		if p.what.ReplacesSecondFactor {
			return p, keyDone{e.say.T("pages.keys.linked_alone")}, nil
		}
		return p, keyDone{e.say.T("pages.keys.linked_now")}, nil
	}
	return p, nil, nil
}

// refused asks for what is missing, and puts what is wrong at its field.
func (p linkHeldPage) refused(err error) (page, intent, tea.Cmd) {
	if marquee.IsCode(err, marquee.CodePassphraseNeeded) {
		p.form.fields = append(slices.Clone(p.form.fields), newField("passphrase", true, nil))
		p.form.focus = len(p.form.fields) - 1
		return p, clearError{}, nil
	}
	if f, here := p.form.refuse(keyFields(err)); here {
		p.form = f
		return p, clearError{}, nil
	}
	if marquee.IsCode(err, marquee.CodeInvalidGrant) {
		err = marquee.Wrap(marquee.CodeKeyNotProved, "link a key", err)
	}
	return p, failure(err, "tui.again.enter"), nil
}

func (p linkHeldPage) pickKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch {
	case key.Matches(msg, e.keys.back, e.keys.left):
		return p, goBack{}, nil
	case key.Matches(msg, e.keys.open):
		if !p.picker.loaded {
			return p, nil, nil
		}
		if k, ok := p.picker.chosen(); ok {
			return p.describe(e, k, true), clearError{}, nil
		}
		line := newField("public_key", false, nil)
		line.input.CharLimit = pastedKeyMax
		p.stage, p.form = linkPaste, form{fields: []field{line}, actions: []string{actGoOn}}
		return p, clearError{}, nil
	}
	p.picker = p.picker.move(e, msg)
	return p, nil, nil
}

// describe asks what a key is to be called and what it may do: not to replace
// the second factor, unless the person says so.
func (p linkHeldPage) describe(e env, k marquee.HeldKey, here bool) linkHeldPage {
	p.stage, p.key, p.here = linkDescribe, k, here
	p.form = form{fields: []field{newField("key_name", false, nil), newReplaces(e, false)}, actions: []string{actLinkHeld}}
	p.form = p.form.with("key_name", heldName(e, k))
	return p
}

// sign asks for the signature of a challenge.
func (p linkHeldPage) sign(nonce string) linkHeldPage {
	signature := newField("signature", false, nil)
	signature.input.CharLimit = pastedSignatureMax
	p.stage, p.nonce = linkSign, nonce
	p.form = form{fields: []field{signature}, actions: []string{actLinkHeld, actCopyCommand, actOtherNonce}}
	return p
}

func (p linkHeldPage) formKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		p.gen++ // an answer that is still under way is of a step that was left
		p.busy, p.stage = false, linkChoose
		return p, clearError{}, nil
	case key.Matches(msg, k.submit):
		return p.submit(e)
	default:
		p.form = p.form.press(k, msg)
	}
	return p, nil, nil
}

func (p linkHeldPage) submit(e env) (page, intent, tea.Cmd) {
	action := p.form.action()
	switch {
	case p.busy:
		return p, nil, nil
	case action == actCopyCommand:
		return p, copyText{p.command()}, nil
	case action == actOtherNonce:
		return p.ask(), clearError{}, p.api.challenge(p.gen + 1)
	case p.stage == linkPaste:
		return p.pasted(e)
	case p.stage == linkSign:
		return p.signed()
	case p.form.onField() && p.form.focus < len(p.form.fields)-1:
		p.form = p.form.move(1)
		return p, nil, nil
	}
	p.what = marquee.KeyLink{Name: marquee.NormalName(p.form.value("key_name")), ReplacesSecondFactor: p.form.value("replaces_second_factor") == codeReplaced}
	if !p.here {
		return p.ask(), clearError{}, p.api.challenge(p.gen + 1)
	}
	return p.ask(), clearError{}, p.api.linkHeld(p.gen+1, p.key, p.form.value("passphrase"), p.what)
}

// ask numbers the next request.
func (p linkHeldPage) ask() linkHeldPage {
	p.gen++
	p.busy = true
	return p
}

// pasted takes the line of a key. One that signs here after all does so.
func (p linkHeldPage) pasted(e env) (page, intent, tea.Cmd) {
	public, comment, _, _, err := ssh.ParseAuthorizedKey([]byte(p.form.value("public_key")))
	if err != nil {
		p.form, _ = p.form.refuse([]marquee.FieldError{{Field: "public_key", Code: marquee.FieldFormat}})
		return p, clearError{}, nil
	}
	print := ssh.FingerprintSHA256(public)
	i := slices.IndexFunc(p.picker.keys, func(k marquee.HeldKey) bool { return k.Fingerprint == print })
	if i >= 0 {
		return p.describe(e, p.picker.keys[i], true), clearError{}, nil
	}
	return p.describe(e, marquee.HeldKey{Fingerprint: print, Type: public.Type(), Comment: comment}, false), clearError{}, nil
}

// signed sends the signature that was pasted.
func (p linkHeldPage) signed() (page, intent, tea.Cmd) {
	signature := armor(p.form.value("signature"))
	if signature == "" {
		p.form, _ = p.form.refuse([]marquee.FieldError{{Field: "signature", Code: marquee.FieldFormat}})
		return p, clearError{}, nil
	}
	p = p.ask()
	l := p.what
	l.KeyProof = marquee.KeyProof{Nonce: p.nonce, ServerOrigin: p.api.origin, Signature: signature}
	return p, clearError{}, p.api.linkSigned(p.gen, l)
}

// The first and the last line of a signature (OpenSSH PROTOCOL.sshsig).
const (
	armorBegin = "-----BEGIN SSH SIGNATURE-----"
	armorEnd   = "-----END SSH SIGNATURE-----"
)

// armor puts a signature into lines again, which a field of one line has taken
// away; "" for what is none.
func armor(text string) string {
	_, rest, begun := strings.Cut(text, armorBegin)
	body, _, ended := strings.Cut(rest, armorEnd)
	body = strings.Join(strings.Fields(body), "")
	if !begun || !ended || body == "" {
		return ""
	}
	var lines []string
	for body != "" {
		n := min(70, len(body))
		lines, body = append(lines, body[:n]), body[n:]
	}
	return armorBegin + "\n" + strings.Join(lines, "\n") + "\n" + armorEnd + "\n"
}
