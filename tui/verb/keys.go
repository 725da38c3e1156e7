package verb

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
)

// errKeyAmbiguous says that a name is that of several keys.
var errKeyAmbiguous = errors.New("keys.ambiguous")

// newKeys lists, renames and removes linked SSH keys. Linking needs a key of
// the machine that it is typed at, so that it is no verb of a server's.
func newKeys(w World) *cobra.Command {
	cmd := newKeysList(w, "keys")
	cmd.AddCommand(newKeysList(w, "list"), newKeysRename(w), newKeysRemove(w))
	return cmd
}

func newKeysList(w World, use string) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: w.Say.T("keys.list_short"), Args: NoArguments}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			keys, err := s.Keys(ctx)
			switch {
			case err != nil:
				return err
			case *asJSON:
				return WriteJSON(w.Out, struct {
					Items []marquee.SSHKey `json:"items"`
				}{keys})
			case len(keys) == 0:
				return w.line(w.say("none"))
			}
			return w.PrintKeys(keys)
		})
	}
	return cmd
}

// PrintKeys writes linked keys as a table.
func (w World) PrintKeys(keys []marquee.SSHKey) error {
	name, kind, print := Column{Head: w.Say.T("keys.name"), Flex: true}, Column{Head: w.Say.T("keys.type"), Spare: true}, Column{Head: w.Say.T("keys.fingerprint")}
	used, from := Column{Head: w.say("column_used")}, Column{Head: w.Say.T("keys.from"), Spare: true}
	factor, id := Column{Head: w.Say.T("keys.replaces"), Spare: true}, Column{Head: "ID", Spare: true}
	for _, k := range keys {
		last, networks, replaces := w.Say.T("keys.never"), w.Say.T("keys.anywhere"), w.Say.T("keys.no")
		if k.LastUsedAt != nil {
			last = w.moment(*k.LastUsedAt)
		}
		if len(k.From) > 0 {
			networks = strings.Join(k.From, " ")
		}
		if k.ReplacesSecondFactor {
			replaces = w.Say.T("keys.yes")
		}
		name.Cells, kind.Cells, print.Cells = append(name.Cells, k.Name), append(kind.Cells, k.Type), append(print.Cells, k.Fingerprint)
		used.Cells, from.Cells = append(used.Cells, last), append(from.Cells, networks)
		factor.Cells, id.Cells = append(factor.Cells, replaces), append(id.Cells, k.ID)
	}
	return w.Table(name, print, used, kind, from, factor, id)
}

func newKeysRename(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "rename KEY NAME", Short: w.Say.T("keys.rename_short"), Long: w.Say.T("keys.key_long"), Args: Exactly(2)}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			k, err := findKey(ctx, s, args[0])
			if err != nil {
				return err
			}
			k, err = s.ChangeKey(ctx, k.ID, marquee.KeyPatch{Name: &args[1]})
			switch {
			case err != nil:
				return err
			case *asJSON:
				return WriteJSON(w.Out, k)
			}
			return w.PrintKeys([]marquee.SSHKey{k})
		})
	}
	return cmd
}

func newKeysRemove(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "remove KEY", Short: w.Say.T("keys.remove_short"), Long: w.Say.T("keys.key_long"), Args: Exactly(1)}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			k, err := findKey(ctx, s, args[0])
			if err != nil {
				return err
			}
			if err := s.RemoveKey(ctx, k.ID); err != nil || *asJSON {
				return err
			}
			return w.line(w.Say.T("keys.removed"))
		})
	}
	return cmd
}

// findKey returns the linked key that a word is the id, the fingerprint or the
// name of.
func findKey(ctx context.Context, s Service, word string) (found marquee.SSHKey, err error) {
	keys, err := s.Keys(ctx)
	if err != nil {
		return found, err
	}
	n := 0
	for _, k := range keys {
		if k.ID == word || k.Fingerprint == word {
			return k, nil
		}
		if marquee.FoldName(k.Name) == marquee.FoldName(word) {
			found, n = k, n+1
		}
	}
	switch n {
	case 0:
		return found, marquee.E(marquee.CodeNotFound)
	case 1:
		return found, nil
	}
	return found, errKeyAmbiguous
}
