// Package testrig gives tests the real parts: throw-away Postgres and Redis
// servers on free loopback ports, Chromium, w3m and the ssh client. Only tests
// import it; it knows nothing of marquee's own code.
//
// A part that is not on the machine skips the test, unless
// MARQUEE_TEST_REQUIRE (a comma list of postgres, redis, chromium, w3m, ssh) names
// it: then the test fails. MARQUEE_TEST_POSTGRES and MARQUEE_TEST_REDIS name
// servers to use instead of throw-away ones.
//
// Servers end with the test binary, however that ends: orderly through Main
// or the test's cleanup, else by the parent-death signal on Linux. What a killed
// binary left in the temporary directory the next one removes.
package testrig

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Main runs the tests of a package and ends the servers that they share.
// A package that uses Postgres calls it from TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(testrig.Main(m)) }
func Main(m *testing.M) int {
	defer stopShared()
	return m.Run()
}

// Chromium returns the path of a Chromium or Chrome.
func Chromium(tb testing.TB) string {
	tb.Helper()
	return program(tb, "chromium", "chromium", "chromium-browser", "google-chrome")
}

// SSH returns the path of the OpenSSH client.
func SSH(tb testing.TB) string {
	tb.Helper()
	return program(tb, "ssh", "ssh")
}

// W3m returns the path of the text browser.
func W3m(tb testing.TB) string {
	tb.Helper()
	return program(tb, "w3m", "w3m")
}

// program finds the first of names or ends the test as missing does.
func program(tb testing.TB, part string, names ...string) string {
	tb.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(tb, part, "not on this machine")
	return ""
}

// missing skips the test, or fails it where the part is required.
func missing(tb testing.TB, part, why string) {
	tb.Helper()
	if required(part) {
		tb.Fatalf("%s is required by MARQUEE_TEST_REQUIRE: %s", part, why)
	}
	tb.Skipf("%s: %s", part, why)
}

func required(part string) bool {
	return slices.Contains(strings.Split(os.Getenv("MARQUEE_TEST_REQUIRE"), ","), part)
}

// ServersAlone reports whether a test that runs on the zero-setup parts and on
// real servers may take the servers alone: under the race detector, where
// MARQUEE_TEST_REQUIRE makes sure of them. The run without the detector takes
// both; a package's own goroutines are the same on either.
func ServersAlone() bool { return Race && required("postgres") && required("redis") }
