package main

import (
	"github.com/spf13/cobra"

	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

func keysCommand(msgs *lang.Messages) *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "Look at and change the keys that sign access tokens", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	keys.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the keys: id, algorithm, state, made, in that state since", Args: usage(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error { return operate(cmd.Context(), msgs, operator.ListKeys{}) },
		},
		keysRotate(msgs), keysRetire(msgs),
	)
	return keys
}

func keysRotate(msgs *lang.Messages) *cobra.Command {
	var c operator.RotateKey
	cmd := &cobra.Command{
		Use: "rotate", Short: "Publish a new key, which signs ten minutes later", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return operate(cmd.Context(), msgs, c) },
	}
	cmd.Flags().BoolVar(&c.Now, "now", false, "sign with it at once")
	return cmd
}

func keysRetire(msgs *lang.Messages) *cobra.Command {
	var c operator.RetireKey
	cmd := &cobra.Command{
		Use: "retire KID", Short: "Have the next key take this one's place", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.ID = args[0]
			return operate(cmd.Context(), msgs, c)
		},
	}
	cmd.Flags().BoolVar(&c.Now, "now", false, "believe nothing it signed any more, at once and everywhere: for a key that leaked")
	return cmd
}
