package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/territory"

	"github.com/jackc/pgx/v5"
)

// question is an addition that Bassin, DuckDB and PostgreSQL are all asked for.
type question struct {
	key, name string
	sql       string // two columns: code and figure
	rounds    int
	bassin    func() map[string]float64
	ask       func() // what is timed in Bassin
}

// plainKey is an indicator whose figure is one plain sum, known everywhere.
const plainKey = "pharmacies"

// questionsOf are the shapes of questions compared.
func questionsOf(s *snapshot.Snapshot) []question {
	p := s.Panel
	d, _ := p.Definition(plainKey)
	plain := d.Vintages[d.Latest()].Numerator
	byCode := func(l territory.Level, values []float64) map[string]float64 {
		out := map[string]float64{}
		for i, t := range s.France.Level(l) {
			out[t.Code] = values[i]
		}
		return out
	}
	sums := func(name string, l territory.Level, column string) question {
		dst := make([]float64, len(s.France.Level(l)))
		return question{
			key: string(l), name: name, rounds: 200,
			sql:    fmt.Sprintf(`SELECT c.%s, sum(f.%q) FROM figures f JOIN communes c ON c.code = f.code WHERE c.%[1]s <> '' GROUP BY c.%[1]s`, column, plain),
			ask:    func() { p.Sums(dst, l, d, d.Latest()) },
			bassin: func() map[string]float64 { return byCode(l, dst) },
		}
	}
	rate, _ := p.Definition("ftth")
	v := rate.Vintages[rate.Latest()]
	var rates *indicator.Across
	ratio := question{
		key: "rate", name: "a rate over all basins, with its coverage", rounds: 200,
		sql: fmt.Sprintf(`SELECT c.bv, 100 * sum(CASE WHEN f.%q IS NOT NULL THEN f.%q END) / sum(CASE WHEN f.%[2]q IS NOT NULL THEN f.%[1]q END)
			FROM figures f JOIN communes c ON c.code = f.code WHERE c.bv <> '' GROUP BY c.bv`, v.Denominator, v.Numerator),
		ask:    func() { rates = p.Across(territory.BassinDeVie, rate, rate.Latest()) },
		bassin: func() map[string]float64 { return byCode(territory.BassinDeVie, rates.Values) },
	}
	return []question{
		sums("one plain sum over the 1,707 basins", territory.BassinDeVie, "bv"),
		sums("one plain sum over the 1,255 EPCI", territory.EPCI, "epci"),
		ratio,
	}
}

// observatory compares additions with DuckDB and PostgreSQL, and measures what has
// no like there.
func (b *bench) observatory(ctx context.Context) error {
	say("adding up, side by side with DuckDB and PostgreSQL")
	asked := questionsOf(b.snap)
	duck, err := b.duckdb(ctx, asked)
	if err != nil {
		return err
	}
	pg, err := b.postgresSums(ctx, asked)
	if err != nil {
		return err
	}
	goals := map[string]float64{"bv": 15}
	for _, q := range asked {
		own := medianOf(2000, q.ask)
		b.report.add("Figures: "+q.name, own, "µs", "%.1f", goals[q.key], fmt.Sprintf("DuckDB %.0f µs (× %.0f), PostgreSQL %.0f µs (× %.0f), in the join form, rows fetched; same sums to %.0e",
			duck[q.key].Median, duck[q.key].Median/own, pg[q.key].Median, pg[q.key].Median/own, max(differ(q.bassin(), duck[q.key].sums()), differ(q.bassin(), pg[q.key].sums()))))
	}
	b.figures()
	if err := b.studies(); err != nil {
		return err
	}
	return b.diagnoses(ctx)
}

// answered is what a database said.
type answered struct {
	Median float64 `json:"median"` // microseconds
	Rows   [][2]any
}

func (a answered) sums() map[string]float64 {
	out := map[string]float64{}
	for _, r := range a.Rows {
		code, _ := r[0].(string)
		x, _ := r[1].(float64)
		out[code] = x
	}
	return out
}

// differ is the largest relative difference between two sets of sums.
func differ(a, b map[string]float64) float64 {
	worst := 0.0
	for code, x := range a {
		y, ok := b[code]
		if !ok && !math.IsNaN(x) && x != 0 {
			return math.Inf(1)
		}
		if !math.IsNaN(x) && ok {
			worst = max(worst, math.Abs(x-y)/math.Max(1, math.Abs(x)))
		}
	}
	return worst
}

// duckdb asks DuckDB, which reads the tables of the snapshot itself.
func (b *bench) duckdb(ctx context.Context, asked []question) (map[string]answered, error) {
	type ask struct {
		Key    string `json:"key"`
		SQL    string `json:"sql"`
		Rounds int    `json:"rounds"`
	}
	in := struct {
		Threads   int      `json:"threads"`
		Setup     []string `json:"setup"`
		Questions []ask    `json:"questions"`
	}{Threads: runtime.NumCPU()}
	for name, file := range map[string]string{"figures": "figures.parquet", "communes": "communes.parquet"} {
		in.Setup = append(in.Setup, fmt.Sprintf("CREATE TABLE %s AS SELECT * FROM read_parquet('%s')", name, filepath.Join(b.snap.Dir, file)))
	}
	for _, q := range asked {
		in.Questions = append(in.Questions, ask{q.key, q.sql, q.rounds})
	}
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", "bench/duckdb/run.mjs")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("DuckDB: %w: %s", err, errs.String())
	}
	told := map[string]answered{}
	return told, json.Unmarshal(out.Bytes(), &told)
}

