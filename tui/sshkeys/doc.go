// Package sshkeys finds the SSH keys of the person at this machine, in an
// ssh-agent and in files, and signs with them. It keeps nothing, asks nobody
// and knows neither the service nor a terminal.
package sshkeys
