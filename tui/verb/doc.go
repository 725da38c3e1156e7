// Package verb holds the commands that ask a marquee server one thing and
// print the answer, for people and, with --json, for scripts. They see the
// world they were called in and nothing else: a process of one's own and an
// SSH channel run the same ones.
//
// It knows neither credentials nor connections, and never the process's own
// input, output or environment.
package verb
