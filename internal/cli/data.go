package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"bassin/internal/pipeline"
)

type dataCommands struct {
	Build buildCommand `cmd:"" help:"Build a snapshot from the open data and make it the current one."`
	Check checkCommand `cmd:"" help:"Validate the open data without writing anything."`
}

type buildCommand struct {
	Places places `embed:""`
}

// Run builds the snapshot, shows progress and prints the report.
func (c buildCommand) Run(ctx context.Context, env Environment) error {
	started := time.Now()
	hash, report, err := pipeline.Build(ctx, c.Places.Data, c.Places.Var, steps(env.Stderr))
	if err != nil {
		return err
	}
	if err := report.WriteText(env.Stdout); err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "snapshot %s built in %.1f s\n", hash, time.Since(started).Seconds())
	return nil
}

type checkCommand struct {
	Data string `env:"BASSIN_DATA" default:"data" help:"Folder of the open data (${env})."`
}

// Run validates the data and prints the report.
func (c checkCommand) Run(ctx context.Context, env Environment) error {
	report, err := pipeline.Check(ctx, c.Data, steps(env.Stderr))
	if err != nil {
		return err
	}
	return report.WriteText(env.Stdout)
}

// steps writes the progress of a build: one line a step, redrawn in place on a
// terminal.
func steps(w io.Writer) func(pipeline.Step) {
	live := terminal(w)
	return func(s pipeline.Step) {
		line := fmt.Sprintf("[%2d/%d] %s", s.Number, s.Of, s.Name)
		if live {
			fmt.Fprintf(w, "\r\x1b[K%s", line)
			if s.Number == s.Of {
				fmt.Fprintln(w)
			}
			return
		}
		fmt.Fprintln(w, line)
	}
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}
