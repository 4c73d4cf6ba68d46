package twins_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"bassin/internal/indicator/twins"
)

// crowd is units made of chance: common factors of falling strength and a noise of
// its own in each trait, as census figures have. Without factors nothing hangs
// together, the hardest case. A share of units lacks four traits at once.
func crowd(seed uint64, units, traits, factors int, lacking float64) []twins.Trait {
	rnd := rand.New(rand.NewPCG(seed, 7))
	out := make([]twins.Trait, traits)
	load := make([][]float64, traits)
	for t := range out {
		out[t] = twins.Trait{Key: fmt.Sprint("t", t), Values: make([]float64, units)}
		load[t] = make([]float64, factors)
		for f := range load[t] {
			load[t][f] = rnd.NormFloat64() / math.Sqrt(float64(f+1))
		}
	}
	common := make([]float64, factors)
	for u := range units {
		for f := range common {
			common[f] = rnd.NormFloat64()
		}
		gap := rnd.Float64() < lacking
		for t := range out {
			x := rnd.NormFloat64()
			for f, c := range common {
				x += load[t][f] * c
			}
			if gap && t < 4 {
				x = math.NaN()
			}
			out[t].Values[u] = x
		}
	}
	return out
}

var crowds = []struct {
	name    string
	factors int
	lacking float64
}{{"factors", 8, 0}, {"gaps", 8, 0.1}, {"chance", 0, 0}}

func space(tb testing.TB, traits []twins.Trait) *twins.Space {
	tb.Helper()
	s, err := twins.New(traits, twins.Options{Clip: twins.DefaultClip, Shared: twins.DefaultShared, Workers: runtime.GOMAXPROCS(0)})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// 34,900 units × 50 traits, as many as the communes of France.
func BenchmarkNew(b *testing.B) {
	traits := crowd(1, 34_900, 50, 8, 0.1)
	for b.Loop() {
		space(b, traits)
	}
}

// The ten nearest of one unit.
func BenchmarkNearest(b *testing.B) {
	for _, c := range crowds {
		b.Run(c.name, func(b *testing.B) {
			s := space(b, crowd(1, 34_900, 50, c.factors, c.lacking))
			u := 0
			for b.Loop() {
				s.Nearest(u%s.Units(), 10, nil)
				u += 977
			}
		})
	}
}

// The ten nearest of every unit.
func BenchmarkAll(b *testing.B) {
	for _, c := range crowds {
		b.Run(c.name, func(b *testing.B) {
			s := space(b, crowd(1, 34_900, 50, c.factors, c.lacking))
			for b.Loop() {
				s.All(10, nil)
			}
		})
	}
}
