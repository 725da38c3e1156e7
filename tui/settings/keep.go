package settings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
	"github.com/tailscale/hujson"

	"example.com/marquee/tui/atomicfile"
)

const (
	lockWait = 5 * time.Second       // for another process that writes
	lockPoll = 15 * time.Millisecond // how often a taken lock is tried again
)

// Keep sets one setting to a string or a bool and leaves everything else of
// the file as it is, comments and settings of other versions too. The file is
// made if there is none; a crash leaves the old one or the new one. A Problem
// if there is a file that cannot be read: that one is left alone.
func Keep(ctx context.Context, path, name string, value any) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Problem{Path: path, Code: Unreadable, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	l := flock.New(path+".lock", flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, lockPoll); err != nil {
		return Problem{Path: path, Code: Unreadable, Err: fmt.Errorf("lock: %w", err)}
	}
	defer func() { _ = l.Unlock() }()
	// People keep such files elsewhere and link to them.
	target := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real
	}
	b, err := readFile(target)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = []byte("{\n}\n"), nil
	}
	if err != nil {
		return Problem{Path: path, Code: Unreadable, Err: err}
	}
	root, problem := parseRoot(path, b)
	if problem != nil {
		return *problem
	}
	set(root.Value.(*hujson.Object), name, literal(value))
	if err := atomicfile.Replace(target, root.Pack()); err != nil {
		return Problem{Path: path, Code: Unreadable, Err: err}
	}
	return nil
}

func literal(value any) hujson.Literal {
	if on, ok := value.(bool); ok {
		return hujson.Bool(on)
	}
	return hujson.String(fmt.Sprint(value))
}

// set changes a member or appends it on a line of its own.
func set(o *hujson.Object, name string, value hujson.Literal) {
	for i := range o.Members {
		if text(o.Members[i].Name) == name {
			o.Members[i].Value.Value = value
			return
		}
	}
	m := hujson.ObjectMember{
		// What stands before the brace, such as a comment on the last member,
		// stays where it is.
		Name:  hujson.Value{BeforeExtra: slices.Concat(bytes.TrimRight(o.AfterExtra, " \t\r\n"), []byte("\n"+indent(o))), Value: hujson.String(name)},
		Value: hujson.Value{BeforeExtra: []byte(" "), Value: value},
	}
	if n := len(o.Members); n > 0 {
		m.Value.AfterExtra = o.Members[n-1].Value.AfterExtra // a trailing comma, if that is the habit here
	}
	o.Members = append(o.Members, m)
	o.AfterExtra = []byte("\n")
}

// indent is what stands before the members of o.
func indent(o *hujson.Object) string {
	if len(o.Members) > 0 {
		before := o.Members[0].Name.BeforeExtra
		if i := bytes.LastIndexByte(before, '\n'); i >= 0 && len(bytes.TrimSpace(before[i:])) == 0 {
			return string(before[i+1:])
		}
	}
	return "  "
}
