package testrig

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the program with this one, kill -9 included.
func dieWithParent(cmd *exec.Cmd, sig syscall.Signal) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = sig
	// Ctrl-C at the terminal goes to the tests, which end the servers.
	cmd.SysProcAttr.Setpgid = true
}
