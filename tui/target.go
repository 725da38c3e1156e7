package main

import (
	"strings"

	"example.com/marquee/backend/config"
	"example.com/marquee/tui/credentials"
	"example.com/marquee/tui/verb"
)

// here names the server of this machine's data directory.
const here = "local"

// target says which server a command is for and as whom, as the command line
// has it.
type target struct {
	server  string // "" where none is named
	account string // "" is the current one
	signIn  bool   // nobody is signed in yet, and what comes rests in memory
}

// accounts are those of the person who started the program.
func (e environment) accounts() (*credentials.Accounts, error) {
	var ring credentials.Keyring
	if !strings.EqualFold(e.get("MARQUEE_KEYRING"), "off") {
		ring = credentials.SystemKeyring()
	}
	return credentials.OpenAccounts(credentials.Dir(), ring)
}

// serverOf returns the server that is meant: the one that is named, or that
// of the last `marquee login`, or here.
func (e environment) serverOf(at target, accounts *credentials.Accounts) string {
	for _, server := range []string{at.server, e.get("MARQUEE_SERVER"), accounts.Server()} {
		if server != "" {
			return strings.TrimRight(server, "/")
		}
	}
	return here
}

// unattended is the target of a service: whoever signed in at this machine
// last has no say in it.
func (e environment) unattended(server string) target {
	if server == "" && e.get("MARQUEE_SERVER") == "" {
		server = here
	}
	return target{server: server}
}

// keyOf returns the name under which credentials of a server rest.
func (e environment) keyOf(server string) (string, error) {
	if server != here {
		return server, nil
	}
	cfg, err := config.Load(e.environ)
	if err != nil {
		return "", verb.UsageError{Err: err}
	}
	return here + ":" + cfg.DataDir, nil
}
