package main

import (
	"strings"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/tui/settings"
)

// environment is what the process was started with.
type environment struct {
	environ  []string
	language string // "en" or "ko"
	say      *lang.Messages
	// set is what the person's settings file says, as far as it is good, and
	// wrong what is not.
	set   settings.Settings
	wrong []settings.Problem
	// now is the clock of the person's tokens and of what the pages say.
	now func() time.Time
}

func newEnvironment(environ []string) environment {
	e := environment{environ: environ, now: time.Now}
	// POSIX: the first of these that is set and not empty decides.
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := e.get(name); v != "" {
			e.language = v
			break
		}
	}
	e.say = lang.In(e.language)
	e.language = e.say.Tag()
	return e
}

// get returns the last value of a variable, "" if it is not set.
func (e environment) get(name string) string {
	value := ""
	for _, pair := range e.environ {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = strings.TrimSpace(v)
		}
	}
	return value
}
