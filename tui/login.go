package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/credentials"
	"example.com/marquee/tui/prompt"
	"example.com/marquee/tui/verb"
)

// login is one `marquee login`.
type login struct {
	world verb.World
	env   environment
	// passwordIn and codeIn say that the password, and then the code, are the
	// next line of standard input.
	passwordIn, codeIn bool
	// web lets a browser, or another terminal, that is signed in decide.
	web bool
	// byKey signs in by an SSH key, that of keyFile unless it is "".
	byKey    bool
	keyFile  string
	prompt   prompt.Prompt
	terminal bool // somebody sits there who can be asked
}

func newLogin(w verb.World, e environment, at *target) *cobra.Command {
	cmd := &cobra.Command{
		Use: "login [NAME | --key [FILE]]", Short: e.say.T("command.login_short"), Long: e.say.T("command.login_long"),
		Args: verb.AtMost(1),
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if key, _ := cmd.Flags().GetBool("key"); key {
			return files(cmd, args, typed)
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	l := login{world: w, env: e}
	asJSON := w.JSONFlag(cmd)
	cmd.Flags().BoolVar(&l.passwordIn, "password-stdin", false, e.say.T("command.flag_password_stdin"))
	cmd.Flags().BoolVar(&l.web, "web", false, e.say.T("command.flag_web"))
	cmd.Flags().BoolVar(&l.byKey, "key", false, e.say.T("keys.flag_key"))
	verb.Apart(cmd, "key", "password-stdin")
	verb.Apart(cmd, "key", "web")
	cmd.Flags().BoolVar(&l.codeIn, "otp-stdin", false, e.say.T("command.flag_otp_stdin"))
	verb.Apart(cmd, "web", "password-stdin")
	verb.Apart(cmd, "web", "otp-stdin")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
		defer stop()
		name := at.account
		switch {
		case len(args) > 0 && l.byKey:
			l.keyFile = args[0]
		case len(args) > 0:
			name = args[0]
		}
		l.prompt, l.terminal = newPrompt(os.Stderr), isTerminal(os.Stdin)
		user, store, err := l.run(ctx, *at, name)
		switch {
		case err != nil:
			return err
		case *asJSON:
			return verb.WriteJSON(w.Out, user)
		}
		_, err = fmt.Fprintln(w.Out, e.say.T("command.signed_in", "Name", marquee.CleanText(user.Username, 0))+" "+e.restsIn(store))
		return err
	}
	return cmd
}

// restsIn says where credentials are kept.
func (e environment) restsIn(f *credentials.File) string {
	if f.InKeyring() {
		return e.say.T("command.in_keyring")
	}
	return e.say.T("command.in_file", "File", marquee.CleanText(f.Path(), 0))
}

// run asks for what it is not told, signs in and puts the pair where it
// rests. Accounts that are signed in already stay so; of the same account the
// session before is ended.
func (l login) run(ctx context.Context, at target, name string) (user marquee.User, store *credentials.File, err error) {
	at.account, at.signIn = "", true
	conn, err := connect(ctx, l.env, at, "cli", nil)
	if err != nil {
		return user, nil, err
	}
	defer conn.close()
	var cr marquee.Credentials
	if !l.web && !l.byKey {
		if cr, err = l.credentials(ctx, name); err != nil {
			return user, nil, err
		}
	}
	held := conn.options.Tokens
	if known, err := conn.accounts.ForSignIn(conn.key, cr.Login); err == nil {
		if device, err := known.Device(ctx); err == nil && device != "" {
			_ = held.SaveDevice(ctx, device)
		}
	}
	if err := conn.within(func() error { return l.signIn(ctx, conn.Client, cr) }); err != nil {
		return user, nil, err
	}
	user, err = conn.Client.Me(ctx)
	if err == nil {
		store, err = l.keep(ctx, conn, held, user.Username)
	}
	if err != nil {
		// Nobody will ever use what cannot be kept.
		_ = conn.Client.Logout(context.WithoutCancel(ctx), marquee.LogoutLocal)
	}
	return user, store, err
}

// credentials asks for name and password.
func (l login) credentials(ctx context.Context, name string) (cr marquee.Credentials, err error) {
	if !l.passwordIn && !l.terminal {
		return cr, verb.Usage("command.password_needed")
	}
	if name == "" && l.passwordIn {
		return cr, verb.Usage("command.name_needed")
	}
	say := l.env.say.T
	if cr.Login = name; name == "" {
		if cr.Login, err = l.prompt.Line(ctx, say("tui.field.login")); err != nil {
			return cr, err
		}
	}
	if l.passwordIn {
		cr.Password, err = prompt.ReadLine(ctx, l.world.In)
	} else {
		cr.Password, err = l.prompt.Secret(ctx, say("tui.field.password"))
	}
	return cr, err
}

// signIn does both steps of it. A wrong code is asked for again as long as the
// server lets it be tried.
func (l login) signIn(ctx context.Context, c *client.Client, cr marquee.Credentials) error {
	if l.web {
		return l.byApproval(ctx, c)
	}
	var err error
	if l.byKey {
		err = l.withKey(ctx, c)
	} else {
		_, err = c.Login(ctx, cr)
	}
	if !marquee.IsCode(err, marquee.CodeMFARequired) {
		return err
	}
	if l.codeIn {
		code, readErr := prompt.ReadLine(ctx, l.world.In)
		if readErr != nil {
			return err
		}
		_, err = c.LoginMFA(ctx, marquee.SecondStep{Token: mfaToken(err), Code: code})
		return err
	}
	if !l.terminal {
		return err
	}
	token := mfaToken(err)
	for {
		code, err := l.prompt.Line(ctx, l.env.say.T("tui.field.code"))
		if err != nil {
			return err
		}
		_, err = c.LoginMFA(ctx, marquee.SecondStep{Token: token, Code: code})
		if !marquee.IsCode(err, marquee.CodeWrongCode) {
			return err
		}
		fmt.Fprintln(l.world.Err, verb.Sentence(l.env.say, err))
	}
}

func mfaToken(err error) string {
	var e *marquee.Error
	if errors.As(err, &e) {
		return e.MFAToken
	}
	return ""
}

// keep puts the new pair in its place and makes the account the one in use.
func (l login) keep(ctx context.Context, conn *connection, tokens client.TokenStore, username string) (*credentials.File, error) {
	store, err := conn.accounts.ForSignIn(conn.key, username)
	if err != nil {
		return nil, err
	}
	l.endBefore(ctx, conn, store)
	held, err := tokens.Load(ctx)
	if err != nil {
		return nil, err
	}
	if err := store.Save(ctx, held); err != nil {
		return nil, err
	}
	if device, err := tokens.Device(ctx); err == nil && device != "" {
		_ = store.SaveDevice(ctx, device) // without it the next sign-in is one of a stranger
	}
	return store, conn.accounts.Choose(ctx, store, username, conn.server)
}

// endBefore ends the session that the account had here, as far as the server
// takes it: nobody could end it later but from the list of sessions.
func (l login) endBefore(ctx context.Context, conn *connection, store *credentials.File) {
	o := conn.options
	o.Tokens = store
	before, err := client.New(o)
	if err != nil || !before.SignedIn() {
		return
	}
	defer before.Close()
	_ = before.Logout(ctx, marquee.LogoutLocal)
}
