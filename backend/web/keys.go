package web

import (
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/crypto/ssh"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// keyFiles are where ssh-keygen puts keys of the kinds that are taken.
var keyFiles = map[string]string{
	ssh.KeyAlgoED25519: "id_ed25519", ssh.KeyAlgoRSA: "id_rsa", ssh.KeyAlgoECDSA256: "id_ecdsa",
	ssh.KeyAlgoSKED25519: "id_ed25519_sk", ssh.KeyAlgoSKECDSA256: "id_ecdsa_sk",
}

// keysPage lists the linked keys and has the form for another one.
type keysPage struct {
	formPage
	Keys []marquee.SSHKey
	keyForm
	Lead string
}

// keyForm is what a person says of a key.
type keyForm struct {
	PublicKey, Name, From string
	Replaces              bool // the second factor
}

func readKeyForm(v *visit) keyForm {
	return keyForm{
		PublicKey: v.PostForm.Get("public_key"), Name: v.PostForm.Get("name"), From: v.PostForm.Get("from"),
		Replaces: v.PostForm.Get("replaces_second_factor") != "",
	}
}

// networks are those of From, which has commas or spaces between them.
func (f keyForm) networks() []string {
	return strings.FieldsFunc(f.From, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// fields are those for what may be changed later as well.
func (f keyForm) fields(m *lang.Messages) []field {
	return []field{
		{Name: "name", Label: m.T("web.keys.name"), Type: "text", Value: f.Name, Autocomplete: "off", Hint: m.T("web.keys.name.hint")},
		{Name: "from", Label: m.T("web.keys.from"), Type: "text", Value: f.From, Autocomplete: "off", Hint: m.T("web.keys.from.hint")},
	}
}

func (s *server) showKeys(w http.ResponseWriter, v *visit) error {
	return s.keys(w, v, keyForm{}, nil)
}

func (s *server) keys(w http.ResponseWriter, v *visit, f keyForm, err error) error {
	linked, bad := s.Auth.Keys(v.ctx())
	if bad != nil {
		return bad
	}
	page := keysPage{Keys: linked, keyForm: f, Lead: v.msgs.T("web.keys.lead")}
	page.Fields = append([]field{{
		Name: "public_key", Label: v.msgs.T("web.keys.public_key"), Rows: 3, Value: f.PublicKey, Autocomplete: "off",
		Hint: v.msgs.T("web.keys.public_key.hint"), Required: true,
	}}, f.fields(v.msgs)...)
	askAgain(v, &page.formPage, err)
	if marquee.IsCode(err, marquee.CodeStepUpRequired) {
		page.Lead, err = v.msgs.T("web.stepup.lead"), nil
	}
	status, err := s.wrong(w, v, &page.formPage, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, "keys", v.msgs.T("web.keys"), page)
	return nil
}

// provePage asks to show that the key of a form is in the person's hands.
type provePage struct {
	formPage
	keyForm
	marquee.Challenge
	Command string // for a POSIX shell
}

// linkKey links a key in two steps: what is said of it, then a signature by
// it. The rules are asked about the first without the second, so that nobody
// signs in vain.
func (s *server) linkKey(w http.ResponseWriter, v *visit) error {
	f := readKeyForm(v)
	key, comment, _, _, err := ssh.ParseAuthorizedKey([]byte(f.PublicKey))
	if err != nil || keyFiles[key.Type()] == "" {
		return s.keys(w, v, f, marquee.Invalid(marquee.FieldError{Field: "public_key", Code: marquee.FieldFormat}))
	}
	if strings.TrimSpace(f.Name) == "" {
		f.Name = comment
	}
	l := marquee.KeyLink{
		Name: f.Name, From: f.networks(), ReplacesSecondFactor: f.Replaces, Origin: v.origin(),
		KeyProof: marquee.KeyProof{Nonce: v.PostForm.Get("nonce"), ServerOrigin: s.ownOrigin(), Signature: v.PostForm.Get("signature")},
	}
	err = s.surely(w, v, func() error {
		_, err := s.Auth.LinkKey(v.ctx(), l)
		return err
	})
	switch {
	case err == nil:
		http.Redirect(w, v.Request, "/account/keys", http.StatusSeeOther)
		return nil
	case marquee.IsCode(err, marquee.CodeInvalidGrant):
		return s.askForProof(w, v, f, key, l.Nonce != "")
	}
	return s.keys(w, v, f, err)
}

// askForProof shows what has to be signed, each time another text.
func (s *server) askForProof(w http.ResponseWriter, v *visit, f keyForm, key ssh.PublicKey, again bool) error {
	challenge, err := s.Auth.Challenge(v.ctx(), v.origin())
	if err != nil {
		return s.keys(w, v, f, err)
	}
	text := marquee.ChallengeText(marquee.LinkNamespace, challenge.Nonce, ssh.FingerprintSHA256(key), s.ownOrigin())
	page := provePage{keyForm: f, Challenge: challenge, Command: signCommand(text, keyFiles[key.Type()])}
	page.Fields = []field{{Name: "signature", Label: v.msgs.T("web.keys.signature"), Rows: 6, Autocomplete: "off", Required: true}}
	status := http.StatusOK
	if again {
		status, page.Summary = http.StatusUnprocessableEntity, v.msgs.T("error.invalid_input")
		page.Fields[0].Error = v.msgs.T("web.keys.signature.wrong")
	}
	s.show(w, v, status, "prove", v.msgs.T("web.keys.prove"), page)
	return nil
}

// signCommand has ssh-keygen sign a text, line by line as printf writes it.
// No line holds a quote: a nonce, a fingerprint and an origin have none.
func signCommand(text, file string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return `printf '%s\n' '` + strings.Join(lines, "' '") + `' | ssh-keygen -Y sign -n ` + marquee.LinkNamespace + ` -f ~/.ssh/` + file
}

// ownOrigin is the one that signatures for this service name.
func (s *server) ownOrigin() string {
	if s.cfg.PublicURL == nil {
		return ""
	}
	return s.cfg.PublicURL.String()
}
