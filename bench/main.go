package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"bassin/internal/snapshot"
)

// settings of a run.
type settings struct {
	bin, vegeta, data, out string
	span                   time.Duration // of one load
	rounds                 int           // loads of each kind, of which the median is told
	only                   string
	parts                  string
	tsplibTime, franceTime time.Duration // of each problem of siting
}

func main() {
	var c settings
	flag.StringVar(&c.bin, "bin", "bin/bassin", "the built binary")
	flag.StringVar(&c.vegeta, "vegeta", "bin/vegeta", "the load generator at constant rate")
	flag.StringVar(&c.data, "data", "data", "folder of the open data")
	flag.StringVar(&c.out, "out", "docs/bench.md", "file the report is written to; none if empty")
	flag.DurationVar(&c.span, "span", 3*time.Second, "time of each load")
	flag.IntVar(&c.rounds, "rounds", 3, "loads of each kind on each side in turn, of which the median is told")
	flag.StringVar(&c.only, "only", "", "only these kinds of questions, joined by commas")
	flag.StringVar(&c.parts, "parts", "", "only these parts, joined by commas: answers, observatory, questions, pages, engine, memory, accounts, changes, signin, siting, search, library, import")
	flag.DurationVar(&c.tsplibTime, "tsplib", 20*time.Second, "time of each p-median of TSPLIB, 10m for all that can be proved; 0 for none")
	flag.DurationVar(&c.franceTime, "france", 2*time.Minute, "time of each p-median of all communes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// bench is a run under way.
type bench struct {
	settings
	report report
	snap   *snapshot.Snapshot
	loader *loader
	server *server
	varDir string
	pg     *postgres
}

func (c settings) run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "bassin-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{settings: c, report: report{machine: machine()}, varDir: filepath.Join(dir, "var")}
	if c.parts == "siting" { // needs neither server nor database
		if err := b.siting(ctx); err != nil {
			return err
		}
		return b.tell()
	}
	if c.parts == "import" { // needs neither server nor database
		if err := b.imports(ctx); err != nil {
			return err
		}
		return b.tell()
	}
	if c.parts == "search" { // starts its own PostgreSQL
		if err := b.finding(ctx); err != nil {
			return err
		}
		return b.tell()
	}
	if b.loader, err = newLoader(dir, c.vegeta); err != nil {
		return err
	}
	if err := b.start(ctx, b.varDir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.server.stop()) }()
	say("setting up PostgreSQL with the same communes")
	if b.pg, err = startPostgres(ctx, b.snap); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.pg.stop()) }()
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"answers", b.answers}, {"observatory", b.observatory}, {"questions", b.questions}, {"pages", b.pages}, {"engine", b.engine}, {"memory", b.memory}, {"accounts", b.accounts}, {"changes", b.changes}, {"signin", b.signin}, {"siting", b.siting}, {"search", b.finding}, {"library", b.library}, {"import", b.imports}} {
		if c.parts != "" && !slices.Contains(strings.Split(c.parts, ","), part.name) {
			continue
		}
		if err := part.run(ctx); err != nil {
			return err
		}
	}
	return b.tell()
}

// tell prints the report and writes it down.
func (b *bench) tell() error {
	b.report.print(os.Stdout)
	if b.out == "" {
		return nil
	}
	var page bytes.Buffer
	b.report.markdown(&page)
	return os.WriteFile(b.out, page.Bytes(), 0o644)
}

// start builds the snapshot and starts the server on it, a few times over.
func (b *bench) start(ctx context.Context, varDir string) error {
	say("building the snapshot")
	took, err := build(ctx, b.bin, b.data, varDir)
	if err != nil {
		return err
	}
	b.report.add("Snapshot built from data/", took.Seconds(), "s", "%.1f", 30, "`bassin data build` into an empty folder")
	say("starting the server")
	var starts []time.Duration
	for range 5 {
		if b.server != nil {
			if err := b.server.stop(); err != nil {
				return err
			}
		}
		if b.server, took, err = startServer(ctx, b.bin, b.data, varDir); err != nil {
			return err
		}
		starts = append(starts, took)
	}
	slices.Sort(starts)
	b.report.add("Start to first page", starts[len(starts)/2].Seconds(), "s", "%.2f", 1.5, "from the start of the process to the last byte of "+firstPage+", median of 5")
	dir, err := snapshot.Current(varDir)
	if err != nil {
		return err
	}
	b.snap, err = snapshot.Open(dir)
	return err
}

// answers checks that the answers are right before their speed is measured.
func (b *bench) answers(ctx context.Context) (err error) {
	say("comparing answers")
	if b.report.checks, err = checkAnswers(ctx, b.server, b.pg, b.snap, b.data); err != nil {
		return err
	}
	now, _, err := b.server.resident()
	b.report.add("Resident memory, warm", now, "MB", "%.0f", 350, "after some 60,000 varied questions")
	return err
}

