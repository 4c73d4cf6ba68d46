package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"bassin/internal/indicator"
	"bassin/internal/indicator/composite"
	"bassin/internal/indicator/twins"
	"bassin/internal/territory"
)

// columnsByCommune are the latest values of the first ranked indicators that are
// known in nearly all communes, one column each.
func (b *bench) columnsByCommune(n int) (keys []string, columns [][]float64) {
	p := b.snap.Panel
	for _, d := range p.Definitions() {
		if !d.Ranked() || d.Rule == indicator.Growth || len(keys) == n {
			continue
		}
		values := p.Across(territory.Commune, d, d.Latest()).Values
		known := 0
		for _, x := range values {
			if !math.IsNaN(x) {
				known++
			}
		}
		if known > len(values)*9/10 {
			keys, columns = append(keys, d.Key), append(columns, values)
		}
	}
	return keys, columns
}

// studies measures what is computed over all communes at once.
func (b *bench) studies() error {
	say("ranks under variants, and twins, over all communes")
	keys, columns := b.columnsByCommune(20)
	t := composite.Table{Columns: map[string][]float64{}}
	for _, u := range b.snap.France.Level(territory.Commune) {
		t.Units = append(t.Units, u.Code)
	}
	m := composite.Method{Normalisation: composite.Normalisation{By: composite.Percentile, High: 100}, Mean: composite.Arithmetic, Available: 0.5}
	for i, key := range keys {
		t.Columns[key] = columns[i]
		m.Indicators = append(m.Indicators, composite.Indicator{Key: key, Weight: 1, Target: math.NaN()})
	}
	r, err := composite.Run(t, m)
	if err != nil {
		return err
	}
	start := time.Now()
	_, err = r.Uncertainty(composite.Uncertainty{Draws: 1000, Seed: seed, Noise: 0.25, Workers: runtime.NumCPU(),
		Normalisations: []composite.Normalisation{{By: composite.MinMax, High: 100}}})
	if err != nil {
		return err
	}
	shape := fmt.Sprintf("%d communes × %d indicators", len(t.Units), len(keys))
	b.report.add("Index: 1,000 variants, ranks and their ranges", time.Since(start).Seconds(), "s", "%.2f", 3, shape+", two normalisations, weights ±25 %")
	weights := map[string]float64{keys[0]: 2}
	b.report.add("Index: new weights, values and ranks", medianOf(100, func() { _, _, err = r.Reweighted(weights) })/1e3, "ms", "%.1f", 3, shape)
	if err != nil {
		return err
	}
	keys, columns = b.columnsByCommune(50)
	var traits []twins.Trait
	for i, key := range keys {
		traits = append(traits, twins.Trait{Key: key, Values: columns[i]})
	}
	space, err := twins.New(traits, twins.Options{Clip: twins.DefaultClip, Shared: twins.DefaultShared, Workers: runtime.NumCPU()})
	if err != nil {
		return err
	}
	start = time.Now()
	space.All(10, nil)
	shape = fmt.Sprintf("%d communes × %d traits, exact", len(t.Units), len(keys))
	b.report.add("Twins: the ten nearest of every commune", time.Since(start).Seconds(), "s", "%.1f", 5, shape)
	at := 0
	b.report.add("Twins: the ten nearest of one commune", medianOf(200, func() { space.Nearest(at, 10, nil); at = (at + 1009) % len(t.Units) })/1e3, "ms", "%.2f", 2, shape)
	return nil
}

// diagnoses measures the page of the diagnosis, each basin once: no page is kept.
func (b *bench) diagnoses(ctx context.Context) error {
	say("pages of diagnosis")
	var took []time.Duration
	for i, t := range b.snap.France.Level(territory.BassinDeVie) {
		if i%5 != 0 {
			continue
		}
		start := time.Now()
		if _, err := b.server.get(ctx, t.Path()+"/diagnostic"); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.report.add("Page of the diagnosis, median", milliseconds(percentile(took, 50)), "ms", "%.1f", 8,
		fmt.Sprintf("%d basins, each asked for once, one after the other, compression and HTTP included; p99 %.1f ms", len(took), milliseconds(percentile(took, 99))))
	return nil
}
