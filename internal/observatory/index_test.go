package observatory

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/indicator"
	"bassin/internal/indicator/composite"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func watch(t testing.TB) *Observatory {
	t.Helper()
	return (&Service{}).Of(realdata.Snapshot(t))
}

func parsed(t testing.TB, o *Observatory, text IndexText) IndexParameters {
	t.Helper()
	p, err := o.ParseIndex(text)
	if err != nil {
		t.Fatalf("%+v: %v", text, err)
	}
	return p
}

// The default index, made the long way from its definition: percentiles, plain
// means within axes, a geometric mean between them.
func TestTheDefaultIndexIsItsFormula(t *testing.T) {
	o := watch(t)
	p := o.DefaultIndex()
	x, err := o.Index(t.Context(), p, 0, IndexSeed)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Components) != 8 || len(p.Axes) != 5 {
		t.Fatalf("%d components, %d axes", len(p.Components), len(p.Axes))
	}
	n := len(x.Territories)
	score := make([]float64, n)
	for i := range n {
		product, axes := 1.0, 0.0
		for _, a := range x.Axes {
			sum, known := 0.0, 0.0
			for _, c := range x.Components {
				v := c.Values[i]
				if c.Axis != a.Axis || math.IsNaN(v) {
					continue
				}
				worse, others := 0.0, -1.0
				for _, w := range c.Values {
					if math.IsNaN(w) {
						continue
					}
					others++
					if c.Definition.Polarity == indicator.Worse && w > v || c.Definition.Polarity == indicator.Better && w < v {
						worse++
					}
				}
				sum, known = sum+1+99*worse/others, known+1
			}
			if known > 0 {
				product, axes = product*sum/known, axes+1
			}
		}
		score[i] = 101 - math.Pow(product, 1/axes)
		if math.Abs(score[i]-x.Score[i]) > 1e-9 {
			t.Fatalf("%s: %v by the formula, %v by the index", x.Territories[i].Name, score[i], x.Score[i])
		}
	}
	for i := range n {
		above := 1
		for _, v := range x.Score {
			if v > x.Score[i] {
				above++
			}
		}
		if int(x.Rank[i]) != above {
			t.Fatalf("%s: rank %d, %d by counting", x.Territories[i].Name, x.Rank[i], above)
		}
	}
}

// A worse figure never makes a territory less fragile, and units do not matter.
func TestWorseIsNeverLessFragile(t *testing.T) {
	o := watch(t)
	rnd := rand.New(rand.NewPCG(5, 5))
	for _, text := range []IndexText{{Level: "dep"}, {Level: "dep", Norm: "min-max"}, {Level: "dep", Norm: "min-max", Mean: "harmonic"}, {Level: "dep", Norm: "borda", Mean: "arithmetic"}} {
		p := parsed(t, o, text)
		b, err := o.base(p)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			c, u := rnd.IntN(len(b.definitions)), rnd.IntN(len(b.territories))
			key := p.Components[c].Key
			before := b.values[c][u]
			if math.IsNaN(before) {
				continue
			}
			table := composite.Table{Units: b.table.Units, Columns: map[string][]float64{}}
			for k, v := range b.table.Columns {
				table.Columns[k] = v
			}
			changed := slices.Clone(b.values[c])
			by := (1 + rnd.Float64()) * math.Abs(before) / 10
			if b.definitions[c].Polarity == indicator.Better {
				by = -by
			}
			changed[u] += by
			table.Columns[key] = changed
			m := o.method(p)
			m.Treatment = composite.Treatment{} // which columns are logged may change with a value
			plain, err := composite.Run(b.table, m)
			if err != nil {
				t.Fatal(err)
			}
			worse, err := composite.Run(table, m)
			if err != nil {
				t.Fatal(err)
			}
			// An extreme value moves the ends of a min-max scale, hence others too: its own index may not rise.
			if worse.Values[0][u] > plain.Values[0][u]+1e-9 {
				t.Errorf("%+v: a worse %s lifts %s from %v to %v", text, key, b.table.Units[u], plain.Values[0][u], worse.Values[0][u])
			}
			if text.Norm != "min-max" && worse.Ranks[u] > plain.Ranks[u] {
				t.Errorf("%+v: a worse %s moves %s from rank %d to %d", text, key, b.table.Units[u], plain.Ranks[u], worse.Ranks[u])
			}
			scaled := slices.Clone(b.values[c])
			for i := range scaled {
				scaled[i] *= 1024 // exact in binary
			}
			table.Columns[key] = scaled
			other, err := composite.Run(table, m)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(other.Ranks, plain.Ranks) {
				t.Errorf("%+v: the unit of %s changes ranks", text, key)
			}
		}
	}
}

