//go:build !unix

package credentials

import (
	"fmt"
	"os"
)

// openNoFollow opens a file for reading and refuses a link.
func openNoFollow(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	return os.Open(path)
}
