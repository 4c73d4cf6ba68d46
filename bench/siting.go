package main

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"bassin/internal/siting"
)

// known is where files with known answers are: most state no open licence, so
// they are not in the repository.
func known() string {
	if dir := os.Getenv("BASSIN_BENCH_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("data", "bench")
}

// siting solves problems with known answers, which the solvers never see.
func (b *bench) siting(ctx context.Context) error {
	dir := known()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		say("siting: no folder " + dir + ": nothing is measured")
		b.report.figures = append(b.report.figures, figure{What: "Siting", Value: "not measured", Note: "the folder " + dir + " of known answers is absent (BASSIN_BENCH_DATA names another)"})
		return nil
	}
	for _, part := range []func(context.Context, string) error{b.orlib, b.tsplib, b.mclp, b.france, b.departement} {
		if err := part(ctx, dir); errors.Is(err, fs.ErrNotExist) {
			say("siting: " + err.Error() + ": not measured")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// spent is a measure of solving.
type spent struct{ wall, cpu time.Duration }

func (s *spent) add(o spent) { s.wall += o.wall; s.cpu += o.cpu }

// processor is the time that the processors gave to this process.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// solve solves within a time.
func solve(ctx context.Context, p siting.Problem, limit time.Duration, gap float64) (*siting.Solution, spent, error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	start, before := time.Now(), processor()
	s, err := siting.Solve(ctx, p, siting.Options{Seed: 1, Workers: runtime.GOMAXPROCS(0), Gap: gap})
	return s, spent{time.Since(start), processor() - before}, err
}

// goal notes a time beside its goal, with the number of answers that are right.
func (b *bench) goal(what string, took spent, limit float64, right bool, note string) {
	f := figure{What: what, Value: fmt.Sprintf("%.2f s", took.wall.Seconds()), Note: fmt.Sprintf("%s; %.1f s of processor", note, took.cpu.Seconds())}
	if limit > 0 {
		f.Goal, f.Met = fmt.Sprintf("under %g s", limit), right && took.wall.Seconds() < limit
	}
	b.report.figures = append(b.report.figures, f)
}

// orlib is p-median and p-centre on the graphs of OR-Library.
func (b *bench) orlib(ctx context.Context, dir string) error {
	rows, err := records(filepath.Join(dir, "pmedian-orlib", "optima.csv"))
	if err != nil {
		return err
	}
	var median, centre, same spent
	var theirs float64
	best, proved, radius, sure, common := 0, 0, 0, 0, 0
	for _, r := range rows {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		costs, p, err := graph(filepath.Join(dir, "pmedian-orlib", r["instance"]+".txt"))
		if err != nil {
			return err
		}
		s, took, err := solve(ctx, siting.Problem{Model: siting.PMedian, Costs: costs, Sites: p}, time.Minute, 0)
		if err != nil {
			return err
		}
		median.add(took)
		if s.Value == number(r["pmedian_optimum"]) {
			best++
		}
		if s.Bound == s.Value {
			proved++
		}
		if r["highs_pmedian_status"] == "optimal" {
			common++
			same.add(took)
			theirs += number(r["highs_pmedian_seconds"])
		}
		say(fmt.Sprintf("%s p-median %v bound %v, %.2f s", r["instance"], s.Value, s.Bound, took.wall.Seconds()))
		s, took, err = solve(ctx, siting.Problem{Model: siting.PCentre, Costs: costs, Sites: p}, time.Minute, 0)
		if err != nil {
			return err
		}
		centre.add(took)
		if s.Value == number(r["pcentre_optimum"]) {
			radius++
		}
		if s.Bound == s.Value {
			sure++
		}
	}
	n := len(rows)
	b.goal("Siting: p-median, OR-Library", median, 10, best == n && proved == n, fmt.Sprintf("%d of %d at the known optimum, %d proved", best, n, proved))
	b.goal(fmt.Sprintf("The same, the %d that HiGHS proves", common), same, 0, true, fmt.Sprintf("HiGHS %.0f s, one thread of a like machine (× %.0f)", theirs, theirs/same.wall.Seconds()))
	b.goal("Siting: p-centre, OR-Library", centre, 3, radius == n && sure == n, fmt.Sprintf("%d of %d at the known optimum, %d proved; HiGHS 33 s, given the answer", radius, n, sure))
	return nil
}

// graph reads a graph and computes its shortest paths.
func graph(name string) (*siting.Matrix, int, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, 0, err
	}
	f := strings.Fields(string(text))
	if len(f) < 3 {
		return nil, 0, fmt.Errorf("%s: too short", name)
	}
	n, m, p := int(number(f[0])), int(number(f[1])), int(number(f[2]))
	if len(f) < 3+3*m {
		return nil, 0, fmt.Errorf("%s: too short", name)
	}
	d := make([]float64, n*n)
	for x := range d {
		d[x] = math.Inf(1)
	}
	for i := range n {
		d[i*n+i] = 0
	}
	for e := range m {
		i, j, c := int(number(f[3+3*e]))-1, int(number(f[4+3*e]))-1, number(f[5+3*e])
		d[i*n+j], d[j*n+i] = c, c // given again, the last counts
	}
	for k := range n {
		for i := range n {
			if a := d[i*n+k]; !math.IsInf(a, 1) {
				row, via := d[i*n:(i+1)*n], d[k*n:(k+1)*n]
				for j, c := range via {
					row[j] = min(row[j], a+c)
				}
			}
		}
	}
	return siting.NewMatrix(n, n, d), p, nil
}

// floored are distances on a plane rounded down to whole numbers.
type floored struct{ *siting.Points }

func (f floored) Whole() bool         { return true }
func (f floored) At(i, j int) float64 { return math.Floor(f.Points.At(i, j)) }
func (f floored) Near(i int, reach float64, found func(j int, d float64)) {
	f.Points.Near(i, reach+1, func(j int, d float64) {
		if d = math.Floor(d); d <= reach {
			found(j, d)
		}
	})
}

// tsplib is p-median on the point sets of TSPLIB.
func (b *bench) tsplib(ctx context.Context, dir string) error {
	if b.tsplibTime == 0 {
		return nil
	}
	rows, err := records(filepath.Join(dir, "pmedian-tsplib", "bounds.csv"))
	if err != nil {
		return err
	}
	var all spent
	worse, proved, worst := 0, 0, 0.0
	sets := map[string]floored{}
	for _, r := range rows {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		name := r["instance"]
		if _, ok := sets[name]; !ok {
			at, err := plane(filepath.Join(dir, "pmedian-tsplib", name+".tsp"))
			if err != nil {
				return err
			}
			sets[name] = floored{siting.NewPlane(at, at)}
		}
		s, took, err := solve(ctx, siting.Problem{Model: siting.PMedian, Costs: sets[name], Sites: int(number(r["p"]))}, b.tsplibTime, 0)
		if err != nil {
			return err
		}
		all.add(took)
		if s.Value > number(r["best_known_here"]) {
			worse++
		}
		if s.Bound == s.Value {
			proved++
		}
		worst = max(worst, s.Gap())
		say(fmt.Sprintf("%s p=%s: %v (best known %s), bound %v, %.3f %%, %.1f s", name, r["p"], s.Value, r["best_known_here"], s.Bound, 100*s.Gap(), took.wall.Seconds()))
	}
	b.goal("Siting: p-median, TSPLIB", all, 0, true, fmt.Sprintf("%d of %d proved, %d worse than the best known, widest gap %.3f %%, %v each at most", proved, len(rows), worse, 100*worst, b.tsplibTime))
	return nil
}

// plane reads the points of a TSPLIB file.
func plane(name string) ([][2]float64, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var at [][2]float64
	points := false
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case f[0] == "NODE_COORD_SECTION":
			points = true
		case f[0] == "EOF":
			points = false
		case points && len(f) >= 3:
			at = append(at, [2]float64{number(f[1]), number(f[2])})
		}
	}
	return at, nil
}