// Weights taken on a base that is ready are those of an index made anew.
func TestReweighingIsMakingAnew(t *testing.T) {
	o := watch(t)
	p := parsed(t, o, IndexText{Components: "rsa_share:3,illectronisme,ftth:0.5,france_services_km,aah_share", Weights: "help:2.5,networks:0.25"})
	x, err := o.Index(t.Context(), p, 0, IndexSeed)
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.base(p)
	if err != nil {
		t.Fatal(err)
	}
	r, err := composite.Run(b.table, o.method(p))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Ranks, x.Rank) {
		t.Error("ranks differ")
	}
	sum := 0.0
	for _, s := range p.Shares(o.IndexAxisOf) {
		sum += s
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Errorf("shares add up to %v", sum)
	}
}

func TestTheSameSeedGivesTheSameRanges(t *testing.T) {
	text := IndexText{Level: "dep", Weights: "help:2"}
	var made []*Index
	for _, seed := range []uint64{3, 3, 4} {
		o := watch(t) // nothing kept
		x, err := o.Index(t.Context(), parsed(t, o, text), 60, seed)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, x)
	}
	if !slices.Equal(made[0].Low, made[1].Low) || !slices.Equal(made[0].High, made[1].High) || !slices.Equal(made[0].Factors[0].Share, made[1].Factors[0].Share) {
		t.Error("the same seed gives other ranges")
	}
	if slices.Equal(made[0].Low, made[2].Low) && slices.Equal(made[0].High, made[2].High) {
		t.Error("another seed gives the same ranges")
	}
}

