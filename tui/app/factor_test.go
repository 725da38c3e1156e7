package app

import (
	"context"
	"testing"

	"example.com/marquee/common/marquee"
)

// withFactor is a service whose person has a second factor.
func withFactor(films int) *fakeService {
	f := newFake(films)
	f.user.MFAEnabled, f.user.RecoveryCodesLeft = true, 10
	return f
}

func TestSignInAsksForTheCodeInPlace(t *testing.T) {
	d := drive(t, withFactor(120), plain)
	d.press("mina", "tab", "right password", "enter")
	d.shows("The six digits of your authenticator app", "Code", "Start over")
	d.press("000000", "enter")
	d.shows("This code is wrong or was used already.")
	d.lacks("000000")
	d.press("492039", "enter")
	d.shows("Films", "mina", "1 / 120")
}

func TestSignInGoesBackFromTheCode(t *testing.T) {
	f := withFactor(3)
	d := drive(t, f, plain)
	d.press("mina", "tab", "right password", "enter", "esc")
	d.shows("User name or e-mail", "mina")
	d.lacks("Code")
	d.press("right password", "enter")
	d.shows("Code")
	f.before = func(_ context.Context, call string) error {
		if call == "code attempt" {
			return marquee.E(marquee.CodeAttemptOver)
		}
		return nil
	}
	d.press("492039", "enter")
	d.shows("Please start again.", "User name or e-mail")
}

func TestSecondFactorOnAndOff(t *testing.T) {
	f := newFake(3)
	d := home(t, f)
	d.press("a")
	d.shows("2nd factor   off")
	d.press("enter")
	d.shows("your password alone signs you in")
	d.press("enter")
	d.shows("JBSW Y3DP", "█", "Code")
	d.press("000000", "enter")
	d.shows("This code is wrong or was used")
	d.press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "492039", "enter")
	d.shows("k7qm-2xhd-9fw0", "k7qm-2xhd-9fw9", "are shown this once")
	d.press("enter")
	d.shows("Recovery codes left: 10")
	d.lacks("k7qm")
	d.press("esc")
	d.shows("2nd factor   on")
	d.press("enter", "j", "enter")
	d.shows("everywhere else", "▌ [ Cancel ]")
	d.press("enter")
	d.shows("Recovery codes left: 10")
	d.press("j", "enter", "j", "enter")
	d.shows("Turn it on")
	if f.user.MFAEnabled {
		t.Error("it is still on")
	}
}

// What is sensitive asks for the password in place and then goes on.
func TestStepUpGoesOnWithWhatWasAsked(t *testing.T) {
	f := withFactor(3)
	f.old = true
	d := home(t, f)
	d.press("a", "enter", "enter")
	d.shows("Your sign-in was a while ago", "Password", "Code")
	d.press("wrong", "tab", "492039", "enter")
	d.shows("This is not your password.")
	d.press("backspace", "backspace", "backspace", "backspace", "backspace", "right password", "enter")
	d.shows("k7qm-2xhd-9fw0")
	if f.count("codes") != 2 {
		t.Errorf("asked %d times", f.count("codes"))
	}
}

// Whoever began again in another window is told so, at every size, and not that
// his code is wrong.
func TestASecondFactorBegunAgainElsewhere(t *testing.T) {
	for _, size := range []Size{{40, 12}, {80, 24}, {200, 50}} {
		for language, words := range map[string][]string{"en": {"begun again", "elsewhere", "your account."}, "ko": {"시작되어", "시작하세요."}} {
			f := newFake(3)
			d := drive(t, f, setup{signedIn: true, width: size.Width, height: size.Height, language: language})
			d.press("a", "enter", "enter")
			_, _ = f.StartTOTP(t.Context())
			d.press("492039", "enter")
			d.shows(words...)
			if f.user.MFAEnabled {
				t.Error("it is on")
			}
		}
	}
}