// postgresSums fills two tables and asks PostgreSQL the same.
func (b *bench) postgresSums(ctx context.Context, asked []question) (map[string]answered, error) {
	c, err := pgx.Connect(ctx, b.pg.dsn)
	if err != nil {
		return nil, err
	}
	defer c.Close(ctx)
	names := columnsOf(b.snap)
	columns := make([]string, len(names))
	for i, n := range names {
		columns[i] = fmt.Sprintf("%q double precision", n)
	}
	for _, statement := range []string{
		"CREATE TABLE figures (code text PRIMARY KEY, " + strings.Join(columns, ", ") + ")",
		"CREATE TABLE communes (code text PRIMARY KEY, bv text, epci text)",
	} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	f := b.snap.France
	n := int32(0)
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"figures"}, append([]string{"code"}, names...), pgx.CopyFromFunc(func() ([]any, error) {
		if int(n) == f.Len() {
			return nil, nil
		}
		row := []any{f.Commune(n).Code}
		for _, x := range figuresOf(b.snap, n) {
			row = append(row, x)
		}
		n++
		return row, nil
	})); err != nil {
		return nil, err
	}
	n = 0
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"communes"}, []string{"code", "bv", "epci"}, pgx.CopyFromFunc(func() ([]any, error) {
		if int(n) == f.Len() {
			return nil, nil
		}
		r := f.Commune(n)
		n++
		return []any{r.Code, r.BassinDeVie, r.EPCI}, nil
	})); err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, "ANALYZE figures"); err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, "ANALYZE communes"); err != nil {
		return nil, err
	}
	out := map[string]answered{}
	for _, q := range asked {
		var a answered
		var took []float64
		for range max(q.rounds/5, 20) {
			start := time.Now()
			rows, err := c.Query(ctx, q.sql)
			if err != nil {
				return nil, err
			}
			a.Rows = a.Rows[:0]
			for rows.Next() {
				var code string
				var x *float64
				if err := rows.Scan(&code, &x); err != nil {
					return nil, err
				}
				if x != nil {
					a.Rows = append(a.Rows, [2]any{code, *x})
				}
			}
			if err := rows.Err(); err != nil {
				return nil, err
			}
			took = append(took, float64(time.Since(start).Nanoseconds())/1e3)
		}
		slices.Sort(took)
		a.Median = took[len(took)/2]
		out[q.key] = a
	}
	return out, nil
}

// columnsOf are the columns that the questions name.
func columnsOf(s *snapshot.Snapshot) []string {
	d, _ := s.Panel.Definition(plainKey)
	r, _ := s.Panel.Definition("ftth")
	return []string{d.Vintages[d.Latest()].Numerator, r.Vintages[r.Latest()].Numerator, r.Vintages[r.Latest()].Denominator}
}

// figuresOf are the cells of those columns for one commune, nil where missing.
func figuresOf(s *snapshot.Snapshot, n int32) []*float64 {
	u := s.France.Level(territory.Commune)[n]
	d, _ := s.Panel.Definition(plainKey)
	r, _ := s.Panel.Definition("ftth")
	plain, rate := s.Panel.Latest(u, d), s.Panel.Latest(u, r)
	cell := func(x float64, known bool) *float64 {
		if !known {
			return nil
		}
		return &x
	}
	return []*float64{cell(plain.Numerator, plain.Shown()), cell(rate.Numerator, rate.Shown()), cell(rate.Denominator, rate.Shown())}
}

// figures measures additions that databases have no like of.
func (b *bench) figures() {
	p, f := b.snap.Panel, b.snap.France
	var members []int32
	for _, t := range f.Level(territory.BassinDeVie) { // whole basins of neighbours, up to 500 communes
		if len(members)+len(t.Communes()) > 500 {
			break
		}
		members = append(members, t.Communes()...)
	}
	slices.Sort(members)
	set := f.Set(members)
	all := medianOf(300, func() { p.All(set) })
	b.report.add(fmt.Sprintf("Figures: all %d indicators over a set of %d communes", len(p.Definitions()), len(members)), all, "µs", "%.0f", 50,
		"values, denominators, coverage and states, the runs of the set found anew each time")
	moved, scanned := bandwidth(p, f)
	b.report.add("Figures: full scan of columns against reading memory", moved/scanned, "×", "%.1f", 2,
		fmt.Sprintf("%.1f GB/s summed over the country, column after column; %.1f GB/s for a plain loop over as many bytes", scanned, moved))
}

// bandwidth returns how fast a plain loop reads memory, and how fast the columns of
// all indicators are summed over the country, in GB/s.
func bandwidth(p *indicator.Panel, f *territory.France) (plain, scanned float64) {
	ds := p.Definitions()
	dst := make([]float64, 1)
	bytesOf := float64(8 * f.Len() * len(ds))
	took := medianOf(20, func() {
		for _, d := range ds {
			if d.Vintages[d.Latest()].Level == "" {
				p.Sums(dst, territory.Pays, d, d.Latest())
			}
		}
	})
	block := make([]float64, f.Len()*len(ds))
	for i := range block {
		block[i] = float64(i)
	}
	var sink float64
	loop := medianOf(20, func() {
		var a, b, c, d float64
		for i := 0; i+4 <= len(block); i += 4 {
			a += block[i]
			b += block[i+1]
			c += block[i+2]
			d += block[i+3]
		}
		sink += a + b + c + d
	})
	if math.IsNaN(sink) {
		return 0, 0
	}
	return bytesOf / loop / 1e3, bytesOf / took / 1e3
}

// medianOf is the median time of some runs, in microseconds.
func medianOf(runs int, do func()) float64 {
	do()
	took := make([]time.Duration, runs)
	for i := range took {
		start := time.Now()
		do()
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return microseconds(percentile(took, 50))
}
