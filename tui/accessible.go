package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/tui/accessible"
	"example.com/marquee/tui/app"
	"example.com/marquee/tui/theme"
)

// accessibleWanted reports whether the environment asks for plain text, as
// other programs take it: any value but those that say no.
func (e environment) accessibleWanted() bool {
	switch e.get("ACCESSIBLE") {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}

// runAccessible speaks in plain lines, on a terminal or anything else.
func runAccessible(ctx context.Context, e environment, at target) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	conn, err := connect(ctx, e, at, "tui", nil)
	if err != nil {
		return err
	}
	defer conn.close()
	for _, problem := range e.settingsProblems() {
		fmt.Println(sentence(e.say, problem))
	}
	keep := func(tag string) {
		conn.SetLanguage(tag)
		if err := keepSetting(app.SettingLanguage, tag); err != nil {
			fmt.Println(sentence(lang.In(tag), err), lang.In(tag).T("settings.not_kept"))
		}
	}
	keepTheme := func(name theme.Name) {
		if err := keepSetting(app.SettingTheme, name); err != nil {
			fmt.Println(sentence(e.say, err))
		}
	}
	return conn.within(func() error {
		return accessible.Run(ctx, accessible.Options{
			Prompt: newPrompt(os.Stdout), Service: conn, Devices: conn, Admin: conn, Personal: conn, Token: conn, WriteFile: newFile, Prover: e.heldKeys(conn.Client), SignedIn: conn.SignedIn, Messages: e.say,
			SetLanguage: keep, Theme: cmp.Or(theme.Name(e.set.Theme), theme.Auto), SetTheme: keepTheme, ServerName: conn.server, Passwords: conn.passwords, Zone: time.Local,
		})
	})
}
