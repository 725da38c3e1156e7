//go:build !linux

package testrig

func memoryFolder() string { return "" }
