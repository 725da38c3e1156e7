// Package accessible is the program for who cannot use pages: plain lines of
// text, numbered choices, one line for each change. Nothing is drawn, moved or
// repeated, so that a screen reader, a braille line, a slow terminal or a pipe
// follow it.
//
// It sees interfaces of common/marquee, never a server or a terminal.
package accessible
