package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/config"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/credentials"
	"example.com/marquee/tui/verb"
)

func newConfig(w verb.World, e environment, at *target) *cobra.Command {
	c := verb.Group(&cobra.Command{Use: "config", Short: e.say.T("command.config_short")})
	path := &cobra.Command{Use: "path", Short: e.say.T("command.config_path_short"), Args: verb.NoArguments}
	asJSON := w.JSONFlag(path)
	path.RunE = func(*cobra.Command, []string) error {
		for _, problem := range e.settingsProblems() {
			fmt.Fprintln(w.Err, "marquee:", marquee.CleanText(sentence(e.say, problem), 0))
		}
		p, err := e.paths(*at)
		if err != nil {
			return err
		}
		if *asJSON {
			return verb.WriteJSON(w.Out, p)
		}
		kept := e.say.T("command.place_" + p.KeptIn)
		return w.Pairs(e.say.T("command.path_settings"), p.Settings, e.say.T("command.path_credentials"), p.Credentials,
			e.say.T("command.place"), kept, e.say.T("command.path_data"), p.Data, e.say.T("command.path_log"), p.Log)
	}
	c.AddCommand(path, newConfigKeys(w, e))
	return c
}

// paths is where everything of marquee lies on this machine.
type paths struct {
	Settings    string `json:"settings"`
	Credentials string `json:"credentials"`
	// KeptIn is "keyring" where the tokens of the sign-in in use are there,
	// else "file".
	KeptIn string `json:"kept_in"`
	Data   string `json:"data"`
	Log    string `json:"log"`
}

func (e environment) paths(at target) (p paths, err error) {
	if p.Settings, err = e.settingsPath(); err != nil {
		return p, err
	}
	cfg, err := config.Load(e.environ)
	if err != nil {
		return p, verb.UsageError{Err: err}
	}
	p.Credentials, p.Data, p.Log = credentials.Dir(), cfg.DataDir, filepath.Join(cfg.DataDir, logName)
	accounts, err := e.accounts()
	if err != nil {
		return p, err
	}
	key, err := e.keyOf(e.serverOf(at, accounts))
	if err != nil {
		return p, err
	}
	f, err := accounts.Open(key, at.account)
	if err != nil && !errors.Is(err, credentials.ErrNoAccount) {
		return p, err
	}
	p.KeptIn = "file"
	if err == nil && f.InKeyring() {
		p.KeptIn = "keyring"
	}
	return p, nil
}
