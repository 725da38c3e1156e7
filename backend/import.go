package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

func importCommand(msgs *lang.Messages) *cobra.Command {
	var report string
	cmd := &cobra.Command{
		Use: "import FILE...", Short: "Import films and ratings", Args: usage(cobra.MinimumNArgs(1)),
		Long: `Import films, their people and other sites' ratings, from any of

  films.json                 a JSON array in the shape of the Wikipedia data set
  title.basics.tsv           IMDb's public tables: films ("movie" and "tvMovie"),
  title.ratings.tsv          their averages and votes,
  title.principals.tsv       their directors and casts, with
  name.basics.tsv            the names of those
  movies.csv links.csv ratings.csv   MovieLens, also as its folder or zip

each compressed by gzip or not, under any name and in any order. The same again
changes nothing; ratings and people given alone are those of films that are there.
What must be sorted is sorted in files under TMPDIR: 1 GB for all that IMDb has.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			paths := make([]string, len(args))
			for i, arg := range args {
				path, err := filepath.Abs(arg)
				if err != nil {
					return err
				}
				paths[i] = path
			}
			command := operator.ImportFilms{Paths: paths}
			if report != "" {
				path, err := filepath.Abs(report)
				if err != nil {
					return err
				}
				command.Report = path
			}
			return operate(cmd.Context(), msgs, command)
		},
	}
	cmd.Flags().StringVar(&report, "report", "", "write every bad row to this file, a JSON object a line")
	return cmd
}
