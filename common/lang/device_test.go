package lang

import "testing"

func TestDeviceIsCalledByItsHost(t *testing.T) {
	for agent, want := range map[string]string{
		"marquee/29ab+ (linux) studio":   "Terminal · studio",
		"marquee/(devel) (linux) studio": "Terminal · studio",
		"marquee/v1.2.0 (darwin)":        "Terminal · marquee/v1.2.0 (darwin)",
		"":                               "Terminal",
	} {
		if got := In("en").Device("tui", agent); got != want {
			t.Errorf("%q is called %q, want %q", agent, got, want)
		}
	}
}
