package indicator_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

func TestDistribution(t *testing.T) {
	d := indicator.NewDistribution([]float64{5, math.NaN(), 1, 3, 3, 9}, nil)
	// Type 7: quantile q of n sorted values lies at 1 + (n-1) q.
	for q, want := range map[float64]float64{0: 1, 0.25: 3, 0.5: 3, 0.75: 5, 0.9: 7.4, 1: 9} {
		if got := d.Quantile(q); !near(got, want) {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	for x, want := range map[float64][2]int{0: {0, 5}, 1: {0, 4}, 3: {1, 2}, 4: {3, 2}, 9: {4, 0}, 10: {5, 0}} {
		if below, above := d.Below(x); below != want[0] || above != want[1] {
			t.Errorf("%v has %d below and %d above, want %v", x, below, above, want)
		}
	}
	if d := indicator.NewDistribution(nil, []int{}); !math.IsNaN(d.Quantile(0.5)) {
		t.Error("the median of nothing is a number")
	}
	if d := indicator.NewDistribution([]float64{7, 8, 9}, []int{2, 0}); d.Len() != 2 || d.Quantile(1) != 9 || d.Quantile(0) != 7 {
		t.Error("only the values at the indexes count")
	}
}

// Where only chance tells members apart, the funnel finds no more than chance and
// calls about one in twenty unusual; where they truly differ, it finds by how much.
func TestFunnelFindsTheVarianceBetweenMembers(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, c := range []struct{ sd, tolerance float64 }{{0, 0.004}, {0.03, 0.004}, {0.06, 0.008}} {
		const members = 2000
		num, den, all := make([]float64, members), make([]float64, members), make([]int, members)
		for i := range num {
			all[i] = i
			den[i] = 200 + float64(r.IntN(2000))
			p := 0.3 + c.sd*r.NormFloat64()
			num[i] = math.Round(den[i]*p + r.NormFloat64()*math.Sqrt(den[i]*p*(1-p)))
		}
		f, ok := indicator.NewFunnel(num, den, all)
		if !ok {
			t.Fatal("no funnel")
		}
		// Winsorising at the deciles leaves out the tails of what is normal, hence less than sd².
		const kept = 0.78 // standard deviation of a normal variable winsorised at its deciles is about 0.83; of its square, lower
		if got := math.Sqrt(f.Tau2); got > c.sd+c.tolerance || got < kept*c.sd-c.tolerance {
			t.Errorf("members differ by %v, found %v", c.sd, got)
		}
		unusual := 0
		for i := range num {
			if math.Abs(f.Z(num[i], den[i])) >= indicator.Unusual {
				unusual++
			}
		}
		if share := float64(unusual) / members; share < 0.02 || share > 0.12 {
			t.Errorf("sd %v: %.1f %% are unusual", c.sd, 100*share)
		}
	}
	if _, ok := indicator.NewFunnel([]float64{1}, []float64{2}, []int{0}); ok {
		t.Error("a funnel of one member")
	}
	if z := (indicator.Funnel{Rate: 0.5}).Z(60, 100); !near(z, 2) { // (0.6 − 0.5) / sqrt(0.25 / 100)
		t.Errorf("z = %v, want 2", z)
	}
}

func TestSpreadBetweenCommunes(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	f := country(t, 300, r)
	p, hand := panel(t, f, r)
	d, _ := p.Definition("rate")
	u := f.Level(territory.Departement)[0]
	s, ok := p.SpreadOf(u, d, 0)
	if !ok {
		t.Fatal("no spread")
	}
	v := p.Latest(u, d)
	rate := v.Numerator / v.Denominator
	var between float64
	n := 0
	for _, code := range f.Codes(u) {
		if b, c := hand.figure(1, code), hand.figure(2, code); !math.IsNaN(b) && c > 0 {
			between += c / v.Denominator * (b/c - rate) * (b/c - rate)
			n++
		}
	}
	if between /= rate * (1 - rate); !near(s.Between, between) && !(math.IsNaN(s.Between) && !(rate < 1)) {
		t.Errorf("between %v, want %v", s.Between, between)
	}
	if s.Communes != n || !(s.Low <= s.High) {
		t.Errorf("%+v of %d communes", s, n)
	}
	total, _ := p.Definition("total")
	if _, ok := p.SpreadOf(u, total, 0); ok {
		t.Error("a total has a spread")
	}
}

func TestPeersAreOfTheSameClassAndEnough(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	f := country(t, 600, r)
	p, _ := panel(t, f, r)
	for _, l := range []territory.Level{territory.Commune, territory.BassinDeVie, territory.Departement} {
		classes := p.Classes(l)
		for i, u := range f.Level(l) {
			peers := p.PeersOf(u, l)
			if len(peers.Indexes) < indicator.Fewest && len(peers.Indexes) < len(classes) {
				t.Fatalf("%s has %d peers", u.ID, len(peers.Indexes))
			}
			self := false
			for _, k := range peers.Indexes {
				self = self || k == i
				if c := classes[k]; c.Size < peers.From || c.Size > peers.To || peers.Density != indicator.NoDensity && c.Density != peers.Density {
					t.Fatalf("%s is given a peer of class %+v, out of %+v", u.ID, c, peers)
				}
			}
			if !self {
				t.Fatalf("%s is not among its peers", u.ID)
			}
		}
	}
}