// A territory is ranked where three quarters of the index, at equal weights, are
// known; what is imprecise is not known.
func TestWhoIsRanked(t *testing.T) {
	o := watch(t)
	for _, l := range IndexLevels {
		p := o.DefaultIndex()
		p.Level = l
		x, err := o.Index(t.Context(), p, 0, IndexSeed)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range o.France.Level(l) {
			known := 0.0
			for _, c := range x.Components {
				v := o.Panel.Latest(u, c.Definition)
				if v.State == indicator.Whole && !v.Imprecise && !(c.Definition.Estimate && v.Numerator < indicator.Least) {
					known += c.Share
				}
			}
			if _, ranked := x.At(u); ranked != (known >= IndexKnown-1e-9) {
				t.Errorf("%s: ranked is %v with %.3f known", u.ID, ranked, known)
			}
		}
	}
	for id, want := range map[territory.ID]bool{
		{Level: territory.Departement, Code: "976"}: false, {Level: territory.Departement, Code: "973"}: true, {Level: territory.Departement, Code: "987"}: false,
		{Level: territory.BassinDeVie, Code: "22113"}: true, {Level: territory.Commune, Code: "22113"}: true, {Level: territory.Commune, Code: "22146"}: false,
	} {
		u, ok := o.France.Territory(id)
		if !ok {
			t.Fatal(id)
		}
		s, err := o.IndexOf(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		if s.Ranked() != want {
			t.Errorf("%s: ranked is %v", id, s.Ranked())
		}
		if !s.Ranked() && len(s.Missing) == 0 || s.Ranked() && (s.Low < 1 || s.High > float64(s.Of) || s.Low > s.High) {
			t.Errorf("%s: %+v", id, s)
		}
	}
	if s, err := o.IndexOf(t.Context(), o.France.Level(territory.Region)[0]); s != nil || err != nil {
		t.Errorf("a région is ranked: %v, %v", s, err)
	}
}

// Uneven lists never count, whatever is asked for.
func TestListedPlacesAreRefused(t *testing.T) {
	o := watch(t)
	n := 0
	for _, d := range o.Panel.Definitions() {
		if _, err := o.ParseIndex(IndexText{Components: d.Key}); (err == nil) != (d.Ranked() && d.Polarity != indicator.Neutral && d.Vintages[d.Latest()].Level == "") {
			t.Errorf("%s: %v", d.Key, err)
		}
		if d.Unranked {
			n++
		}
	}
	if n < 5 {
		t.Errorf("%d uneven lists in the catalogue", n)
	}
	for _, d := range o.OtherIndexChoices() {
		if d.Unranked {
			t.Errorf("%s is offered", d.Key)
		}
	}
}

func TestAddressesAreShortAndAlwaysTheSame(t *testing.T) {
	o := watch(t)
	for _, c := range []struct{ in, want IndexText }{
		{IndexText{}, IndexText{}},
		{IndexText{Level: "bv", Norm: "percentile", Mean: "geometric", Weights: "help:1"}, IndexText{}},
		{IndexText{Components: "france_services_km,jobseekers_share,aah_share,rsa_share:1,lone_parents,single_households,illectronisme,ftth"}, IndexText{}},
		{IndexText{Components: "illectronisme:2.004,ftth:1.0"}, IndexText{Components: "ftth,illectronisme:2"}},
		{IndexText{Components: "ftth,illectronisme", Weights: "capability:0"}, IndexText{Components: "ftth"}},
		{IndexText{Level: "epci", Components: "apl_gp,ftth,illectronisme", Weights: "health:3"}, IndexText{Level: "epci", Components: "ftth,illectronisme,apl_gp", Weights: "health:3"}},
	} {
		p := parsed(t, o, c.in)
		if got := o.IndexText(p); got != c.want {
			t.Errorf("%+v is written %+v, want %+v", c.in, got, c.want)
		}
	}
}

func FuzzParseIndex(f *testing.F) {
	o := watch(f)
	f.Add("epci", "ftth,illectronisme:2", "networks:0.5", "min-max", "arithmetic")
	f.Add("", "ftth:0,rsa_share:1e1", "help:2", "", "")
	f.Add("bv", ",", ":", "x", "y")
	f.Add("", "ftth:NaN", "networks:+Inf", "", "")
	f.Add("", "ftth:0x1p-2", "dependence:0.001", "borda", "harmonic")
	f.Fuzz(func(t *testing.T, level, components, weights, norm, mean string) {
		p, err := o.ParseIndex(IndexText{level, components, weights, norm, mean})
		if err != nil {
			if e, ok := errors.AsType[*fault.Error](err); !ok || e.Code != fault.Invalid || e.Field == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		text := o.IndexText(p)
		again, err := o.ParseIndex(text)
		if err != nil {
			t.Fatalf("%+v is not read back: %v", text, err)
		}
		if o.IndexText(again) != text || !slices.Equal(again.Components, p.Components) || !slices.Equal(again.Axes, p.Axes) {
			t.Fatalf("%+v is read back as %+v", p, again)
		}
		for _, w := range slices.Concat(p.Components, p.Axes) {
			if !(w.Weight > 0 && w.Weight <= MostWeight) {
				t.Fatalf("weight %v", w)
			}
		}
	})
}

// One index is made once for all who ask, and an impatient reader leaves alone.
func TestAnIndexIsMadeOnce(t *testing.T) {
	o := watch(t)
	p := parsed(t, o, IndexText{Level: "dep"})
	found := make(chan *Index)
	for range 8 {
		go func() {
			x, _ := o.Index(context.Background(), p, 50, 2)
			found <- x
		}()
	}
	first := <-found
	for range 7 {
		if x := <-found; x != first || x == nil {
			t.Error("made twice")
		}
	}
	for seed := range uint64(3 * keptIndexes) {
		if _, err := o.Index(t.Context(), p, 2, 100+seed); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(o.indexes.kept); n > keptIndexes+len(IndexLevels)*2 {
		t.Errorf("%d kept", n)
	}
}
