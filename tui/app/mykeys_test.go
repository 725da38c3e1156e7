package app

import (
	"context"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
)

func TestKeyIsLinkedFromTheAgent(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("K")
	d.shows("작업실 노트북", "12 min ago", "blue token", "never", "a code is asked for besides")
	d.press("j")
	d.shows("Ed25519, security key", "192.0.2.0/24 2001:db8::/32", "it alone signs in")
	d.press("n")
	d.shows("Which key is to sign you in", "mina@studio", "미나의 열쇠", "id_rsa", "Another one")
	f.old = true
	d.press("enter")
	d.shows("Name for this key", "mina@studio", "ask for my code besides", "signs in alone")
	d.press("enter", "enter", "enter")
	d.shows("Your sign-in was a while ago")
	d.press("right password", "enter")
	d.shows("The key is linked: it signs you in, with your code where one is set.", "mina@studio")
	got := f.ssh.linked[len(f.ssh.linked)-1]
	if got.Name != "mina@studio" || got.ReplacesSecondFactor || f.count("prove link@marquee") != 2 {
		t.Errorf("%+v", got)
	}
}

func TestSealedKeyAsksForItsPassphrase(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("K", "n", "j", "enter", "tab", "right", "tab", "enter")
	d.shows("Passphrase")
	d.press("wrong", "enter")
	d.press("enter")
	d.shows("This is not the passphrase of the key.")
	d.lacks("wrong")
	for range 5 {
		d.press("backspace")
	}
	d.press("open sesame", "tab", "enter")
	d.shows("The key is linked: it alone signs you in from now on.")
	if !f.ssh.linked[2].ReplacesSecondFactor {
		t.Error("what was chosen is lost")
	}
}

// What a key may do is chosen by words that can be read to their end, also in the
// smallest terminal.
func TestWhatAKeyMayDoIsReadInTheSmallestTerminal(t *testing.T) {
	for language, words := range map[string][]string{
		"en": {"◂ ask for my code besides ▸", "◂ this key replaces my code ▸", "as your", "phone."},
		"ko": {"◂ 코드도 묻기 ▸", "◂ 키가 코드를 대신 ▸", "코드도", "두세요."},
	} {
		d := drive(t, newFake(3), setup{width: 40, height: 12, language: language, signedIn: true})
		d.press("K", "n", "enter")
		d.shows(words[2:]...)
		d.press("tab")
		d.shows(words[0])
		d.press("right")
		d.shows(words[1])
		d.press("esc", "esc", "e", "tab")
		d.shows(words[0])
		d.press("right")
		d.shows(words[1])
	}
}

// A key that is elsewhere signs there, by a command with the server's name in it.
func TestKeyOfElsewhereIsLinkedByASignature(t *testing.T) {
	f := newFake(3)
	d := drive(t, f, setup{width: 120, height: 40, language: "en", signedIn: true})
	d.press("K", "n", "G", "enter", "no key", "enter")
	d.shows("This does not look right.")
	for range len("no key") {
		d.press("backspace")
	}
	d.press(elsewhere, "enter")
	d.shows("mina@attic")
	d.press("tab", "tab", "enter")
	d.shows("within a minute", "keygen -Y sign", "link@marquee", "AWkq5mYAAAAAxk3", "https://films.example", "id_ed25519")
	d.press("not one", "enter")
	d.shows("This does not look right.")
	for range len("not one") {
		d.press("backspace")
	}
	signature := armorBegin + "\n" + strings.Repeat("QUJDRE", 11) + "QUJD\nRUY=\n" + armorEnd + "\n"
	d.press(strings.ReplaceAll(signature, "\n", " "), "enter")
	d.shows("The key is linked")
	if got := f.ssh.proofs; len(got) != 1 || got[0] != (marquee.KeyProof{Nonce: "AWkq5mYAAAAAxk3", ServerOrigin: fakeOrigin, Signature: signature}) {
		t.Errorf("%q, want %q", got, signature)
	}
}

