package main

import (
	"io"

	"github.com/spf13/cobra"

	"example.com/marquee/tui/verb"
)

// bashWords is what the script for bash needs of the package bash-completion,
// for machines without it: bash takes words apart at = and :, of which flags
// and URLs are made.
const bashWords = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref()
    {
        local i
        words=() cword=0
        for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
            if ((i > 1)) && [[ ${COMP_WORDS[i]} == [=:]* || ${COMP_WORDS[i-1]} == *[=:] ]]; then
                words[${#words[@]}-1]+=${COMP_WORDS[i]}
            else
                words+=("${COMP_WORDS[i]}")
            fi
            ((i == COMP_CWORD)) && cword=$((${#words[@]} - 1))
        done
        cur=${words[cword]} prev=${words[cword-1]}
    }
fi

`

// zshCompletion starts what completes in zsh where nothing has, as in a zsh
// without settings; it asks nothing and leaves no file. The first line is for
// those who put the script into fpath.
const zshCompletion = `#compdef marquee
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i -D }
`

// files are completed where an argument is one. Elsewhere files of this machine
// would stand where titles and names belong.
func files(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// newCompletion writes the scripts that complete in shells.
func newCompletion(e environment, out io.Writer) *cobra.Command {
	c := verb.Group(&cobra.Command{Use: "completion", Short: e.say.T("command.completion_short")})
	for _, shell := range []struct {
		name, before string
		write        func(*cobra.Command) error
	}{
		{"bash", bashWords, func(root *cobra.Command) error { return root.GenBashCompletionV2(out, true) }},
		{"zsh", zshCompletion, func(root *cobra.Command) error { return root.GenZshCompletion(out) }},
		{"fish", "", func(root *cobra.Command) error { return root.GenFishCompletion(out, true) }},
		{"powershell", "", func(root *cobra.Command) error { return root.GenPowerShellCompletionWithDesc(out) }},
	} {
		c.AddCommand(&cobra.Command{
			Use: shell.name, Short: e.say.T("command.completion_" + shell.name), Args: verb.NoArguments,
			RunE: func(cmd *cobra.Command, _ []string) error {
				if _, err := io.WriteString(out, shell.before); err != nil {
					return err
				}
				return shell.write(cmd.Root())
			},
		})
	}
	return c
}
