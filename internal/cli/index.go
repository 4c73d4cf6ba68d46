package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator/composite"
	"bassin/internal/indicator/composite/indexfile"
)

type indexCommand struct {
	Data   string `required:"" placeholder:"table.csv" help:"Table: units in rows, indicators in columns."`
	Method string `required:"" placeholder:"method.yaml" help:"Method: indicators, weights, treatment, normalisation, means (docs/index-method.md)."`
	Out    string `placeholder:"file" help:"File to write, instead of the standard output."`
	Format string `enum:"csv,json" default:"csv" help:"csv or json (${default})."`
	Stage  string `enum:"denominated,imputed,treated,normalised,aggregated,uncertainty" default:"aggregated" help:"Step to write: ${enum} (${default})."`
	Lang   string `enum:"fr,en," default:"" env:"BASSIN_LANG" help:"Language of messages, fr or en; that of LANG by default (${env})."`
}

// Run computes the index and writes the step asked for. Nothing is written where
// a file or the method is wrong.
func (c indexCommand) Run(_ context.Context, env Environment) error {
	say, err := speaking(c.Lang)
	if err != nil {
		return err
	}
	columns, result, err := c.compute()
	if err != nil {
		return inWords(say, err)
	}
	for _, d := range result.DroppedIndicators {
		fmt.Fprintln(env.Stderr, say.T("composite.dropped_indicator", d.Key, 100*d.Share))
	}
	for _, d := range result.DroppedUnits {
		fmt.Fprintln(env.Stderr, say.T("composite.dropped_unit", d.Key, 100*d.Share))
	}
	for i, t := range result.Treating {
		if t.StillOutOfLimits {
			fmt.Fprintln(env.Stderr, say.T("composite.still_out", result.Indicators[i]))
		}
	}
	write := columns.WriteCSV
	if c.Format == "json" {
		write = columns.WriteJSON
	}
	if c.Out == "" {
		return write(env.Stdout)
	}
	return replaceFile(c.Out, write)
}

func (c indexCommand) compute() (indexfile.Columns, *composite.Result, error) {
	none := indexfile.Columns{}
	var m *indexfile.Method
	err := reading(c.Method, func(r io.Reader) (err error) {
		m, err = indexfile.ReadMethod(r, c.Method)
		return err
	})
	if err != nil {
		return none, nil, err
	}
	var t composite.Table
	err = reading(c.Data, func(r io.Reader) (err error) {
		t, err = indexfile.ReadTable(r, c.Data, m)
		return err
	})
	if err != nil {
		return none, nil, err
	}
	if c.Stage != "uncertainty" {
		r, err := composite.RunTo(t, m.Recipe, composite.Stage(c.Stage))
		if err != nil {
			return none, nil, m.Locate(err)
		}
		return indexfile.StageColumns(r, composite.Stage(c.Stage), m.Unit), r, nil
	}
	if m.Uncertainty == nil {
		return none, nil, m.Locate(fault.New(fault.Invalid, "composite.no_uncertainty").In("uncertainty"))
	}
	r, err := composite.Run(t, m.Recipe)
	if err != nil {
		return none, nil, m.Locate(err)
	}
	u := *m.Uncertainty
	u.Workers = runtime.GOMAXPROCS(0)
	s, err := r.Uncertainty(u)
	if err != nil {
		return none, nil, m.Locate(err)
	}
	return indexfile.SpreadColumns(r, s, m.Unit), r, nil
}

// speaking is the language asked for, or else that of LANG.
func speaking(lang string) (*i18n.Localizer, error) {
	texts, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	if lang == "" {
		lang = string(i18n.EN)
		if strings.HasPrefix(os.Getenv("LANG"), "fr") {
			lang = string(i18n.FR)
		}
	}
	return texts.Localizer(i18n.Lang(lang)), nil
}

func reading(name string, read func(io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return read(f)
}

// inWords turns faults into sentences of the reader's language, one a line.
func inWords(say *i18n.Localizer, err error) error {
	if ps, ok := errors.AsType[indexfile.Problems](err); ok {
		lines := make([]string, len(ps))
		for i, p := range ps {
			lines[i] = p.Place() + ": " + say.T(p.Fault.Key, p.Fault.Args...)
		}
		return errors.New(strings.Join(lines, "\n"))
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return errors.New(say.T(f.Key, f.Args...))
	}
	return err
}

// replaceFile writes a whole file or leaves what was there.
func replaceFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".bassin-*")
	if err != nil {
		return err
	}
	err = errors.Join(f.Chmod(0o644), writeAll(f, write), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func writeAll(w io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriter(w)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}
