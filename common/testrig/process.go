package testrig

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// process is a server that does not outlive this one.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	log  *output
}

// start runs a program under a watch: its parent-death signal hangs on the
// thread that started it, so that thread stays with it until it ends.
func start(cmd *exec.Cmd, onDeath syscall.Signal) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{}), log: &output{}}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	dieWithParent(cmd, onDeath)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// patience is how long a server may take on a machine that does much else.
const patience = time.Minute

// end sends the signal and waits; after a minute it kills.
func (p *process) end(sig os.Signal) {
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// await asks until ready says nil, the process ends or patience does.
func (p *process) await(ready func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		if !p.running() {
			return fmt.Errorf("ended at its start: %s", p.log)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not ready after %s: %w\n%s", patience, err, p.log)
		}
		time.Sleep(10 * time.Millisecond) // asking a server, not waiting for a time
	}
}

// output keeps what a server says for the report of a failure.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.buf.Len() > 1<<20 {
		o.buf.Reset()
	}
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// freePort returns a loopback port that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// tries runs fn up to three times: between freePort and a server's start
// another process may take the port.
func tries(fn func() error) error {
	var errs error
	for range 3 {
		err := fn()
		if err == nil {
			return nil
		}
		errs = errors.Join(errs, err)
	}
	return errs
}
