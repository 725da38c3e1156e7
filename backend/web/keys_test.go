package web_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

var (
	shownCommand = regexp.MustCompile(`<pre[^>]*><code>([^<]+)</code>`)
	nonceField   = regexp.MustCompile(`name="nonce" value="([^"]+)"`)
	keyLink      = regexp.MustCompile(`/account/keys/[0-9a-f-]{36}`)
)

// desk is a computer with a key of a person's.
type desk struct {
	*testing.T
	home, line string
}

func newDesk(t *testing.T, comment string) desk {
	t.Helper()
	testrig.SSH(t) // ssh-keygen comes with it
	d := desk{T: t, home: t.TempDir()}
	must(t, os.Mkdir(filepath.Join(d.home, ".ssh"), 0o700))
	d.sh("ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519 -C '"+comment+"'", "")
	line, err := os.ReadFile(filepath.Join(d.home, ".ssh", "id_ed25519.pub"))
	must(t, err)
	d.line = string(line)
	return d
}

func (d desk) sh(command, in string) string {
	d.Helper()
	cmd := exec.CommandContext(d.Context(), "sh", "-c", command)
	cmd.Env = []string{"HOME=" + d.home, "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		d.Fatalf("%s: %v", command, err)
	}
	return string(out)
}

// sign does what a page asks for.
func (d desk) sign(p page) string {
	d.Helper()
	return d.sh(p.found(d.T, shownCommand), "")
}

// signIn opens a session with the key.
func (d desk) signIn(s *site) error {
	c, err := s.auth.Challenge(d.Context(), marquee.Origin{})
	must(d, err)
	fingerprint := strings.Fields(d.sh("ssh-keygen -lf ~/.ssh/id_ed25519", ""))[1]
	text := marquee.ChallengeText(marquee.SignInNamespace, c.Nonce, fingerprint, s.URL)
	signature := d.sh("ssh-keygen -q -Y sign -n "+marquee.SignInNamespace+" -f ~/.ssh/id_ed25519", text)
	_, err = s.auth.LoginWithKey(d.Context(), marquee.KeyProof{Nonce: c.Nonce, ServerOrigin: s.URL, Signature: signature}, marquee.Origin{})
	return err
}

func TestSSHKeysInTheBrowser(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	laptop, other := newDesk(t, "laptop"), newDesk(t, "another")
	const at = "/account/keys"
	v.get("/account").mustShow(t, 200, at)
	v.get(at).mustShow(t, 200, "No key is linked yet")
	v.send(at, at, "public_key", "ssh-dss AAAA", "name", "mine").mustShow(t, 422, "does not look right", `>ssh-dss AAAA</textarea>`, `value="mine"`)
	v.send(at, at, "public_key", laptop.line, "from", "somewhere").mustShow(t, 422, "does not look right", `value="somewhere"`)

	asked := v.send(at, at, "public_key", laptop.line, "from", "192.0.2.0/24, 127.0.0.1")
	asked.mustShow(t, 200, "Show that the key is yours", "within 60 seconds", `name="name" value="laptop"`)
	link := func(by desk, p page) page {
		t.Helper()
		return v.send(at, at, "public_key", laptop.line, "name", "laptop", "from", "192.0.2.0/24, 127.0.0.1",
			"nonce", p.found(t, nonceField), "signature", by.sign(p))
	}
	wrong := link(other, asked)
	wrong.mustShow(t, 422, "This was not accepted", `aria-invalid="true"`)
	if wrong.found(t, nonceField) == asked.found(t, nonceField) {
		t.Error("the same text is to be signed again")
	}
	linked := link(laptop, wrong)
	linked.mustShow(t, 200, "<strong>laptop</strong>", "SHA256:", "ssh-ed25519", "never used", "192.0.2.0/24, 127.0.0.1/32")
	link(laptop, wrong).mustShow(t, 422, "This was not accepted") // the text was used
	stranger := s.visitor(t)
	stranger.send("/register", "/register", "username", "doyun", "email", "doyun@example.com", "password", password, "repeat", password)
	taken := stranger.send(at, at, "public_key", laptop.line)
	stranger.send(at, at, "public_key", laptop.line, "name", "mine", "nonce", taken.found(t, nonceField), "signature", laptop.sign(taken)).mustShow(t, 422, "Already in use")

	key := keyLink.FindString(linked.body)
	stranger.get(key).mustShow(t, 404)
	v.get(key).mustShow(t, 200, `value="laptop"`, `value="192.0.2.0/24, 127.0.0.1/32"`)
	v.send(key, key, "name", " ", "from", "").mustShow(t, 422, "Please fill this in")
	s.ahead.Add(int64(11 * time.Minute))
	v.send(key, key, "name", "desk", "from", "127.0.0.1").mustShow(t, 200, "<strong>desk</strong>") // no more than before
	v.send(key, key, "name", "desk", "from", "").mustShow(t, 200, "a while ago", `name="current_password"`)
	v.send(key, key, "name", "desk", "replaces_second_factor", "1", "current_password", "a guess").mustShow(t, 403, "current password", " checked")
	v.send(key, key, "name", "desk", "replaces_second_factor", "1", "current_password", password).mustShow(t, 200, "without a code")
	must(t, laptop.signIn(s))
	v.get(at).mustShow(t, 200, "last used")
	v.get("/account/activity").mustShow(t, 200, "SSH key linked", "SHA256:")

	v.send(key, key+"/remove").mustShow(t, 200, "No key is linked yet")
	v.send(at, key+"/remove").mustShow(t, 200, "No key is linked yet") // again is no error
	if err := laptop.signIn(s); !marquee.IsCode(err, marquee.CodeInvalidGrant) {
		t.Errorf("a removed key: %v", err)
	}
	v.get("/account/sessions").mustShow(t, 200, "this browser") // the one it opened is over
	s.ahead.Add(int64(11 * time.Minute))
	v.send(at, at, "public_key", laptop.line).mustShow(t, 200, "a while ago", `name="current_password"`)
	v.send(at, at, "public_key", laptop.line, "current_password", password).mustShow(t, 200, "Show that the key is yours")
}
