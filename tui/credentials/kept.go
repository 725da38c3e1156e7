package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"example.com/marquee/tui/atomicfile"
)

// kept ends the name of the file with what was last seen.
const kept = ".seen"

// seen is what that file holds. It is good for the session that it came in
// and no other: who signs in next must not see what somebody else saw.
type seen struct {
	Format    int             `json:"format"`
	SessionID string          `json:"session_id"`
	Data      json.RawMessage `json:"data"`
}

// Remember keeps data, which is JSON, for the next start of the session that
// is held, in a file for its owner's eyes. It goes with the session. Above
// 64 KiB it is left out.
func (f *File) Remember(ctx context.Context, data json.RawMessage) error {
	unlock, err := f.change(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	r, ok := f.peek()
	if !ok {
		return nil // signed out meanwhile
	}
	b, err := json.Marshal(seen{Format: format, SessionID: r.Tokens.SessionID, Data: data})
	if err == nil && len(b) <= maxFile {
		err = atomicfile.Replace(f.keptPath(), b)
	}
	if err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	return nil
}

// Remembered returns what was kept last in the session that is held; nil if
// nothing was. It asks no keyring.
func (f *File) Remembered() json.RawMessage {
	r, ok := f.peek()
	if !ok {
		return nil
	}
	b, err := readPrivate(f.keptPath())
	var s seen
	if err != nil || json.Unmarshal(b, &s) != nil || s.Format != format || s.SessionID != r.Tokens.SessionID {
		return nil
	}
	return s.Data
}

func (f *File) forget() error {
	if err := os.Remove(f.keptPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("credentials: %w", err)
	}
	return nil
}

func (f *File) keptPath() string { return strings.TrimSuffix(f.path, suffix) + kept }
