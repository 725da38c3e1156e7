package app

import (
	"io"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/x/vt"
)

// linkAt is where the cell of the screen with the beginning of text leads to.
func (d *driver) linkAt(text string) string {
	d.t.Helper()
	lines := d.drawn()
	em := vt.NewEmulator(d.size().Width, d.size().Height)
	defer em.Close()
	io.WriteString(em, strings.Join(lines, "\r\n"))
	for y, row := range strings.Split(em.String(), "\n") {
		if x := strings.Index(row, text); x >= 0 {
			return em.CellAt(len([]rune(row[:x])), y).Link.Params // the emulator keeps the address there
		}
	}
	d.t.Fatalf("no %q on the screen:\n%s", text, strings.Join(lines, "\n"))
	return ""
}

func TestFilmLeadsToItsPages(t *testing.T) {
	imdb, wikipedia := marquee.IMDbURL("tt6751668"), marquee.WikipediaURL("Parasite_(2019_film)")
	d := play(t, scene{signedIn: true, keys: []string{"j", "enter", "G"}}, setup{width: 80, height: 24, language: "en"})
	d.shows("IMDb         "+imdb, "Wikipedia    "+wikipedia)
	if d.linkAt(imdb) != imdb || d.linkAt(wikipedia) != wikipedia {
		t.Errorf("%s and %s lead to %s and %s", imdb, wikipedia, d.linkAt(imdb), d.linkAt(wikipedia))
	}
	if at := d.linkAt("IMDb "); at != "" {
		t.Errorf("the label leads to %s", at)
	}
	d.press("y")
	d.shows("clipboard: Parasite (2019) https://www.imdb.com/")

	// An address that takes two lines is one link.
	small := play(t, scene{signedIn: true, keys: []string{"j", "enter", "G"}}, setup{width: 40, height: 24, language: "en"})
	for _, part := range []string{"https://www.imdb", "tt6751668/"} {
		if at := small.linkAt(part); at != imdb {
			t.Errorf("%s leads to %q", part, at)
		}
	}
}

func TestNoLinksWhereTheTerminalKnowsNone(t *testing.T) {
	d := driveWith(t, catalogue(), setup{width: 80, height: 24, language: "en", signedIn: true}, Options{NoLinks: true})
	d.press("j", "enter")
	d.shows(marquee.IMDbURL("tt6751668")) // as text
	if strings.Contains(d.m.View(), "\x1b]8") {
		t.Error("a hyperlink is written")
	}
	for term, want := range map[string]bool{"": false, "dumb": false, "linux": false, "vt220": false, "xterm-256color": true, "tmux-256color": true, "screen": true, "alacritty": true} {
		if KnowsLinks(term) != want {
			t.Errorf("%q knows links: %v", term, !want)
		}
	}
}
