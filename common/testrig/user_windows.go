package testrig

import "os/exec"

func asOrdinaryUser(string) (func(*exec.Cmd), error) { return func(*exec.Cmd) {}, nil }
