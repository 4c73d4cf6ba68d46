package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Environment is what a run takes from the process that starts it.
type Environment struct {
	Version    string
	Executable string // the program's own file, "" if not known
	Stdout     io.Writer
	Stderr     io.Writer
}

// commands is the whole command line, as kong reads it.
type commands struct {
	Serve    serveCommand     `cmd:"" help:"Serve the platform over HTTP."`
	Data     dataCommands     `cmd:"" help:"Check the open data or build a snapshot from it."`
	Diagnose diagnoseCommand  `cmd:"" help:"Write the diagnosis of a territory: its digital inequalities, with whom it is compared, what is known of help."`
	Index    indexCommand     `cmd:"" help:"Compute a composite index on a table, with any method."`
	Siting   sitingCommands   `cmd:"" help:"Choose where to open places, with a proof."`
	Backup   backupCommand    `cmd:"" help:"Copy all that people wrote into one file, while the server runs."`
	Restore  restoreCommand   `cmd:"" help:"Put a backup in the place of the database."`
	Store    storeCommands    `cmd:"" help:"Copy the database to another, of either kind."`
	Audit    auditCommands    `cmd:"" help:"Check the record of changes."`
	User     userCommands     `cmd:"" help:"Make accounts, invite, give mandates, suspend and erase."`
	Mail     mailCommands     `cmd:"" help:"Try the mail settings."`
	Version  kong.VersionFlag `help:"Print the version and stop."`
}

const description = `Bassin, the open platform of the digital territories.

Every setting is a flag or the environment variable named beside it.`

// errUsage marks errors of the command line itself, which end with status 2.
var errUsage = errors.New("usage")

// Run runs one command and returns the status of the process: 0 if all went
// well, 1 if the work failed, 2 if the command or a setting is wrong.
func Run(args []string, env Environment) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, args, env)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintf(env.Stderr, "bassin: %v\n", errors.Unwrap(err))
		return 2
	}
	fmt.Fprintf(env.Stderr, "bassin: %v\n", err)
	return 1
}

type usageError struct{ err error }

func (e usageError) Error() string        { return e.err.Error() }
func (e usageError) Unwrap() error        { return e.err }
func (e usageError) Is(target error) bool { return target == errUsage }

func run(ctx context.Context, args []string, env Environment) error {
	var c commands
	exited := false
	parser, err := kong.New(&c,
		kong.Name("bassin"), kong.Description(description), kong.UsageOnError(),
		kong.Vars{"version": env.Version},
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(func(int) { exited = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return err
	}
	k, err := parser.Parse(args)
	if exited {
		return nil
	}
	if err != nil {
		return usageError{err}
	}
	k.BindTo(ctx, (*context.Context)(nil))
	return k.Run(env)
}
