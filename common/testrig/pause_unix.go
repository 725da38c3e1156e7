//go:build unix

package testrig

import "syscall"

// Pause keeps the server from answering without closing a connection, as a
// network that swallows packets does, until Resume.
func (s *Server) Pause() { _ = s.p.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume ends Pause.
func (s *Server) Resume() { _ = s.p.cmd.Process.Signal(syscall.SIGCONT) }
