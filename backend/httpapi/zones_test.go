package httpapi_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones must not hang on the machine

	"example.com/marquee/common/testrig"
)

// The original counted the life of a denied token in local time: west of UTC
// it was over at once, and a sign-out denied nothing (row 17).
func TestAttack_ReplayAfterLogoutWestOfUTC(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	self, err := os.Executable()
	must(t, err)
	for zone, offset := range map[string]int{"Asia/Seoul": 9 * 3600, "UTC": 0, "America/New_York": -5 * 3600} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.v", "-test.count=1",
				"-test.run=^(TestInThisZone|TestAttack_ReplayAfterLogout|TestLogoutScopes)$/^embedded$|^TestInThisZone$")
			cmd.Env = append(os.Environ(), "TZ="+zone)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, ran := range []string{"--- PASS: TestAttack_ReplayAfterLogout/embedded", "--- PASS: TestLogoutScopes/embedded"} {
				if !strings.Contains(string(out), ran) {
					t.Errorf("no %q in\n%s", ran, out)
				}
			}
			if !strings.Contains(string(out), "winter offset "+time.Duration(offset*int(time.Second)).String()) {
				t.Errorf("the process did not live in %s:\n%s", zone, out)
			}
		})
	}
}

// TestInThisZone says where the process believes to be.
func TestInThisZone(t *testing.T) {
	_, offset := time.Date(2026, time.January, 15, 12, 0, 0, 0, time.Local).Zone()
	t.Log("winter offset", time.Duration(offset)*time.Second)
}
