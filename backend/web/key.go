package web

import (
	"net/http"
	"slices"
	"strings"

	"example.com/marquee/common/marquee"
)

// keyPage changes or removes one linked key.
type keyPage struct {
	formPage
	Key      marquee.SSHKey
	Replaces bool
	Lead     string
}

func (s *server) showKey(w http.ResponseWriter, v *visit) error {
	key, err := s.ownKey(v)
	if err != nil {
		return err
	}
	f := keyForm{Name: key.Name, From: strings.Join(key.From, ", "), Replaces: key.ReplacesSecondFactor}
	return s.key(w, v, key, f, nil)
}

// ownKey is the key of the address. CodeNotFound if it is not the person's.
func (s *server) ownKey(v *visit) (marquee.SSHKey, error) {
	keys, err := s.Auth.Keys(v.ctx())
	if err != nil {
		return marquee.SSHKey{}, err
	}
	i := slices.IndexFunc(keys, func(k marquee.SSHKey) bool { return k.ID == v.PathValue("id") })
	if i < 0 {
		return marquee.SSHKey{}, marquee.E(marquee.CodeNotFound)
	}
	return keys[i], nil
}

func (s *server) key(w http.ResponseWriter, v *visit, key marquee.SSHKey, f keyForm, err error) error {
	page := keyPage{Key: key, Replaces: f.Replaces, formPage: formPage{Fields: f.fields(v.msgs)}}
	askAgain(v, &page.formPage, err)
	if marquee.IsCode(err, marquee.CodeStepUpRequired) {
		page.Lead, err = v.msgs.T("web.stepup.lead"), nil
	}
	status, err := s.wrong(w, v, &page.formPage, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, "key", key.Name, page)
	return nil
}

// changeKey changes what is said of a key. What lets it do more than before
// wants a recent sign-in.
func (s *server) changeKey(w http.ResponseWriter, v *visit) error {
	key, err := s.ownKey(v)
	if err != nil {
		return err
	}
	f := readKeyForm(v)
	from := f.networks()
	err = s.surely(w, v, func() error {
		_, err := s.Auth.ChangeKey(v.ctx(), key.ID, marquee.KeyPatch{Name: &f.Name, From: &from, ReplacesSecondFactor: &f.Replaces})
		return err
	})
	if err != nil {
		return s.key(w, v, key, f, err)
	}
	http.Redirect(w, v.Request, "/account/keys", http.StatusSeeOther)
	return nil
}

// removeKey removes a key; the sessions that it opened end.
func (s *server) removeKey(w http.ResponseWriter, v *visit) error {
	// One that is gone already is what the person wanted.
	if err := s.Auth.RemoveKey(v.ctx(), v.PathValue("id")); err != nil && !marquee.IsCode(err, marquee.CodeNotFound) {
		return err
	}
	http.Redirect(w, v.Request, "/account/keys", http.StatusSeeOther)
	return nil
}
