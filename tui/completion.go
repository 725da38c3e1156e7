package main

import (
	"io"

	"github.com/spf13/cobra"
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

// addCompletion adds the scripts that complete in shells.
func addCompletion(root *cobra.Command, out io.Writer) {
	root.InitDefaultCompletionCmd()
	bash, _, err := root.Find([]string{"completion", "bash"})
	if err != nil {
		return
	}
	script := bash.RunE
	bash.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := io.WriteString(out, bashWords); err != nil {
			return err
		}
		return script(cmd, args)
	}
}
