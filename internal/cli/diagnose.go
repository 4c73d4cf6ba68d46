package cli

import (
	"context"
	"io"

	"bassin/internal/atlas"
	"bassin/internal/observatory"
	"bassin/internal/observatoryweb"
	"bassin/internal/snapshot"
)

type diagnoseCommand struct {
	Territory string `arg:"" help:"Territory: bv:22113, a commune code, or communes joined by commas."`
	Places    places `embed:""`
	Format    string `enum:"md,json,csv" default:"md" help:"md, json or csv (${default})."`
	Out       string `placeholder:"file" help:"File to write, instead of the standard output."`
	Lang      string `enum:"fr,en," default:"" env:"BASSIN_LANG" help:"Language, fr or en; that of LANG by default (${env})."`
}

// Run writes the diagnosis from the snapshot in use.
func (c diagnoseCommand) Run(_ context.Context, env Environment) error {
	say, err := speaking(c.Lang)
	if err != nil {
		return err
	}
	dir, err := snapshot.Current(c.Places.Var)
	if err != nil {
		return err
	}
	snap, err := snapshot.Open(dir)
	if err != nil {
		return err
	}
	t, err := snap.France.Resolve(c.Territory, nil)
	if err != nil {
		return inWords(say, err)
	}
	service := observatory.Service{Unit: atlas.Unit}
	document, err := observatoryweb.NewDocument(say, service.Of(snap), t)
	if err != nil {
		return inWords(say, err)
	}
	write := map[string]func(io.Writer) error{"md": document.WriteMarkdown, "json": document.WriteJSON, "csv": document.WriteCSV}[c.Format]
	if c.Out == "" {
		return writeAll(env.Stdout, write)
	}
	return replaceFile(c.Out, write)
}
