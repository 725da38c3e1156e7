package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

func userCommand(msgs *lang.Messages) *cobra.Command {
	user := &cobra.Command{Use: "user", Short: "Make and mend accounts", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	user.AddCommand(
		userCreate(msgs), userPasswd(msgs), userActive(msgs, true), userActive(msgs, false), userMFAOff(msgs), userImport(msgs),
		&cobra.Command{
			Use: "list", Short: "List every account", Args: usage(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error { return operate(cmd.Context(), msgs, operator.ListUsers{}) },
		},
	)
	return user
}

func userCreate(msgs *lang.Messages) *cobra.Command {
	var c operator.CreateUser
	cmd := &cobra.Command{
		Use: "create", Short: "Make an account; asks for what is not given, the password always", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask := newPrompt(msgs)
			var err error
			if c.Username, err = ask.line("cli.ask_username", c.Username); err != nil {
				return err
			}
			if c.Email, err = ask.line("cli.ask_email", c.Email); err != nil {
				return err
			}
			if c.Password, err = ask.newPassword(); err != nil {
				return err
			}
			return operate(cmd.Context(), msgs, c)
		},
	}
	cmd.Flags().StringVar(&c.Username, "username", "", "user name")
	cmd.Flags().StringVar(&c.Email, "email", "", "e-mail address")
	cmd.Flags().BoolVar(&c.Superuser, "superuser", false, "may act on other accounts")
	return cmd
}

func userPasswd(msgs *lang.Messages) *cobra.Command {
	var link bool
	cmd := &cobra.Command{
		Use: "passwd NAME", Short: "Set a password, or print a one-use link under which its owner does", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if link {
				return operate(cmd.Context(), msgs, operator.PasswordLink{Login: args[0]})
			}
			password, err := newPrompt(msgs).newPassword()
			if err != nil {
				return err
			}
			return operate(cmd.Context(), msgs, operator.SetPassword{Login: args[0], Password: password})
		},
	}
	cmd.Flags().BoolVar(&link, "link", false, "print a link instead")
	return cmd
}

func userActive(msgs *lang.Messages, active bool) *cobra.Command {
	use, short := "disable NAME", "Disable an account and end its sessions"
	if active {
		use, short = "enable NAME", "Enable an account again"
	}
	return &cobra.Command{
		Use: use, Short: short, Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return operate(cmd.Context(), msgs, operator.SetActive{Login: args[0], Active: active})
		},
	}
}

func userMFAOff(msgs *lang.Messages) *cobra.Command {
	return &cobra.Command{
		Use: "mfa-off NAME", Short: "Take a second factor away and end the person's sessions", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return operate(cmd.Context(), msgs, operator.MFAOff{Login: args[0]})
		},
	}
}

func userImport(msgs *lang.Messages) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use: "import --from postgres://...", Short: "Copy people out of the article's database; IMPORT_PASSWORD may hold its password", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" {
				return fmt.Errorf("%w: say --from, such as postgres://host/name", errUsage)
			}
			return operate(cmd.Context(), msgs, operator.ImportUsers{From: from, Password: os.Getenv("IMPORT_PASSWORD")})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "where they are")
	return cmd
}
