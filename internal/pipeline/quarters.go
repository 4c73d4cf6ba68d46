package pipeline

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"bassin/internal/indicator"
)

// quarters says of a rate how it is found in the quarters (IRIS) of a commune: by
// formulas over a source with several rows a commune.
type quarters struct {
	Value  string  `json:"value"`
	Weight string  `json:"weight"`
	Most   float64 `json:"most,omitempty"` // values above it are no figures

	num, den formula
}

func (q *quarters) check(d *indicator.Definition) error {
	if d.Rule != indicator.Mean && d.Rule != indicator.Ratio && d.Rule != indicator.Medians {
		return fmt.Errorf("the rule %s has no quarters", d.Rule)
	}
	v := vintage{Period: "2000", Value: q.Value, Weight: q.Weight}
	if err := v.check(indicator.Mean, d.Unit); err != nil {
		return err
	}
	q.num, q.den = v.num, v.den
	for _, n := range slices.Concat(q.num.columns, q.den.columns) {
		if n.source != q.num.columns[0].source {
			return errors.New("the formulas of quarters are over one source")
		}
	}
	return nil
}

// quarters measures how an indicator differs inside each divided unit, a city
// with municipal arrondissements included.
func (m *measure) quarters(e *entry) ([]indicator.Quarters, error) {
	q := e.Quarters
	t, _, err := m.named(q.num.columns[0])
	if err != nil {
		return nil, err
	}
	commune := slices.IndexFunc(t.source.Columns, func(c Column) bool { return c.Type == "commune" })
	if commune < 0 {
		return nil, fmt.Errorf("the source %q has no column of communes", t.source.Key)
	}
	column := func(n columnName) ([]float64, error) {
		_, c, err := m.named(n)
		if err != nil {
			return nil, err
		}
		out := make([]float64, len(t.rows))
		for i := range out {
			x, ok := t.decimal(i, c.Name)
			if out[i] = x; !ok {
				out[i] = math.NaN()
			}
		}
		return out, nil
	}
	num, err := q.num.values(column, len(t.rows))
	if err != nil {
		return nil, err
	}
	den, err := q.den.values(column, len(t.rows))
	if err != nil {
		return nil, err
	}
	members := make([][]int, len(m.units.codes))
	for i := range t.rows {
		rate := e.Unit.Scale() * num[i] / den[i]
		if e.Unit == "percent" && !(rate >= 0 && rate <= 100) || q.Most > 0 && !(rate <= q.Most) {
			continue
		}
		code := t.get(i, t.source.Columns[commune].Name)
		at, ok := m.units.at[code]
		if next := m.now.next[code]; !ok && len(next) == 1 {
			at, ok = m.units.at[next[0]]
		}
		if !ok {
			continue
		}
		members[at] = append(members[at], i)
		if city := m.units.parent[at]; city != at {
			members[city] = append(members[city], i)
		}
	}
	var out []indicator.Quarters
	for at, rows := range members {
		n, d := make([]float64, len(rows)), make([]float64, len(rows))
		for k, i := range rows {
			n[k], d[k] = num[i], den[i]
		}
		if row, ok := indicator.QuartersOf(m.units.codes[at], &e.Definition, n, d); ok {
			out = append(out, row)
		}
	}
	return out, nil
}
