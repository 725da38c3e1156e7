package config

import "example.com/marquee/common/lang"

// Error says which variable stops the start and what is expected of it. It
// never repeats the value, which may be a secret.
type Error struct {
	Variable string
	// Want names the sentence "cli.setting.<Want>", Args its placeholders.
	Want string
	Args []any
}

// Error is one line in English.
func (e *Error) Error() string { return e.Say(lang.In(lang.English)) }

// Say is the same line in a language.
func (e *Error) Say(m *lang.Messages) string {
	return e.Variable + ": " + m.T("cli.setting."+e.Want, e.Args...)
}

// want is an Error that does not know its variable yet.
func want(name string, args ...any) *Error { return &Error{Want: name, Args: args} }

// wantFor is an Error about variable.
func wantFor(variable, name string, args ...any) *Error {
	return &Error{Variable: variable, Want: name, Args: args}
}
