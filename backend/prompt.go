package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"example.com/marquee/common/lang"
)

// prompt asks on the terminal, or reads lines from standard input where there
// is none. A password is never an argument: every user of the machine could
// read it.
type prompt struct {
	msgs  *lang.Messages
	tty   bool
	lines *bufio.Reader
}

func newPrompt(msgs *lang.Messages) *prompt {
	return &prompt{msgs: msgs, tty: term.IsTerminal(int(os.Stdin.Fd())), lines: bufio.NewReader(os.Stdin)}
}

// line returns given, or asks.
func (p *prompt) line(id, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	if p.tty {
		fmt.Fprint(os.Stderr, p.msgs.T(id))
	}
	s, err := p.lines.ReadString('\n')
	if err != nil && !(errors.Is(err, io.EOF) && s != "") {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	return strings.TrimRight(s, "\r\n"), nil
}

// newPassword asks twice without echo.
func (p *prompt) newPassword() (string, error) {
	if !p.tty {
		return p.line("cli.ask_password", "")
	}
	first, err := p.hidden("cli.ask_password")
	if err != nil {
		return "", err
	}
	again, err := p.hidden("cli.ask_repeat")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New(p.msgs.T("cli.differ"))
	}
	return first, nil
}

func (p *prompt) hidden(id string) (string, error) {
	fmt.Fprint(os.Stderr, p.msgs.T(id))
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(b), nil
}
