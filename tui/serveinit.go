package main

import (
	"fmt"
	"io"
	"os"

	"example.com/marquee/tui/gateway"
	"example.com/marquee/tui/sshd"
)

// initServe makes the keys of an SSH server and prints the line by which a
// backend trusts it, and nothing else. trustFile gets the line as well: a
// container without a shell has no other way to put it where a backend reads.
func initServe(e environment, trustFile string, out io.Writer) error {
	hostKey, err := hostKeyPath(e)
	if err != nil {
		return err
	}
	if _, err := sshd.HostKey(hostKey); err != nil {
		return err
	}
	dir, err := dataDir(e)
	if err != nil {
		return err
	}
	key, err := gateway.Make(dir)
	if err != nil {
		return err
	}
	if trustFile != "" {
		if err := os.WriteFile(trustFile, []byte(key.Line()+"\n"), 0o644); err != nil {
			return fmt.Errorf("trust file: %w", err)
		}
	}
	_, err = fmt.Fprintln(out, key.Line())
	return err
}
