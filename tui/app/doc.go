// Package app is the terminal client: a root model that owns the size, the
// stack of pages, the mode and the one place where errors show, and pages as
// values, one a file, that know nothing of each other.
//
// The size goes down (setSize), intents go up (what update returns), answers
// come back addressed to their page and numbered, so that an answer which a
// newer request has overtaken is dropped. Nothing is read or written in Init,
// Update or View: every call of the API is a named method in api.go that runs
// as a command, with a deadline and a context that ends with its page.
//
// It sees the interfaces of common/marquee, never a server, a socket or a
// terminal.
package app
