//go:build !unix

package main

func underShell() bool { return false }