// questions loads both sides with each kind.
func (b *bench) questions(ctx context.Context) error {
	var constant []figure
	for _, k := range kinds(b.snap) {
		if b.only != "" && !slices.Contains(strings.Split(b.only, ","), k.key) {
			continue
		}
		var best float64
		for _, connections := range []int{4, 16} {
			say(fmt.Sprintf("%s, %d connections", k.name, connections))
			r, err := b.sideBySide(ctx, k, connections)
			if err != nil {
				return err
			}
			best = max(best, r.Bassin.PerSecond)
			b.report.rates = append(b.report.rates, r)
		}
		at := min(k.goal, 10000)
		if best < float64(at)*1.3 {
			at = int(best * 0.6)
		}
		m, err := b.steady(ctx, k.paths, nil, at, b.span)
		if err != nil {
			return err
		}
		constant = append(constant, latency(fmt.Sprintf("%s, at a constant %s req/s", k.name, thousands(float64(at))), m, p99Goal, "vegeta"))
	}
	b.report.figures = append(b.report.figures, constant...)
	return nil
}

// sideBySide loads both sides in turn, a few rounds over, and keeps the median
// round of each, so that a noisy moment of the machine counts for little.
func (b *bench) sideBySide(ctx context.Context, k *kind, connections int) (rate, error) {
	var ours, theirs []loaded
	for range max(1, b.rounds) {
		m, err := b.loader.closed(ctx, b.server.base, k.paths, connections, b.span)
		if err != nil {
			return rate{}, err
		}
		ours = append(ours, m)
		if m, err = b.pg.load(ctx, k, connections, b.span); err != nil {
			return rate{}, err
		}
		theirs = append(theirs, m)
	}
	return rate{Kind: k.name, Goal: k.goal, Bassin: median(ours), Postgres: median(theirs)}, nil
}

// median keeps the load of median rate.
func median(of []loaded) loaded {
	slices.SortFunc(of, func(a, b loaded) int { return cmp.Compare(a.PerSecond, b.PerSecond) })
	return of[len(of)/2]
}

// steady loads at a constant rate a few rounds over and keeps the median p99.
func (b *bench) steady(ctx context.Context, paths, headers []string, rate int, d time.Duration) (loaded, error) {
	var all []loaded
	for range max(1, b.rounds) {
		m, err := b.loader.constant(ctx, b.server.base, paths, headers, rate, d)
		if err != nil {
			return loaded{}, err
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b loaded) int { return cmp.Compare(a.P99, b.P99) })
	return all[len(all)/2], nil
}

// latency makes a figure of a load at a constant rate.
func latency(what string, m loaded, goal float64, how string) figure {
	f := figure{What: what, Value: fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", m.P50, m.P99), Goal: fmt.Sprintf("p99 under %g ms", goal),
		Met: m.P99 < goal && m.Errors == 0, Note: how}
	if m.Errors > 0 {
		f.Value += fmt.Sprintf(", %d errors", m.Errors)
	}
	return f
}

// pages loads territory pages at a constant rate.
func (b *bench) pages(ctx context.Context) error {
	if b.only != "" {
		return nil
	}
	say("territory pages")
	paths := pages(b.snap)
	m, err := b.steady(ctx, paths, []string{"Accept-Encoding: gzip"}, 500, 2*b.span)
	if err != nil {
		return err
	}
	b.report.figures = append(b.report.figures, latency("Territory pages at a constant 500 req/s", m, 10,
		fmt.Sprintf("vegeta, gzip, 5,000 pages of which half communes, a fifth basins, a quarter in English, %.1f KB each", m.KB)))
	m, err = b.loader.closed(ctx, b.server.base, paths, 1, b.span)
	if err != nil {
		return err
	}
	b.report.add("One territory page at a time, p50", m.P50, "ms", "%.2f", 5, "wrk on one connection, the same pages, not compressed")
	return nil
}

// engine measures what lies under the answers.
func (b *bench) engine(ctx context.Context) error {
	say("engine")
	b.report.add("Point in commune, in the engine", locate(b.snap), "ns", "%.0f", 10000, "mean of 200,000, on the shipped outlines")
	p50, p99 := namesWithErrors(b.snap)
	b.report.add("Name with a typing error, in the engine, p50", p50, "µs", "%.0f", 100, "5,000 commune names with one error each")
	b.report.add("The same, p99", p99, "µs", "%.0f", 0, "")
	t, err := measureTiles(ctx, b.server, b.snap)
	if err != nil {
		return err
	}
	b.report.add("Tile of the interactive map, p99", t.P99, "ms", "%.1f", 20,
		fmt.Sprintf("%d tiles of zooms 4 to 13, each asked once over HTTP on a warm server; p50 %.1f ms, slowest %.1f ms at %s", t.Asked, t.P50, t.Worst, t.Slowest))
	b.report.add("Largest tile", t.Largest, "KB", "%.0f", 150, "before compression, at "+t.At)
	return nil
}

// memory looks at the server after all this.
func (b *bench) memory(context.Context) error {
	now, highest, err := b.server.resident()
	b.report.add("Resident memory, after load", now, "MB", "%.0f", 350, fmt.Sprintf("at most %.0f MB during the run", highest))
	return err
}

// say shows progress.
func say(what string) { fmt.Fprintf(os.Stderr, "bench: %s\n", what) }
