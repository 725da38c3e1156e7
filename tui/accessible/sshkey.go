package accessible

import (
	"cmp"
	"path/filepath"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/verb"
)

// keySignIn signs in by an SSH key of this machine, with the code of the second
// factor where the key does not replace it.
func (p *program) keySignIn() error {
	k, err := p.pickKey()
	if err != nil {
		return back(err)
	}
	proof, err := p.prove(k, marquee.SignInNamespace)
	if err != nil {
		return err
	}
	p.line("tui.signing_in")
	_, err = p.Service.LoginWithKey(p.ctx, proof, marquee.Origin{})
	return p.signedIn(err)
}

// pickKey asks for one of the keys that can sign here; errBack for none.
func (p *program) pickKey() (marquee.HeldKey, error) {
	list, err := p.Prover.HeldKeys(p.ctx)
	if err != nil {
		return marquee.HeldKey{}, err
	}
	picked, err := marquee.HeldKey{}, errBack
	var choices []choice
	for _, k := range list {
		where := p.say("keys.in_agent")
		if !k.Agent {
			where = filepath.Base(k.File)
		}
		text := strings.Join(strings.Fields(k.Comment+" "+k.Type+" "+k.Fingerprint+" "+where), " ")
		choices = append(choices, choice{cells.Clean(text), func() error { picked, err = k, nil; return nil }})
	}
	if asked := p.menu(func() (string, string, []choice) {
		return p.say("pages.keys.which"), p.say("accessible.back"), choices
	}); asked != nil {
		return picked, asked
	}
	return picked, err
}

// prove lets a key sign, and asks for its passphrase as long as that is wrong.
func (p *program) prove(k marquee.HeldKey, namespace string) (marquee.KeyProof, error) {
	if strings.HasPrefix(k.Type, "sk-") {
		p.line("keys.touch")
	}
	proof, err := p.Prover.ProveKey(p.ctx, k, "", namespace)
	for marquee.IsCode(err, marquee.CodePassphraseNeeded) || marquee.IsCode(err, marquee.CodeWrongPassphrase) {
		if marquee.IsCode(err, marquee.CodeWrongPassphrase) {
			p.text(cells.Clean(verb.Sentence(p.Messages, err)))
		}
		passphrase, asked := p.Prompt.Secret(p.ctx, p.say("keys.passphrase_of", "File", cells.Clean(k.File)))
		if asked != nil || passphrase == "" {
			return proof, asked
		}
		proof, err = p.Prover.ProveKey(p.ctx, k, passphrase, namespace)
	}
	return proof, err
}

// keys is the menu of linked SSH keys: picking one leads to what can be done
// with it.
func (p *program) keys() (string, string, []choice) {
	list, err := p.Service.Keys(p.ctx)
	if err != nil {
		_ = p.heard(err)
		return p.say("pages.title.keys"), p.say("accessible.back"), nil
	}
	choices := []choice{{p.say("pages.action.link_key"), p.linkKey}}
	for _, k := range list {
		text := strings.Join([]string{cells.Clean(k.Name), cells.Clean(k.Type), cells.Clean(k.Fingerprint)}, ", ")
		choices = append(choices, choice{text, func() error { return back(p.key(k)) }})
	}
	return p.say("pages.title.keys"), p.say("accessible.back"), choices
}

// key reads out a key, and does one thing to it.
func (p *program) key(k marquee.SSHKey) error {
	from, used, factor := p.say("keys.anywhere"), p.say("keys.never"), "pages.keys.factor_asked"
	if len(k.From) > 0 {
		from = strings.Join(k.From, ", ")
	}
	if k.LastUsedAt != nil {
		used = p.moment(*k.LastUsedAt)
	}
	if k.ReplacesSecondFactor {
		factor = "pages.keys.factor_replaced"
	}
	for _, row := range [][2]string{
		{"keys.from", from}, {"pages.sessions.used", used}, {"pages.keys.linked", p.moment(k.CreatedAt)}, {"tui.field.replaces_second_factor", p.say(factor)},
	} {
		p.text(p.say(row[0]) + ": " + cells.Clean(row[1]))
	}
	return p.menu(func() (string, string, []choice) {
		other := "pages.keys.choice_replaced"
		if k.ReplacesSecondFactor {
			other = "pages.keys.choice_asked"
		}
		return cells.Clean(k.Name), p.say("accessible.back"), []choice{
			{p.say("accessible.rename"), func() error { return p.renameKey(k) }},
			{p.say("tui.field.replaces_second_factor") + ": " + p.say(other), func() error {
				replaces := !k.ReplacesSecondFactor
				return p.changeKey(k, marquee.KeyPatch{ReplacesSecondFactor: &replaces})
			}},
			{p.say("tui.field.key_from"), func() error { return p.keyFrom(k) }},
			{p.say("pages.action.remove_key"), func() error { return p.removeKey(k) }},
		}
	})
}

func (p *program) renameKey(k marquee.SSHKey) error {
	name, err := p.Prompt.Line(p.ctx, p.say("tui.field.key_name"))
	if name = marquee.NormalName(name); err != nil || name == "" {
		return err
	}
	return p.changeKey(k, marquee.KeyPatch{Name: &name})
}

// keyFrom asks for networks; none lets the key be good from anywhere, an empty
// answer leaves them as they are.
func (p *program) keyFrom(k marquee.SSHKey) error {
	is := cmp.Or(strings.Join(k.From, " "), p.say("keys.anywhere"))
	text, err := p.Prompt.Line(p.ctx, p.say("accessible.networks", "Is", cells.Clean(is)))
	if text = strings.TrimSpace(text); err != nil || text == "" {
		return err
	}
	from := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
	if text == "0" {
		from = []string{}
	}
	return p.changeKey(k, marquee.KeyPatch{From: &from})
}

func (p *program) changeKey(k marquee.SSHKey, patch marquee.KeyPatch) error {
	err := p.steppedUp(func() error { _, err := p.Service.ChangeKey(p.ctx, k.ID, patch); return err })
	if err == nil {
		p.line("pages.keys.changed")
	}
	return err
}

func (p *program) removeKey(k marquee.SSHKey) error {
	p.line("pages.keys.sure")
	n, err := p.number(p.say("accessible.sure_key"), 0, 1)
	if err != nil || n != 1 {
		return err
	}
	if err := p.Service.RemoveKey(p.ctx, k.ID); err != nil {
		return err
	}
	p.line("keys.removed")
	return nil
}

// linkKey links a key of this machine. It does not replace the second factor
// unless the person says so.
func (p *program) linkKey() error {
	k, err := p.pickKey()
	if err != nil {
		return back(err)
	}
	name, err := p.Prompt.Line(p.ctx, p.say("tui.field.key_name"))
	if err != nil {
		return err
	}
	p.line("pages.keys.describe_lead")
	n, err := p.pick(p.say("tui.field.replaces_second_factor"), []string{p.say("pages.keys.choice_asked"), p.say("pages.keys.choice_replaced")})
	if err != nil {
		return back(err)
	}
	err = p.steppedUp(func() error {
		proof, err := p.prove(k, marquee.LinkNamespace)
		if err != nil {
			return err
		}
		_, err = p.Service.LinkKey(p.ctx, marquee.KeyLink{KeyProof: proof, Name: marquee.NormalName(name), ReplacesSecondFactor: n == 1})
		return err
	})
	switch {
	case err != nil:
	case n == 1:
		p.line("pages.keys.linked_alone")
	default:
		p.line("pages.keys.linked_now")
	}
	return err
}
