//go:build unix

package embedded

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// checkOwner refuses what belongs to somebody else, who could change it at will.
func checkOwner(info fs.FileInfo) error {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return errors.New("belongs to another user")
	}
	return nil
}

// othersMay tells whether anybody but the owner has any permission.
func othersMay(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
