package composite

import (
	"fmt"
	"math"
	"slices"
)

// denominate returns each indicator's column divided by its denominator. Where
// either is missing, or the denominator is zero, the value is missing.
func (m Method) denominate(t Table) ([][]float64, error) {
	out := make([][]float64, len(m.Indicators))
	for i, x := range m.Indicators {
		field := fmt.Sprintf("indicators[%d]", i)
		name := x.Column
		if name == "" {
			name = x.Key
		}
		col, err := t.column(name, field+".column")
		if err != nil {
			return nil, err
		}
		out[i] = slices.Clone(col)
		if x.Denominator == "" {
			continue
		}
		by, err := t.column(x.Denominator, field+".denominator")
		if err != nil {
			return nil, err
		}
		for u := range out[i] {
			if by[u] == 0 {
				out[i][u] = math.NaN()
				continue
			}
			out[i][u] /= by[u]
			if math.IsInf(out[i][u], 0) {
				return nil, invalid(field+".denominator", "composite.overflow", x.Key, t.Units[u])
			}
		}
	}
	return out, nil
}

func (t Table) column(name, field string) ([]float64, error) {
	col, ok := t.Columns[name]
	if !ok {
		return nil, invalid(field, "composite.no_column", name)
	}
	if len(col) != len(t.Units) {
		return nil, invalid(field, "composite.column_length", name, len(col), len(t.Units))
	}
	for u, v := range col {
		if math.IsInf(v, 0) {
			return nil, invalid(field, "composite.overflow", name, t.Units[u])
		}
	}
	return col, nil
}

// Dropped is an indicator or a unit that screening left out.
type Dropped struct {
	Key   string
	Share float64 // of the values it should have, from 0 to 1
}

// screen returns the indices of the units and of the columns that are kept.
func (s Screening) screen(cols [][]float64, units int) (keptUnits, keptCols []int, shareUnits, shareCols []float64) {
	keptCols, keptUnits = make([]int, 0, len(cols)), make([]int, 0, units)
	shareCols, shareUnits = make([]float64, len(cols)), make([]float64, units)
	for c, col := range cols {
		n := 0
		for _, v := range col {
			if !math.IsNaN(v) {
				n++
			}
		}
		shareCols[c] = float64(n) / float64(units)
		if shareCols[c] >= s.Indicators {
			keptCols = append(keptCols, c)
		}
	}
	for u := range units {
		n := 0
		for _, c := range keptCols {
			if !math.IsNaN(cols[c][u]) {
				n++
			}
		}
		shareUnits[u] = float64(n) / float64(max(1, len(keptCols)))
		if shareUnits[u] >= s.Units {
			keptUnits = append(keptUnits, u)
		}
	}
	return keptUnits, keptCols, shareUnits, shareCols
}

// impute returns the columns with their missing values filled. A group that has no
// value at all keeps them missing.
func (im Imputation) impute(cols [][]float64, groups []string) [][]float64 {
	if im.By == Leave {
		return cols
	}
	var members [][]int
	if groups == nil {
		all := make([]int, 0)
		if len(cols) > 0 {
			all = make([]int, len(cols[0]))
			for i := range all {
				all[i] = i
			}
		}
		members = [][]int{all}
	} else {
		at := map[string]int{}
		for u, g := range groups {
			i, ok := at[g]
			if !ok {
				i, at[g] = len(members), len(members)
				members = append(members, nil)
			}
			members[i] = append(members[i], u)
		}
	}
	out := make([][]float64, len(cols))
	var known []float64
	for c, col := range cols {
		out[c] = slices.Clone(col)
		for _, group := range members {
			known = known[:0]
			for _, u := range group {
				if !math.IsNaN(col[u]) {
					known = append(known, col[u])
				}
			}
			if len(known) == 0 || len(known) == len(group) {
				continue
			}
			// Sorted, so that the order of the rows cannot move the last digit.
			slices.Sort(known)
			fill := mean(known)
			if im.By == AtMedian {
				fill = median(known)
			}
			for _, u := range group {
				if math.IsNaN(col[u]) {
					out[c][u] = fill
				}
			}
		}
	}
	return out
}
