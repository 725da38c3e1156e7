package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

func importCommand(msgs *lang.Messages) *cobra.Command {
	return &cobra.Command{
		Use: "import FILE...", Short: "Import films (.json, .json.gz)", Args: usage(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			paths := make([]string, len(args))
			for i, arg := range args {
				path, err := filepath.Abs(arg)
				if err != nil {
					return err
				}
				paths[i] = path
			}
			return operate(cmd.Context(), msgs, operator.ImportFilms{Paths: paths})
		},
	}
}
