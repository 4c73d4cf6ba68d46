package pipeline

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"bassin/internal/indicator/illectronisme"
	"bassin/internal/place"
	"bassin/internal/territory"
)

// computed is a column that the build makes, by unit, beside those of the sources.
type computed struct {
	values     []float64
	shareAlike bool // made of data under the ODbL
}

// compute makes the columns that formulas name computed.<name>: population and
// area of the list of communes, figures of places, the estimate of illectronisme.
func (m *measure) compute(communes []territory.CommuneRow, places *place.Index) error {
	population, area := m.units.missing(), m.units.missing()
	for at, n := range m.units.population {
		if n >= 0 {
			population[at] = float64(n)
		}
	}
	for i := range communes {
		if a := communes[i].AreaKm2; a != nil {
			area[i] = *a
		}
	}
	m.computed["population"], m.computed["area_km2"] = computed{values: population}, computed{values: area}
	for _, c := range place.Columns(communes, places) {
		values := m.units.missing()
		copy(values, c.Values)
		m.computed[c.Name] = computed{values, c.ODbL}
	}
	return m.illectronisme(communes)
}

// illectronisme estimates, for each unit, the residents in that situation.
func (m *measure) illectronisme(communes []territory.CommuneRow) error {
	rates, err := m.publishedRates()
	if err != nil {
		return err
	}
	n := len(m.units.codes)
	c := illectronisme.Columns{Overseas: make([]bool, n), Inside: make([]bool, n)}
	for at := range n {
		c.Overseas[at] = communes[m.units.parent[at]].Zone != "metro"
		c.Inside[at] = m.units.parent[at] != at
	}
	for _, x := range []struct {
		into           *[]float64
		source, column string
	}{
		{&c.Residents, "population_series", "pop_2022"}, {&c.Under15, "census2022", "pct_0_14"}, {&c.From15To24, "census2022", "pct_15_24"},
		{&c.From60, "census2022", "pct_60p"}, {&c.From65, "census2022", "pct_65p"}, {&c.From75, "census2022", "pct_75p"},
		{&c.BelowBac, "census2022", "pct_below_bac"},
		{&c.Farmers, "census2022", "pct_farmers"}, {&c.Trades, "census2022", "pct_self_employed_trades"}, {&c.Managers, "census2022", "pct_managers"},
		{&c.Intermediate, "census2022", "pct_intermediate"}, {&c.Employees, "census2022", "pct_employees"}, {&c.Workers, "census2022", "pct_workers"},
		{&c.From15To64, "labour2021", "pop_15_64_2021"},
		{&c.Past15To24, "ifn2017", "pct_15_24_of_15p"}, {&c.Past65, "ifn2017", "pct_65p_of_15p"}, {&c.PastBelowBac, "ifn2017", "pct_below_bac"},
	} {
		if *x.into, err = m.column(columnName{x.source, x.column}); err != nil {
			return fmt.Errorf("the estimate of illectronisme: %w", err)
		}
	}
	// Arrondissements and communes without a series have a figure in the census file.
	found, err := m.column(columnName{"census2022", "pop_2022"})
	if err != nil {
		return fmt.Errorf("the estimate of illectronisme: %w", err)
	}
	c.Residents = firstKnown(c.Residents, found)
	r, err := illectronisme.Estimate(rates, c)
	if err != nil {
		return err
	}
	for name, values := range map[string][]float64{"low": r.Low, "central": r.Central, "high": r.High, "pop15": r.Pop15} {
		m.computed["illectronisme_"+name] = computed{values: values}
	}
	return nil
}

// publishedRates reads the rates of the source illectronisme.
func (m *measure) publishedRates() (illectronisme.Rates, error) {
	t := m.in.tables["illectronisme"]
	if t == nil {
		return illectronisme.Rates{}, fmt.Errorf("the estimate of illectronisme: the source of its rates is missing")
	}
	header := make([]string, len(t.at))
	for name, at := range t.at {
		header[at] = name
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(header); err != nil {
		return illectronisme.Rates{}, err
	}
	if err := w.WriteAll(t.rows); err != nil {
		return illectronisme.Rates{}, err
	}
	return illectronisme.ReadRates(&b)
}

// firstKnown takes of each unit the first figure that is known.
func firstKnown(columns ...[]float64) []float64 {
	out := make([]float64, len(columns[0]))
	for i := range out {
		for _, c := range columns {
			if out[i] = c[i]; out[i] == out[i] {
				break
			}
		}
	}
	return out
}
