package testrig

import "syscall"

// memoryFolder is a folder in memory with at least 2 GiB free, "" without one.
func memoryFolder() string {
	const folder, enough = "/dev/shm", 2 << 30
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil || s.Bavail*uint64(s.Bsize) < enough {
		return ""
	}
	return folder
}
