//go:build !race

package testrig

// Race tells whether the race detector watches.
const Race = false
