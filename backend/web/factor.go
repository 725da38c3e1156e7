package web

import (
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"example.com/marquee/common/marquee"
)

// What the page of the second factor can do.
const (
	factorStart   = "start"
	factorConfirm = "confirm"
	factorEnd     = "end"
	factorCodes   = "codes"
)

// enrolPage shows a secret that waits for its first code.
type enrolPage struct {
	formPage
	URI, Secret string
	QR          qrCode
}

// qrCode is a QR code as an SVG path of one square a module.
type qrCode struct {
	Size int // modules a side, with the light margin of four (ISO/IEC 18004)
	Path string
}

const qrMargin = 4

func (s *server) showFactor(w http.ResponseWriter, v *visit) error {
	s.show(w, v, http.StatusOK, "factor", v.msgs.T("web.factor"), nil)
	return nil
}

func (s *server) changeFactor(w http.ResponseWriter, v *visit) error {
	return s.factor(w, v, v.PostForm.Get("do"))
}

// factor does one of the above, or asks for the password first.
func (s *server) factor(w http.ResponseWriter, v *visit, do string) error {
	var err error
	switch do {
	case factorStart:
		err = s.startFactor(w, v)
	case factorConfirm:
		err = s.confirmFactor(w, v)
	case factorCodes:
		var codes []string
		if codes, err = s.Auth.RenewRecoveryCodes(v.ctx()); err == nil {
			s.show(w, v, http.StatusOK, "codes", v.msgs.T("web.codes"), codes)
		}
	case factorEnd:
		if err = s.Auth.EndTOTP(v.ctx()); err == nil {
			http.Redirect(w, v.Request, "/account/second-factor", http.StatusSeeOther)
		}
	default:
		return marquee.E(marquee.CodeMalformed)
	}
	if marquee.IsCode(err, marquee.CodeStepUpRequired) {
		return s.showStepUp(w, v, do, nil)
	}
	return err
}

// startFactor shows a new secret. Where a factor is on already, which another
// window did or the same form, sent twice, that is shown instead.
func (s *server) startFactor(w http.ResponseWriter, v *visit) error {
	if v.user.MFAEnabled {
		http.Redirect(w, v.Request, "/account/second-factor", http.StatusSeeOther)
		return nil
	}
	secret, err := s.Auth.StartTOTP(v.ctx())
	if err != nil {
		return err
	}
	return s.showEnrol(w, v, secret, nil)
}

// confirmFactor takes the first code. The page carries the secret along, so
// that it is still there after a slip; it is the person's own.
func (s *server) confirmFactor(w http.ResponseWriter, v *visit) error {
	secret := marquee.TOTPSecret{Secret: ungrouped(v.PostForm.Get("secret")), URI: v.PostForm.Get("uri")}
	codes, err := s.Auth.ConfirmTOTP(v.ctx(), marquee.FirstCode{Secret: secret.Secret, Code: v.PostForm.Get("code")})
	switch {
	case err == nil:
		v.user.MFAEnabled = true
		s.show(w, v, http.StatusOK, "codes", v.msgs.T("web.codes"), codes)
		return nil
	case marquee.IsCode(err, marquee.CodeNotFound):
		return s.startFactor(w, v)
	case marquee.IsCode(err, marquee.CodeInvalid):
		return s.showEnrol(w, v, secret, err)
	}
	return err
}

func (s *server) showEnrol(w http.ResponseWriter, v *visit, secret marquee.TOTPSecret, err error) error {
	page := enrolPage{URI: secret.URI, Secret: inFours(secret.Secret)}
	var bad error
	if page.QR, bad = qrOf(secret.URI); bad != nil {
		return marquee.Wrap(marquee.CodeMalformed, "draw a QR code", bad)
	}
	page.Fields = []field{codeField(v.msgs)}
	page.Fields[0].Hint = v.msgs.T("web.factor.code_hint")
	status, err := s.wrong(w, v, &page.formPage, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, "enrol", v.msgs.T("web.factor"), page)
	return nil
}

func qrOf(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrCode{}, err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				path.WriteString("M" + strconv.Itoa(x+qrMargin) + " " + strconv.Itoa(y+qrMargin) + "h1v1h-1z")
			}
		}
	}
	return qrCode{Size: code.Size + 2*qrMargin, Path: path.String()}, nil
}

// inFours sets a secret in groups that can be read off and typed.
func inFours(secret string) string {
	var groups []string
	secret = ungrouped(secret)
	for len(secret) > 4 {
		groups, secret = append(groups, secret[:4]), secret[4:]
	}
	return strings.Join(append(groups, secret), " ")
}

func ungrouped(secret string) string { return strings.ReplaceAll(secret, " ", "") }
