package sshd

import (
	"io"

	"charm.land/ssh"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// latest always takes what comes, or the library's loop would block, and keeps
// the newest size. A closed channel is no news: only the end of the SSH
// channel ends a program. Sizes of 0 say that nobody knows.
func latest(windows <-chan ssh.Window) <-chan ssh.Window {
	sizes := make(chan ssh.Window, 1)
	if windows == nil {
		return sizes
	}
	go func() {
		for w := range windows {
			if w.Width <= 0 || w.Height <= 0 {
				continue
			}
			select {
			case <-sizes:
			default:
			}
			sizes <- w
		}
	}()
	return sizes
}

// environ is a session's environment as termenv asks for it.
type environ []string

func (e environ) Environ() []string { return e }
func (e environ) Getenv(name string) string {
	for i := len(e) - 1; i >= 0; i-- {
		if len(e[i]) > len(name) && e[i][:len(name)] == name && e[i][len(name)] == '=' {
			return e[i][len(name)+1:]
		}
	}
	return ""
}

// newRenderer draws by the visitor's environment and never asks the terminal:
// lipgloss would wait for an answer that the program's own input swallows.
func newRenderer(w io.Writer, env environ) *lipgloss.Renderer {
	out := termenv.NewOutput(w, termenv.WithEnvironment(env), termenv.WithTTY(true))
	r := lipgloss.NewRenderer(w, termenv.WithEnvironment(env), termenv.WithTTY(true))
	r.SetColorProfile(out.EnvColorProfile())
	r.SetHasDarkBackground(true)
	return r
}

// language follows POSIX: LC_ALL, then LC_MESSAGES, then LANG.
func language(env environ) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}
