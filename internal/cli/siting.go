package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"strings"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/siting"
	"bassin/internal/siting/sitingfile"
)

type sitingCommands struct {
	Solve sitingSolveCommand `cmd:"" help:"Choose the best sites, and say how far from the best possible they can be."`
}

type sitingSolveCommand struct {
	Model      string        `required:"" enum:"p-median,p-centre,max-cover,set-cover" help:"What is sought: ${enum}."`
	P          int           `help:"Sites to open at most, existing ones included (all models but set-cover)."`
	Points     string        `xor:"input" required:"" placeholder:"FILE" help:"Places, CSV or Parquet: id, lon and lat (distances in km) or x and y, weight. Each is a demand and a site."`
	CostMatrix string        `xor:"input" required:"" placeholder:"FILE" help:"Distances, CSV or Parquet: a demand a row, a site a column, no header; an empty cell is out of reach."`
	Radius     float64       `default:"-1" help:"Served within this distance (max-cover, set-cover)."`
	Fixed      string        `placeholder:"FILE" help:"Sites that exist and stay: ids of points, or numbers of columns from 1, one a line."`
	Candidates string        `placeholder:"FILE" help:"The only other sites that may open, in the same form."`
	Capacities string        `placeholder:"FILE" help:"What each site can serve, in weight: site, number (p-median, max-cover). Sites left out have no limit."`
	Fees       string        `placeholder:"FILE" help:"What opening each site costs: site, number. Sites left out cost nothing."`
	Budget     float64       `help:"What opening may cost in all; needs --fees."`
	Time       time.Duration `default:"10s" help:"When to stop at the latest (${default})."`
	Seed       uint64        `default:"1" help:"Seed of chance (${default})."`
	Format     string        `enum:"json,text" default:"text" help:"${enum} (${default})."`
	Lang       string        `enum:"fr,en," default:"" env:"BASSIN_LANG" help:"Language of messages, fr or en; that of LANG by default (${env})."`
}

// sited is a solution as programs read it.
type sited struct {
	Model   string   `json:"model"`
	Value   float64  `json:"value"`
	Bound   float64  `json:"bound"`
	Gap     *float64 `json:"gap"` // share of value; null where value is 0 and not proved
	Proved  bool     `json:"proved"`
	Sites   []string `json:"sites"`
	Seconds float64  `json:"seconds"`
}

// Run reads, solves and writes.
func (c sitingSolveCommand) Run(ctx context.Context, env Environment) error {
	say, err := speaking(c.Lang)
	if err != nil {
		return err
	}
	start := time.Now()
	problem, ids, err := c.problem()
	if err != nil {
		return inWords(say, err)
	}
	ctx, stop := context.WithDeadline(ctx, start.Add(c.Time))
	defer stop()
	options := siting.Options{Seed: c.Seed, Workers: runtime.GOMAXPROCS(0)}
	if terminal(env.Stderr) {
		bar := &sitingBar{w: env.Stderr, say: say, start: start, time: c.Time}
		options.Progress = bar.draw
		defer bar.clear()
	}
	s, err := siting.Solve(ctx, problem, options)
	if err != nil {
		return inWords(say, err)
	}
	out := sited{Model: c.Model, Value: s.Value, Bound: s.Bound, Proved: s.Gap() <= 1e-6, Sites: make([]string, len(s.Sites)), Seconds: time.Since(start).Seconds()}
	if g := s.Gap(); !math.IsInf(g, 0) {
		out.Gap = &g
	}
	for x, j := range s.Sites {
		if out.Sites[x] = strconv.Itoa(j + 1); ids != nil {
			out.Sites[x] = ids[j]
		}
	}
	if c.Format == "json" {
		e := json.NewEncoder(env.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(out)
	}
	return out.write(env.Stdout, say)
}

// problem reads the files.
func (c sitingSolveCommand) problem() (p siting.Problem, ids []string, err error) {
	p = siting.Problem{Model: siting.Model(c.Model), Sites: c.P, Budget: c.Budget, Radius: c.Radius}
	if c.Points != "" {
		err = reading(c.Points, func(r io.Reader) error {
			places, err := sitingfile.ReadPlaces(r, c.Points)
			if err == nil {
				p.Costs, p.Weights, ids = places.Costs(), places.Weights, places.IDs
			}
			return err
		})
	} else {
		err = reading(c.CostMatrix, func(r io.Reader) error {
			m, err := sitingfile.ReadMatrix(r, c.CostMatrix)
			p.Costs = m
			return err
		})
	}
	if err != nil {
		return p, nil, err
	}
	_, count := p.Costs.Size()
	sites := sitingfile.NewSites(ids, count)
	for _, list := range []struct {
		name string
		to   *[]int
	}{{c.Fixed, &p.Fixed}, {c.Candidates, &p.Candidates}} {
		if list.name == "" {
			continue
		}
		if err := reading(list.name, func(r io.Reader) (err error) {
			*list.to, err = sitingfile.ReadList(r, list.name, sites)
			return err
		}); err != nil {
			return p, nil, err
		}
	}
	for _, list := range []struct {
		name  string
		other float64
		to    *[]float64
	}{{c.Capacities, math.Inf(1), &p.Capacities}, {c.Fees, 0, &p.Fees}} {
		if list.name == "" {
			continue
		}
		if err := reading(list.name, func(r io.Reader) (err error) {
			*list.to, err = sitingfile.ReadNumbers(r, list.name, sites, list.other)
			return err
		}); err != nil {
			return p, nil, err
		}
	}
	return p, ids, nil
}

func (s sited) write(w io.Writer, say *i18n.Localizer) error {
	lines := []string{say.T("siting.value", figure(say, s.Value)), say.T("siting.bound", figure(say, s.Bound))}
	switch {
	case s.Proved:
		lines = append(lines, say.T("siting.proved"))
	case s.Gap != nil:
		lines = append(lines, say.T("siting.gap", say.Percent(*s.Gap, 3)))
	}
	lines = append(lines, say.T("siting.seconds", say.Decimal(s.Seconds, 2)), say.T("siting.sites", len(s.Sites), strings.Join(s.Sites, " ")))
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// figure writes whole numbers whole.
func figure(say *i18n.Localizer, x float64) string {
	if x == math.Floor(x) && math.Abs(x) < 1<<53 {
		return say.Number(int(x))
	}
	return say.Decimal(x, 3)
}

// sitingBar draws the progress of a search on one line of a terminal.
type sitingBar struct {
	w     io.Writer
	say   *i18n.Localizer
	start time.Time
	time  time.Duration
	last  time.Time
}

func (b *sitingBar) draw(p siting.Progress) {
	now := time.Now()
	if now.Sub(b.last) < 100*time.Millisecond {
		return
	}
	b.last = now
	const width = 20
	done := min(width, int(width*now.Sub(b.start)/max(b.time, 1)))
	line := "[" + strings.Repeat("#", done) + strings.Repeat(".", width-done) + "] "
	if math.IsInf(p.Value, 0) {
		line += b.say.T("siting.starting")
	} else {
		line += b.say.T("siting.progress", figure(b.say, math.Round(p.Value)), figure(b.say, math.Round(p.Bound)))
	}
	fmt.Fprintf(b.w, "\r\x1b[K%s", line)
}

func (b *sitingBar) clear() { fmt.Fprint(b.w, "\r\x1b[K") }
