package verb

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/marquee/common/lang"
)

// UsageError is a mistake in how a command was called or set up.
type UsageError struct{ Err error }

// Error implements error.
func (u UsageError) Error() string { return u.Err.Error() }

// Unwrap returns what the mistake is.
func (u UsageError) Unwrap() error { return u.Err }

// Usage makes a UsageError of a message id and what fills the message, as name
// and value by turns.
func Usage(id string, with ...any) error { return UsageError{mistake{id, with}} }

// mistake is what Usage is made of.
type mistake struct {
	id   string
	with []any
}

// Error implements error; people are told by in.
func (m mistake) Error() string { return m.id }

func (m mistake) in(say *lang.Messages) string { return say.T(m.id, m.with...) }

// NoArguments refuses any, as a mistake in the call.
func NoArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && cmd.HasAvailableSubCommands() {
		return noCommand(cmd, args[0])
	}
	return between(cmd, args, 0, 0)
}

// Exactly wants n arguments.
func Exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return between(cmd, args, n, n) }
}

// AtMost takes up to n arguments.
func AtMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return between(cmd, args, 0, n) }
}

func atLeast(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return between(cmd, args, n, len(args)) }
}

// between shows how a command is called where it was not.
func between(cmd *cobra.Command, args []string, least, most int) error {
	switch {
	case len(args) < least:
		return Usage("verb.too_few", "Call", cmd.UseLine())
	case len(args) > most:
		return Usage("verb.too_many", "Call", cmd.UseLine(), "Argument", args[most])
	}
	return nil
}

// noCommand says where the commands are listed.
func noCommand(cmd *cobra.Command, name string) error {
	return Usage("verb.no_command", "Name", name, "Command", cmd.CommandPath())
}

// badFlag is what pflag says, in a message where it says what it is.
func badFlag(_ *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			name = "-" + unknown.GetSpecifiedName()
		}
		return Usage("verb.no_flag", "Flag", name)
	case errors.As(err, &bare):
		return Usage("verb.flag_needs", "Flag", "--"+bare.GetFlag().Name)
	case errors.As(err, &value):
		return Usage("verb.flag_value", "Flag", "--"+value.GetFlag().Name, "Value", value.GetValue())
	}
	return UsageError{err}
}

// Group makes a command that only has others say which, called without one.
func Group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = NoArguments
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// Apart makes two flags that make no sense together a mistake in the call.
func Apart(cmd *cobra.Command, one, other string) {
	cmd.MarkFlagsMutuallyExclusive(one, other) // so that the other is not completed
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed(one) && cmd.Flags().Changed(other) {
			return Usage("verb.flags_apart", "One", "--"+one, "Other", "--"+other)
		}
		if before == nil {
			return nil
		}
		return before(cmd, args)
	}
}
