package testrig

import (
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// room is a temporary directory that belongs to this process by a lock, so
// that a later one can tell it from what a killed one left behind.
type room struct {
	dir  string
	lock *flock.Flock
}

const roomPattern = "marquee-test-"

// makeRoom makes a room in a folder, "" is that for temporary files.
func makeRoom(in string) (*room, error) {
	if in == "" {
		in = os.TempDir()
	}
	sweepRooms(in)
	dir, err := os.MkdirTemp(in, roomPattern)
	if err != nil {
		return nil, err
	}
	r := &room{dir: dir, lock: flock.New(dir + ".lock")}
	if err := r.lock.Lock(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *room) remove() {
	_ = os.RemoveAll(r.dir)
	_ = os.Remove(r.dir + ".lock")
	_ = r.lock.Close()
}

// sweepRooms removes the rooms of processes that are gone.
func sweepRooms(in string) {
	locks, _ := filepath.Glob(filepath.Join(in, roomPattern+"*.lock"))
	for _, path := range locks {
		// A young one may be between its making and its locking.
		if info, err := os.Stat(path); err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		l := flock.New(path)
		if held, err := l.TryLock(); err != nil || !held {
			continue
		}
		(&room{dir: path[:len(path)-len(".lock")], lock: l}).remove()
	}
}
