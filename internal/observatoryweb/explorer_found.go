package observatoryweb

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web/carto"
)

// found is what an exploration leads to: the territories it is about and their classes.
type found struct {
	*indicator.Across
	shown   []int // indexes in the level
	values  []float64
	cut     indicator.Cut
	counts  []int
	doubts  []int // imprecise or partial, by class
	missing int
	solid   []int // indexes of values that may be compared, increasing
}

// doubtful says that a value is shown but may not be compared.
func (f *found) doubtful(i int) bool {
	return !math.IsNaN(f.Values[i]) && (f.States[i] != indicator.Whole || f.Imprecise(i))
}

func explore(s *snapshot.Snapshot, e *exploration) *found {
	f := &found{Across: s.Panel.Across(e.level, e.d, e.vintage)}
	for i, t := range f.Territories {
		if within(s.France, t, e.zone) {
			f.shown, f.values = append(f.shown, i), append(f.values, f.Values[i])
		}
	}
	f.cut = cutOf(e, f.values)
	f.counts, f.missing = f.cut.Count(f.values)
	f.doubts = make([]int, len(f.counts))
	for _, i := range f.shown {
		switch k := f.cut.Class(f.Values[i]); {
		case k < 0:
		case f.doubtful(i):
			f.doubts[k]++
		default:
			f.solid = append(f.solid, i)
		}
	}
	slices.SortStableFunc(f.solid, func(a, b int) int { return cmp.Compare(f.Values[a], f.Values[b]) })
	return f
}

// within says whether a territory has a commune in a zone; nil is everywhere.
func within(f *territory.France, t, zone *territory.Territory) bool {
	if zone == nil {
		return true
	}
	return slices.ContainsFunc(t.Communes(), func(n int32) bool { return f.One(n, zone.Level) == zone })
}

// cutOf parts the values; those of both signs are parted around zero.
func cutOf(e *exploration, values []float64) indicator.Cut {
	signs := slices.ContainsFunc(values, func(x float64) bool { return x < 0 }) && slices.ContainsFunc(values, func(x float64) bool { return x > 0 })
	if e.method == byLimits {
		c := indicator.Cut{Limits: e.limits}
		const side = 4 // tones on each side of a middle
		if at, ok := slices.BinarySearch(e.limits, 0); ok && signs && at+1 <= side && len(e.limits)-at <= side {
			c.Middle = at + 1
		}
		return c
	}
	m := indicator.ByQuantile
	if e.method == byJenks {
		m = indicator.ByJenks
	}
	if signs {
		return indicator.CutAround(m, values, e.classes+e.classes%2, 0)
	}
	return indicator.CutBy(m, values, e.classes)
}

// shading colours a map as found.
func (f *found) shading(e *exploration, theme string) carto.Shading {
	at := make(map[string]int, len(f.shown))
	for _, i := range f.shown {
		at[f.Territories[i].Code] = i
	}
	return carto.Shading{
		Unit: e.level, Classes: f.cut.Classes(), Middle: f.cut.Middle, Theme: theme,
		Class: func(t *territory.Territory) int {
			if i, ok := at[t.Code]; ok {
				return f.cut.Class(f.Values[i])
			}
			return carto.Hatched
		},
		Doubt: func(t *territory.Territory) bool {
			i, ok := at[t.Code]
			return ok && f.doubtful(i)
		},
	}
}