// city are the distances of the covering problems: metres on a sphere, the
// arc-cosine as a float32.
type city struct{ lat, lon []float64 }

func (c city) Size() (demands, sites int) { return len(c.lat), len(c.lat) }
func (c city) Whole() bool                { return false }
func (c city) At(i, j int) float64 {
	if i == j {
		return 0
	}
	cos := math.Cos(c.lat[i])*math.Cos(c.lat[j])*math.Cos(c.lon[i]-c.lon[j]) + math.Sin(c.lat[i])*math.Sin(c.lat[j])
	return 6378100 * float64(float32(math.Acos(min(1, cos))))
}
func (c city) Near(i int, reach float64, found func(j int, d float64)) {
	band := reach/6378100*1.01 + 1e-6 // latitudes farther apart are farther than reach
	for j := range c.lat {
		if math.Abs(c.lat[i]-c.lat[j]) <= band {
			if d := c.At(i, j); d <= reach {
				found(j, d)
			}
		}
	}
}

// mclp is maximal covering in two cities.
func (b *bench) mclp(ctx context.Context, dir string) error {
	rows, err := records(filepath.Join(dir, "mclp-real", "best-known.csv"))
	if err != nil {
		return err
	}
	var all spent
	match, better, proved, gap, short := 0, 0, 0, 0.0, 0.0
	for _, r := range rows {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		costs, weights, err := readCity(filepath.Join(dir, "mclp-real", r["instance"]+".txt"))
		if err != nil {
			return err
		}
		s, took, err := solve(ctx, siting.Problem{Model: siting.MaxCover, Costs: costs, Weights: weights, Sites: int(number(r["p"])), Radius: number(r["radius_m"])}, 10*time.Second, 0)
		if err != nil {
			return err
		}
		all.add(took)
		best := number(r["published_best"])
		if s.Value >= best {
			match++
		}
		if s.Value > best {
			better++
		}
		if s.Bound == s.Value {
			proved++
		}
		gap, short = max(gap, s.Gap()), max(short, (best-s.Value)/best)
		say(fmt.Sprintf("%s p=%s: %.0f (published %s), bound %.0f, %.3f %%, %.1f s, %.1f s of processor", r["instance"], r["p"], s.Value, r["published_best"], s.Bound, 100*s.Gap(), took.wall.Seconds(), took.cpu.Seconds()))
	}
	b.goal("Siting: maximal covering, two cities", all, 0, true, fmt.Sprintf("%d of %d at least as good as published, %d better, at most %.3f %% below; %d proved, widest gap %.2f %%, 10 s each at most", match, len(rows), better, 100*short, proved, 100*gap))
	return nil
}

