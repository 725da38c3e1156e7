//go:build unix

package main

import "golang.org/x/sys/unix"

// underShell reports that a shell which controls jobs started the program: it
// gave it a process group of its own. Without one nobody would wake a program
// that stops, as in a window that was opened for it.
func underShell() bool {
	session, err := unix.Getsid(0)
	return err == nil && session != unix.Getpgrp()
}
