//go:build race

package testrig

// Race tells that the race detector watches, under which SQLite in Go is some
// twenty times slower: tests of what has no goroutines take less or nothing.
const Race = true