func readCity(name string) (city, []float64, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return city{}, nil, err
	}
	var c city
	var weights []float64
	part := ""
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case strings.HasSuffix(f[0], "_SECTION"):
			part = f[0]
		case f[0] == "EOF":
			part = ""
		case part == "NODE_COORD_SECTION" && len(f) >= 2:
			c.lat, c.lon = append(c.lat, number(f[len(f)-2])*math.Pi/180), append(c.lon, number(f[len(f)-1])*math.Pi/180)
		case part == "DEMAND_SECTION":
			weights = append(weights, number(f[len(f)-1]))
		}
	}
	if len(weights) != len(c.lat) {
		return c, nil, fmt.Errorf("%s: %d points, %d demands", name, len(c.lat), len(weights))
	}
	return c, weights, nil
}

// communes reads the commuters of each commune and where it is, in kilometres.
func communes(dir string) (codes []string, at [][2]float64, weights []float64, err error) {
	f, err := os.Open(filepath.Join(dir, "hub-siting-france", "demand-34386.csv.gz"))
	if err != nil {
		return nil, nil, nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, nil, nil, err
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		return nil, nil, nil, err
	}
	for _, r := range rows[1:] {
		codes = append(codes, r[0])
		at = append(at, [2]float64{number(r[1]) * 111.32 * math.Cos(46.5*math.Pi/180), number(r[2]) * 111.32})
		weights = append(weights, number(r[3]))
	}
	return codes, at, weights, nil
}

// france is p-median over all communes, reading included.
func (b *bench) france(ctx context.Context, dir string) error {
	for _, c := range []struct {
		p     int
		limit float64
	}{{1000, 10}, {500, 10}, {200, 30}, {50, 60}} {
		start, before := time.Now(), processor()
		_, at, weights, err := communes(dir)
		if err != nil {
			return err
		}
		s, _, err := solve(ctx, siting.Problem{Model: siting.PMedian, Costs: siting.NewPlane(at, at), Weights: weights, Sites: c.p}, b.franceTime, 0.001)
		if err != nil {
			return err
		}
		took := spent{time.Since(start), processor() - before}
		b.goal(fmt.Sprintf("Siting: France, p = %d, certified within 0.1 %%", c.p), took, c.limit, s.Gap() <= 0.001,
			fmt.Sprintf("%.0f commuter-km, gap %.4f %%, at most %.0f MB since the start", s.Value, 100*s.Gap(), peak()))
		say(fmt.Sprintf("France p=%d: %.0f, %.4f %%, %.1f s, %.1f s of processor, %.0f MB", c.p, s.Value, 100*s.Gap(), took.wall.Seconds(), took.cpu.Seconds(), peak()))
	}
	return nil
}

// peak is the most memory this process has held, in MB.
func peak() float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return math.NaN()
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "VmHWM:" {
			return number(f[1]) / 1e3
		}
	}
	return math.NaN()
}

// departement is p-median in each département, ten hubs.
func (b *bench) departement(ctx context.Context, dir string) error {
	codes, at, weights, err := communes(dir)
	if err != nil {
		return err
	}
	var took []time.Duration
	var all spent
	within, size := 0, 0
	for from := 0; from < len(codes); {
		to := from
		for to < len(codes) && codes[to][:2] == codes[from][:2] {
			to++
		}
		if to-from >= 20 {
			s, t, err := solve(ctx, siting.Problem{Model: siting.PMedian, Costs: siting.NewPlane(at[from:to], at[from:to]), Weights: weights[from:to], Sites: 10}, 10*time.Second, 0)
			if err != nil {
				return err
			}
			if s.Gap() <= 1e-6 {
				within++
			}
			took = append(took, t.wall)
			all.add(t)
			size = max(size, to-from)
		}
		from = to
	}
	slices.Sort(took)
	slowest := took[len(took)-1]
	b.goal("Siting: a département, ten hubs, gap under 1e-6, slowest", spent{slowest, all.cpu}, 1, within == len(took),
		fmt.Sprintf("%d of %d proved, median %.0f ms, up to %d communes", within, len(took), milliseconds(percentile(took, 50)), size))
	return nil
}

// records reads a table with a header.
func records(name string) ([]map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1 // some remarks hold commas
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	var out []map[string]string
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		m := map[string]string{}
		for x, name := range header[:min(len(header), len(row))] {
			m[name] = row[x]
		}
		out = append(out, m)
	}
}

// number reads a number, NaN if it is none.
func number(s string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}