func TestKeyIsChangedAndRemoved(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("K", "e")
	d.shows("Name for this key", "작업실 노트북", "Networks")
	d.press("!", "tab", "right", "tab", "198.51.100.7, 10.0.0.0/8")
	f.old = true
	d.press("tab", "enter")
	d.shows("Your sign-in was a while ago")
	d.press("right password", "enter")
	d.shows("The key is changed.", "작업실 노트북!", "it alone signs in")
	if got := f.ssh.linked[0]; strings.Join(got.From, "|") != "198.51.100.7|10.0.0.0/8" || !got.ReplacesSecondFactor {
		t.Errorf("%+v", got)
	}
	d.press("x")
	d.shows("Remove this key?", "▌ [ Cancel ]")
	d.press("enter")
	d.shows("작업실 노트북!")
	d.press("x", "tab", "enter")
	d.shows("The key is removed")
	d.lacks("작업실 노트북!")
}

// Who comes over SSH has no keys on the machine that the program runs on.
func TestAttack_KeysOfTheServersMachine(t *testing.T) {
	f := newFake(3)
	d := drive(t, f, setup{width: 80, height: 24, language: "en", remote: true})
	d.lacks("SSH key")
	d.press("ctrl+y", "mina", "tab", "right password", "enter", "K", "n")
	d.shows("which has none of your keys", "blue token")
	if f.count("held keys")+f.count("prove") != 0 {
		t.Error("the server's own keys were looked at")
	}
	d.press("e", "ed", "enter", "enter", "enter") // the twin: what needs no key works
	d.shows("The key is changed.")
}

func TestSignInByKey(t *testing.T) {
	f := newFake(3)
	d := drive(t, f, plain)
	d.press("mina", "ctrl+y")
	d.shows("Which key?", "mina@studio", "agent", "미나의 열쇠", "id_rsa")
	d.press("esc")
	d.shows("User name or e-mail", "mina")
	d.press("tab", "tab", "tab", "tab", "tab", "tab", "enter")
	d.shows("Which key?")
	d.press("j", "enter")
	d.shows("Passphrase")
	d.press("wrong", "enter")
	d.shows("This is not the passphrase of the key.")
	d.press("open sesame", "enter")
	d.shows("Films", "mina")
	if f.count("prove signin@marquee") != 3 || len(f.ssh.proofs) != 1 {
		t.Errorf("%v", f.calls)
	}
}

func TestSignInByKeyAsksForTheCode(t *testing.T) {
	d := drive(t, withFactor(3), plain)
	d.press("ctrl+y", "enter")
	d.shows("The six digits of your authenticator app")
	d.press("492039", "enter")
	d.shows("Films")
}

func TestSignInByKeySaysWhatIsWrong(t *testing.T) {
	f := newFake(3)
	d := drive(t, f, plain)
	var failing string
	var code marquee.Code
	f.before = func(_ context.Context, call string) error {
		if call == failing {
			return marquee.E(code)
		}
		return nil
	}
	for _, wrong := range []struct {
		call string
		code marquee.Code
		says string
	}{
		{"held keys", marquee.CodeAgentEmpty, "is locked"},
		{"held keys", marquee.CodeNoHeldKeys, "No SSH key is at hand"},
		{"prove signin@marquee", marquee.CodeAgentRefused, "did not sign"},
		{"login by key", marquee.CodeInvalidGrant, "did not open anything"},
		{"login by key", marquee.CodeOtherAddress, "another address"},
	} {
		failing, code = wrong.call, wrong.code
		d.press("ctrl+y", "enter")
		d.shows(wrong.says)
		d.press("esc")
		d.shows("User name or e-mail")
	}
}

// The lock over a page opens by a key as well.
func TestLockOpensByKey(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	ended := true
	f.before = func(_ context.Context, call string) error {
		if ended && call == "keys" {
			return marquee.E(marquee.CodeInvalidToken)
		}
		return nil
	}
	d.press("K")
	d.shows("This session has ended", "Sign in with an SSH key")
	ended = false
	d.press("ctrl+y")
	d.shows("mina@studio")
	d.press("enter")
	d.shows("blue token")
	d.lacks("This session has ended")
}
