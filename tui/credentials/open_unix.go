//go:build unix

package credentials

import (
	"os"
	"syscall"
)

// openNoFollow opens a file for reading and refuses a link. O_NONBLOCK keeps
// it from waiting on a pipe that somebody put there.
func openNoFollow(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}
