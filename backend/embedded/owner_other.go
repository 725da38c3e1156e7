//go:build !unix

package embedded

import "io/fs"

// On Windows the profile directory's access list does what modes do elsewhere,
// and the mode that Go reports says nothing about it.
func checkOwner(fs.FileInfo) error    { return nil }
func othersMay(info fs.FileInfo) bool { return false }
