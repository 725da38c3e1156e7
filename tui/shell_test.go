package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/marquee/common/testrig"
)

// ctrl+z leads to the shell, and fg back to where one was, with the mouse;
// nothing typed is lost.
func TestSuspendedProgramComesBack(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not here")
	}
	h := newHome(t)
	h.server = frontOf(t, openCinema(t)).URL
	bin := filepath.Join(h.dir, "bin")
	must(t, os.Mkdir(bin, 0o700))
	must(t, os.Symlink(os.Args[0], filepath.Join(bin, "marquee")))
	cmd := exec.Command(bash, "--norc", "--noprofile", "-i")
	cmd.Env = h.environ("PATH="+bin+":"+os.Getenv("PATH"), "PS1=$ ", "INPUTRC=/dev/null")
	cmd.Dir = h.dir
	s := onTerminal(t, cmd, false)
	s.typeIn("stty -a > before; marquee --server " + h.server + enter)
	s.see("User name or e-mail")
	s.typeIn("minj")
	s.see("minj")
	s.typeIn("\x1a") // ctrl+z
	s.see("Stopped")
	s.typeIn("stty -a > after; cmp before after && echo as be''fore" + enter)
	s.see("as before")
	written := len(s.written())
	s.typeIn("fg" + enter)
	s.see("User name or e-mail", "minj")
	s.typeIn("i")
	s.see("minji")
	if back := s.written()[written:]; !strings.Contains(back, "\x1b[?1002h") {
		t.Error("the mouse is not asked for again")
	}
	s.typeIn("\x03")
	s.see("Stopped") // of the shell's screen
	s.typeIn("exit" + enter)
	s.gone()
}
