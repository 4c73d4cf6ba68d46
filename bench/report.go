package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// report gathers what a run found, in the order it is told.
type report struct {
	machine string
	figures []figure
	rates   []rate
	checks  []checked
}

// figure is one measure beside its goal.
type figure struct {
	What  string
	Value string
	Goal  string // "" if none was set
	Met   bool
	Note  string
}

// rate compares Bassin and PostgreSQL on one kind of question.
type rate struct {
	Kind             string
	Goal             int
	Bassin, Postgres loaded
}

// add notes a figure whose goal is to stay below a limit.
func (r *report) add(what string, value float64, unit, format string, limit float64, note string) {
	f := figure{What: what, Value: fmt.Sprintf(format, value) + " " + unit, Note: note}
	if limit > 0 {
		f.Goal, f.Met = fmt.Sprintf("under %g %s", limit, unit), value < limit
	}
	r.figures = append(r.figures, f)
}

func (f figure) verdict() string {
	switch {
	case f.Goal == "":
		return ""
	case f.Met:
		return "met"
	}
	return "**missed**"
}

// p99Goal is the latency that every list question aims at, in milliseconds.
const p99Goal = 5

func (r rate) verdict() string {
	switch {
	case r.Goal == 0:
		return ""
	case r.Bassin.PerSecond < float64(r.Goal):
		return "**missed**"
	case r.Bassin.P99 >= p99Goal:
		return "**p99 missed**"
	}
	return "met"
}

func (r rate) ratio() string {
	if r.Postgres.PerSecond == 0 {
		return ""
	}
	return fmt.Sprintf("× %.1f", r.Bassin.PerSecond/r.Postgres.PerSecond)
}

func (r *report) table() (figures, rates, checks [][]string) {
	figures = [][]string{{"Measure", "Value", "Goal", "", "How"}}
	for _, f := range r.figures {
		figures = append(figures, []string{f.What, f.Value, f.Goal, f.verdict(), f.Note})
	}
	rates = [][]string{{"Question", "Connections", "Bassin req/s", "p50 ms", "p99 ms", "KB", "Goal req/s", "", "PostgreSQL req/s", "p50 ms", "p99 ms", "Bassin / PostgreSQL"}}
	for _, k := range r.rates {
		b, p := k.Bassin, k.Postgres
		row := []string{k.Kind, fmt.Sprint(b.Connections), thousands(b.PerSecond), fmt.Sprintf("%.2f", b.P50), fmt.Sprintf("%.2f", b.P99),
			fmt.Sprintf("%.1f", b.KB), thousands(float64(k.Goal)), k.verdict(), thousands(p.PerSecond), fmt.Sprintf("%.2f", p.P50), fmt.Sprintf("%.2f", p.P99), k.ratio()}
		if b.Errors > 0 {
			row[7] += fmt.Sprintf(" (%d errors)", b.Errors)
		}
		rates = append(rates, row)
	}
	checks = [][]string{{"Same answers", "Asked", "Right", "Share", "Needed", "", "First difference"}}
	for _, c := range r.checks {
		verdict := "met"
		if !c.ok() {
			verdict = "**missed**"
		}
		needed := fmt.Sprintf("%g %%", c.Needed*100)
		if c.Needed == 0 {
			needed, verdict = "", ""
		}
		checks = append(checks, []string{c.What, thousands(float64(c.Asked)), thousands(float64(c.Right)),
			fmt.Sprintf("%.3f %%", 100*float64(c.Right)/float64(max(1, c.Asked))), needed, verdict, c.First})
	}
	return figures, rates, checks
}

// thousands writes a count with its thousands apart.
func thousands(x float64) string {
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// print writes the report for a terminal.
func (r *report) print(w io.Writer) {
	figures, rates, checks := r.table()
	fmt.Fprintf(w, "\n%s\n", r.machine)
	for _, rows := range [][][]string{figures, rates, checks} {
		fmt.Fprintln(w)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, row := range rows {
			fmt.Fprintln(t, strings.ReplaceAll(strings.Join(row, "\t"), "**", ""))
		}
		t.Flush()
	}
}

// markdown writes the report as a page of the documentation.
func (r *report) markdown(w io.Writer) {
	figures, rates, checks := r.table()
	fmt.Fprintf(w, `# Speed

Written by `+"`make bench`"+`: the whole of France, load generator, server and database on the same machine.

%s

## The server

`, r.machine)
	markdownTable(w, figures)
	fmt.Fprint(w, `
## Questions to /api/geo, beside PostgreSQL

Each kind is 5,000 questions drawn from the data with a fixed seed; each side is asked in turn, three times over, and the median is told. Bassin is asked over HTTP by wrk, as fast as answers come, and its figures include making and sending the JSON.
PostgreSQL is asked in prepared statements over a local socket, and its rows are only fetched into Go values. It holds one table of communes
with an index for each question: trigrams of the folded name (pg_trgm, unaccent), postal codes (GIN), département, and the same outlines (PostGIS, GiST).
A list question aims at a p99 under 5 ms besides its rate.

`)
	markdownTable(w, rates)
	fmt.Fprint(w, "\n## Same answers\n\nThe table of communes is read again from the published file with nothing of the product's; points are judged by PostGIS on the same outlines.\n\n")
	markdownTable(w, checks)
}

func markdownTable(w io.Writer, rows [][]string) {
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, c := range row {
			cells[j] = strings.ReplaceAll(c, "|", `\|`)
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			for j, c := range row {
				align := strings.Repeat("-", max(3, utf8.RuneCountInString(c)))
				if j > 0 && len(rows) > 1 && numeric(rows[1][j]) {
					align += ":"
				}
				fmt.Fprintf(w, "| %s ", align)
			}
			fmt.Fprintln(w, "|")
		}
	}
}

func numeric(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// machine describes where a run took place, without naming it.
func machine() string {
	model, memory := "processor not told", ""
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kb float64
		if _, err := fmt.Sscanf(string(b), "MemTotal: %f kB", &kb); err == nil {
			memory = fmt.Sprintf(", %.0f GB of memory", kb*1024/1e9)
		}
	}
	text := fmt.Sprintf("%d cores (%s)%s, %s, %s/%s.", runtime.NumCPU(), model, memory, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	var load float64
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		if _, err := fmt.Sscan(string(b), &load); err == nil && load > 0.7 {
			text += fmt.Sprintf(" The machine was busy with other work when the run began (load %.1f): rates are lower and latencies higher than they would be alone.", load)
		}
	}
	return text
}
