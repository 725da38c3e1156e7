package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

// newReady asks the SSH service of the same settings whether it answers: a
// container without a shell has nothing else to ask with.
func newReady(e environment) *cobra.Command {
	return &cobra.Command{
		Use: "ready", Short: e.say.T("command.ready_short"), Args: verb.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return askSSH(cmd.Context(), sshAddress(e)) },
	}
}

// askSSH waits for the greeting of an SSH server (RFC 4253 section 4.2).
func askSSH(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	// What listens everywhere is asked on this machine.
	address = strings.NewReplacer("0.0.0.0:", "127.0.0.1:", "[::]:", "[::1]:").Replace(address)
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return marquee.Unavailable("ask the SSH service", err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	greeting, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(greeting, "SSH-2.0-") {
		return marquee.Unavailable("ask the SSH service", fmt.Errorf("greeting %q: %w", greeting, err))
	}
	return nil
}

func sshAddress(e environment) string {
	if address := e.get("SSH_ADDR"); address != "" {
		return address
	}
	return defaultSSHAddr
}
