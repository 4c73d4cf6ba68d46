package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/store"
)

// kept is where the database and what stands beside it are, for commands that
// don't serve.
type kept struct {
	Var      string   `env:"BASSIN_VAR" default:"var" help:"Folder of the snapshots and of the embedded database (${env})."`
	Database database `embed:""`
}

func (k kept) dsn() string { return k.Database.dsn(k.Var) }

// dsn is the address of the database: by default, a file in the var folder.
func (d database) dsn(varDir string) string {
	if d.Store != "" {
		return d.Store
	}
	return "sqlite:" + filepath.Join(varDir, "bassin.db")
}

// erasureLog stands beside the database, and outlives it.
func erasureLog(varDir string) string { return filepath.Join(varDir, "erasures.log") }

// openDatabase opens a database and says in words what is wrong with it.
func openDatabase(ctx context.Context, catalog *i18n.Catalog, flag, dsn string) (*store.DB, error) {
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return nil, said(catalog, flag, err)
	}
	return db, nil
}

// openExisting opens a database that must be there: a wrong path makes no new one.
func openExisting(ctx context.Context, catalog *i18n.Catalog, flag, dsn string) (*store.DB, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("%s: there is no database at %s", flag, path)
		}
	}
	return openDatabase(ctx, catalog, flag, dsn)
}

// sums prints the tables of a copy.
func sums(w io.Writer, s store.Summary) {
	for _, t := range s.Tables {
		fmt.Fprintf(w, "%-12s %8d rows  %s\n", t.Table, t.Rows, t.Hash)
	}
}

type storeCommands struct {
	Copy copyCommand `cmd:"" help:"Copy everything from one database to another, and compare."`
}

type copyCommand struct {
	From    string `required:"" help:"Database to read: sqlite:FILE or postgres://…"`
	To      string `required:"" help:"Database to write: sqlite:FILE or postgres://…, empty unless --replace is given."`
	Replace bool   `help:"Replace what the other database holds."`
}

// Validate refuses what is no address of a database.
func (c copyCommand) Validate() error {
	if err := addressOfStore("--from", c.From); err != nil {
		return err
	}
	if err := addressOfStore("--to", c.To); err != nil {
		return err
	}
	if c.From == c.To {
		return errors.New("--to: it is the same database as --from")
	}
	return nil
}

// Run copies and prints the sum of each table.
func (c copyCommand) Run(ctx context.Context, env Environment) (err error) {
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	from, err := openExisting(ctx, catalog, "--from", c.From)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := openDatabase(ctx, catalog, "--to", c.To)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := to.Migrate(ctx); err != nil {
		return said(catalog, "--to", err)
	}
	empty, err := to.Empty(ctx)
	if err != nil {
		return said(catalog, "--to", err)
	}
	if !empty && !c.Replace {
		return errors.New("--to: this database holds something; add --replace to put the copy in its place")
	}
	s, err := to.Replace(ctx, from)
	if err != nil {
		return said(catalog, "copy", err)
	}
	sums(env.Stdout, s)
	fmt.Fprintf(env.Stdout, "copied; both databases have these sums; the files of attachments stay where --files says\nhead of the record: %s\n", s.Head)
	return nil
}
