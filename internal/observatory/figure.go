package observatory

import (
	"math"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// Figure is an indicator of a territory with all that gives it meaning.
type Figure struct {
	Definition *indicator.Definition
	Value      indicator.Value
	Standing   *Standing         // among similar territories; nil where it cannot be placed
	References []Reference       // its département, its région, France
	Change     *Change           // since an earlier vintage; nil where there is none
	Z          float64           // distance to similar territories on a funnel; NaN where it cannot be told
	Spread     *indicator.Spread // between its communes; nil where there is none
}

// Vintage is the vintage told.
func (f *Figure) Vintage() indicator.Vintage { return f.Definition.Vintages[f.Definition.Latest()] }

// Unusual says whether the figure lies far from those of similar territories,
// chance and their usual differences allowed for.
func (f *Figure) Unusual() bool { return math.Abs(f.Z) >= indicator.Unusual }

// Standing is the place of a value among those of similar territories.
type Standing struct {
	Level  territory.Level
	Peers  indicator.Peers
	Values indicator.Distribution // solid ones
	Below  int                    // how many are lower
	Above  int                    // how many are higher
}

// Reference is the same figure of a larger territory.
type Reference struct {
	Territory *territory.Territory
	Value     indicator.Value
}

// Change is what happened between two vintages.
type Change struct {
	From, To string  // periods
	By       float64 // in points for rates in percent, as a share otherwise
	Points   bool
}

// Figure tells an indicator of a territory. It returns false where there is
// nothing to show.
func (o *Observatory) Figure(t *territory.Territory, d *indicator.Definition) (Figure, bool) {
	f := Figure{Definition: d, Value: o.Panel.Latest(t, d), Z: math.NaN()}
	if !f.Value.Shown() {
		return f, false
	}
	for _, r := range o.larger(t) {
		if v := o.Panel.Latest(r, d); v.Shown() {
			f.References = append(f.References, Reference{r, v})
		}
	}
	if s, ok := o.Panel.SpreadOf(t, d, d.Latest()); ok {
		f.Spread = &s
	}
	f.Change = o.change(t, d, f.Value)
	if c := o.compare(t, d); c != nil && !f.Value.Imprecise && f.Value.State == indicator.Whole {
		s := Standing{Level: c.level, Peers: c.peers, Values: c.values}
		s.Below, s.Above = c.values.Below(f.Value.Value)
		f.Standing = &s
		if c.hasFunnel {
			f.Z = c.funnel.Z(f.Value.Numerator, f.Value.Denominator)
		}
	}
	return f, true
}

// larger are the territories that a figure is compared with, nearest first. One
// that spans several départements or régions is compared with that of its seat,
// else with the one where most of it lives.
func (o *Observatory) larger(t *territory.Territory) []*territory.Territory {
	if t.Level == territory.Pays {
		return nil
	}
	var out []*territory.Territory
	for _, l := range []territory.Level{territory.Departement, territory.Region} {
		if t.Level == territory.Region || t.Level == l {
			continue
		}
		var in *territory.Territory
		if n, ok := o.France.CommuneNumber(t.Seat); ok {
			in = o.France.One(n, l)
		} else if r := o.France.Relations(t, l); len(r) > 0 {
			in = r[0].Other
		}
		if in != nil && in.Zone != "com" && in.Name != t.Name && (len(out) == 0 || out[0].Name != in.Name) {
			out = append(out, in)
		}
	}
	if t.Zone != "com" {
		if f, ok := o.France.Territory(territory.ID{Level: territory.Pays, Code: "FR"}); ok {
			out = append(out, f)
		}
	}
	return out
}

// change compares the latest value with the oldest that speaks of the whole
// perimeter too. A growth is a change already.
func (o *Observatory) change(t *territory.Territory, d *indicator.Definition, now indicator.Value) *Change {
	if d.Rule == indicator.Growth || now.State != indicator.Whole || now.Imprecise {
		return nil
	}
	for i := range d.Latest() {
		then := o.Panel.At(t, d, i)
		if then.State != indicator.Whole || then.Imprecise {
			continue
		}
		c := &Change{From: d.Vintages[i].Period, To: d.Vintages[d.Latest()].Period, Points: d.Unit == "percent"}
		if c.By = now.Value - then.Value; !c.Points {
			if then.Value <= 0 {
				continue
			}
			c.By /= then.Value
		}
		return c
	}
	return nil
}

// comparison is a group of similar territories under one indicator.
type comparison struct {
	level     territory.Level
	peers     indicator.Peers
	values    indicator.Distribution
	funnel    indicator.Funnel
	hasFunnel bool
}

type comparisonKey struct {
	level    territory.Level
	density  indicator.Density
	from, to int8
	key      string
}

// ComparedLevel is the level of the territories that t is compared with: its own,
// basins for a set that somebody drew.
func ComparedLevel(t *territory.Territory) (territory.Level, bool) {
	switch t.Level {
	case territory.Pays, territory.QPV:
		return "", false
	case territory.Custom:
		return territory.BassinDeVie, true
	}
	return t.Level, true
}

// compare returns the group of similar territories, nil where there is none or
// where the indicator does not compare.
func (o *Observatory) compare(t *territory.Territory, d *indicator.Definition) *comparison {
	level, ok := ComparedLevel(t)
	if !ok || !d.Ranked() {
		return nil
	}
	peers := o.Panel.PeersOf(t, level)
	key := comparisonKey{level, peers.Density, peers.From, peers.To, d.Key}
	if kept, ok := o.comparisons.Load(key); ok {
		return kept.(*comparison)
	}
	a := o.Panel.Across(level, d, d.Latest())
	c := &comparison{level: level, peers: peers, values: indicator.NewDistribution(a.Solid(), peers.Indexes)}
	if d.Unit == "percent" && d.Rate() && !d.Estimate {
		c.funnel, c.hasFunnel = indicator.NewFunnel(a.Numerators, a.Denominators, peers.Indexes)
	}
	if c.values.Len() < 2 {
		c.values = indicator.Distribution{}
	}
	kept, _ := o.comparisons.LoadOrStore(key, c)
	return kept.(*comparison)
}
