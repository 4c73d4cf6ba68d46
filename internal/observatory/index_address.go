package observatory

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/indicator/composite"
	"bassin/internal/territory"
)

// Limits of what an address may ask for.
const (
	MostComponents = 30
	MostWeight     = 100
)

// IndexText is an index as an address writes it, "" standing for the default:
//
//	Level       bv, epci, dep or commune
//	Components  ftth,illectronisme:2 — keys with their weight where it is not 1
//	Weights     networks:2,help:0.5 — of axes, where they are not 1
//	Norm        percentile, min-max, z-score, robust or borda
//	Mean        geometric, arithmetic or harmonic
//
// Weights have at most two decimals, up to [MostWeight]; one of zero leaves its
// component or axis out.
type IndexText struct{ Level, Components, Weights, Norm, Mean string }

// ParseIndex reads an index. Errors are faults of code Invalid whose Field is
// level, components, weights, norm or mean.
func (o *Observatory) ParseIndex(t IndexText) (IndexParameters, error) {
	p := o.DefaultIndex()
	if t.Level != "" {
		if p.Level = territory.Level(t.Level); !slices.Contains(IndexLevels, p.Level) {
			return p, fault.New(fault.Invalid, "index.error.choice", clip(t.Level), joined(IndexLevels)).In("level")
		}
	}
	if t.Norm != "" {
		if p.Norm = composite.Scale(t.Norm); !slices.Contains(IndexNorms, p.Norm) {
			return p, fault.New(fault.Invalid, "index.error.choice", clip(t.Norm), joined(IndexNorms)).In("norm")
		}
	}
	if t.Mean != "" {
		if p.Mean = composite.Mean(t.Mean); !slices.Contains(IndexMeans, p.Mean) {
			return p, fault.New(fault.Invalid, "index.error.choice", clip(t.Mean), joined(IndexMeans)).In("mean")
		}
	}
	if t.Components != "" {
		var err error
		if p.Components, err = parseWeights(t.Components, "components"); err != nil {
			return p, err
		}
		for _, c := range p.Components {
			if _, ok := o.indexable(c.Key); !ok {
				return p, fault.New(fault.Invalid, "index.error.component", clip(c.Key)).In("components")
			}
		}
		slices.SortFunc(p.Components, func(a, b Weighted) int { return o.place(a.Key) - o.place(b.Key) })
	}
	given := map[IndexAxis]float64{}
	if t.Weights != "" {
		axes, err := parseWeights(t.Weights, "weights")
		if err != nil {
			return p, err
		}
		for _, a := range axes {
			axis := IndexAxis(a.Key)
			if !slices.ContainsFunc(p.Components, func(c Weighted) bool { return o.IndexAxisOf(c.Key) == axis }) {
				return p, fault.New(fault.Invalid, "index.error.axis", clip(a.Key)).In("weights")
			}
			given[axis] = a.Weight
		}
	}
	p.Components = slices.DeleteFunc(p.Components, func(c Weighted) bool {
		w, ok := given[o.IndexAxisOf(c.Key)]
		return c.Weight == 0 || ok && w == 0
	})
	switch n := len(p.Components); {
	case n == 0:
		return p, fault.New(fault.Invalid, "index.error.empty").In("components")
	case n > MostComponents:
		return p, fault.New(fault.Invalid, "index.error.many", n, MostComponents).In("components")
	}
	p.Axes = o.axesOf(p.Components, given)
	return p, nil
}

// parseWeights reads key:weight,key,….
func parseWeights(s, field string) ([]Weighted, error) {
	var out []Weighted
	for part := range strings.SplitSeq(s, ",") {
		key, number, weighed := strings.Cut(part, ":")
		w := 1.0
		if weighed {
			var err error
			w, err = strconv.ParseFloat(number, 64)
			if err != nil || !(w >= 0 && w <= MostWeight) {
				return nil, fault.New(fault.Invalid, "index.error.weight", clip(part), MostWeight).In(field)
			}
			w = math.Round(w*100) / 100
		}
		if slices.ContainsFunc(out, func(other Weighted) bool { return other.Key == key }) {
			return nil, fault.New(fault.Invalid, "index.error.twice", clip(key)).In(field)
		}
		if out = append(out, Weighted{key, w}); len(out) > 300 {
			return nil, fault.New(fault.Invalid, "index.error.many", len(out), MostComponents).In(field)
		}
	}
	return out, nil
}

// IndexText writes an index: the shortest text that [Observatory.ParseIndex]
// reads as p, always the same.
func (o *Observatory) IndexText(p IndexParameters) IndexText {
	d := o.DefaultIndex()
	var t IndexText
	if p.Level != d.Level {
		t.Level = string(p.Level)
	}
	if p.Norm != d.Norm {
		t.Norm = string(p.Norm)
	}
	if p.Mean != d.Mean {
		t.Mean = string(p.Mean)
	}
	if !slices.Equal(p.Components, d.Components) {
		t.Components = writeWeights(p.Components, true)
	}
	t.Weights = writeWeights(p.Axes, false)
	return t
}

// writeWeights writes weights, those of 1 without their number or, unless all are
// asked for, not at all.
func writeWeights(list []Weighted, all bool) string {
	var b strings.Builder
	for _, w := range list {
		if w.Weight == 1 && !all {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(w.Key)
		if w.Weight != 1 {
			b.WriteByte(':')
			b.WriteString(strconv.FormatFloat(w.Weight, 'f', -1, 64))
		}
	}
	return b.String()
}

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, ", ")
}

// clip shortens what a reader sent, to say it back.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
