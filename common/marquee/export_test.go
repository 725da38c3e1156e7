package marquee

import (
	"testing"
	"time"
)

func TestNamesOfExports(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for user, want := range map[string]string{
		"mina": "marquee-mina-2026-11-23.json", "민아.k_1": "marquee-민아.k_1-2026-11-23.json",
		"../../etc/x\x1b[2J": "marquee-....etcx2J-2026-11-23.json", "": "marquee--2026-11-23.json",
	} {
		if got := ExportName(user, at); got != want {
			t.Errorf("%q: %s", user, got)
		}
	}
}
