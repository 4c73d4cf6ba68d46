package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"time"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/territory/shape"
)

// locate measures the engine's point in commune: the mean time of one, in
// nanoseconds, over points it has not just seen.
func locate(s *snapshot.Snapshot) float64 {
	probes := points(s, rand.New(rand.NewPCG(seed, 11)), perKind)
	locator := shape.NewLocator(s.Communes)
	const rounds = 40
	found := 0
	start := time.Now()
	for range rounds {
		for _, p := range probes {
			if _, ok := locator.Locate(p); ok {
				found++
			}
		}
	}
	took := time.Since(start)
	if found != rounds*len(probes) {
		return math.NaN()
	}
	return float64(took.Nanoseconds()) / float64(found)
}

// search measures the engine's search of names with one typing error each: the
// median and the 99th percentile, in microseconds, and the share of searches whose
// ten first results hold the name.
func namesWithErrors(s *snapshot.Snapshot) (p50, p99 float64) {
	typed := typos(s.France)
	took := make([]time.Duration, len(typed))
	for range 2 { // the first round warms
		for i, q := range typed {
			start := time.Now()
			s.Names.Search(q, names.Options{})
			took[i] = time.Since(start)
		}
	}
	slices.Sort(took)
	return microseconds(percentile(took, 50)), microseconds(percentile(took, 99))
}

// tiles is what tiles cost.
type tiles struct {
	Asked           int
	P50, P99, Worst float64 // milliseconds, first time asked on a warm server, HTTP included
	Largest         float64 // KB, not compressed
	At              string  // the largest
	Slowest         string
}

// measureTiles asks for tiles of every level at random places at every zoom, each
// once, after one tile of each has warmed what a level shares at a zoom.
func measureTiles(ctx context.Context, s *server, snap *snapshot.Snapshot) (tiles, error) {
	r := rand.New(rand.NewPCG(seed, 12))
	var m tiles
	var took []time.Duration
	levels := []territory.Level{territory.BassinDeVie, territory.EPCI, territory.Departement, territory.Commune}
	for n := range 10 * len(levels) {
		z, level := 4+n/len(levels), levels[n%len(levels)]
		seen := map[string]bool{}
		for i := range 16 {
			c := snap.France.Commune(int32(r.IntN(snap.France.Len())))
			x, y := tileAt(c.Lon, c.Lat, z)
			path := fmt.Sprintf("/tiles/%s/%s/%d/%d/%d", snap.Manifest.Hash, level, z, x, y)
			if seen[path] {
				continue
			}
			seen[path] = true
			start := time.Now()
			b, err := s.get(ctx, path)
			if err != nil {
				return m, err
			}
			if d := time.Since(start); i > 0 { // not the tile that warms
				took = append(took, d)
				if ms := milliseconds(d); ms > m.Worst {
					m.Worst, m.Slowest = ms, fmt.Sprintf("%s/%d/%d/%d", level, z, x, y)
				}
			}
			if kb := float64(len(b)) / 1e3; kb > m.Largest {
				m.Largest, m.At = kb, fmt.Sprintf("%s/%d/%d/%d", level, z, x, y)
			}
		}
	}
	slices.Sort(took)
	m.Asked, m.P50, m.P99 = len(took), milliseconds(percentile(took, 50)), milliseconds(percentile(took, 99))
	return m, nil
}

// tileAt returns the column and row of the Web Mercator tile that holds a place.
func tileAt(lon, lat float64, z int) (x, y int) {
	n := math.Exp2(float64(z))
	sin := math.Sin(lat * math.Pi / 180)
	return int((lon + 180) / 360 * n), int((0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)) * n)
}

// build measures `bassin data build` into an empty folder.
func build(ctx context.Context, bin, data, varDir string) (time.Duration, error) {
	start := time.Now()
	out, err := exec.CommandContext(ctx, bin, "data", "build", "--data", data, "--var", varDir).CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return 0, fmt.Errorf("%s data build: %w\n%s", bin, err, strings.Join(lines[max(0, len(lines)-10):], "\n"))
	}
	return time.Since(start), nil
}
