package observatory

import (
	"cmp"
	"slices"

	"bassin/internal/territory"
)

// Marks are the places of a territory where inequalities are known to gather.
type Marks struct {
	Districts  []*territory.Territory // priority districts (QPV 2024), by code
	Sparse     []int32                // communes of class 7 of the density grid
	Declining  []int32                // communes whose employment declines, see [Observatory.declining]
	Programmes map[Programme]int      // communes in each
}

// Keys of the indicators that tell a decline.
const (
	jobsKey       = "salaried_jobs"
	populationKey = "population"
)

func (o *Observatory) marks(t *territory.Territory) Marks {
	var m Marks
	if !t.Level.Whole() {
		return m
	}
	m.Programmes = map[Programme]int{}
	for _, n := range t.Communes() {
		for _, p := range Programmes {
			if o.takesPart(n, p) {
				m.Programmes[p]++
			}
		}
		for _, q := range o.France.Of(n, territory.QPV) {
			if !slices.Contains(m.Districts, q) {
				m.Districts = append(m.Districts, q)
			}
		}
		if o.France.Commune(n).Density == 7 {
			m.Sparse = append(m.Sparse, n)
		}
		if o.declining(n) {
			m.Declining = append(m.Declining, n)
		}
	}
	slices.SortFunc(m.Districts, func(a, b *territory.Territory) int { return cmp.Compare(a.Code, b.Code) })
	return m
}

// declining says whether a commune is called emploi en recul: of 2,000 to 100,000
// inhabitants, in a Territoire d'industrie, with fewer salaried jobs in 2022 than
// in 2017 and fewer inhabitants in 2022 than in 2016. It is a proxy: no series of
// industrial jobs is published by commune here.
func (o *Observatory) declining(n int32) bool {
	commune := o.France.Level(territory.Commune)[n]
	people, known := commune.Population()
	if !known || people < 2000 || people > 100_000 || len(o.France.Of(n, territory.TerritoireIndustrie)) == 0 {
		return false
	}
	return o.fell(commune, jobsKey, "2017", "2022") && o.fell(commune, populationKey, "2016", "2022")
}

// fell says whether an indicator is lower at a later period, both being known.
func (o *Observatory) fell(t *territory.Territory, key, from, to string) bool {
	d, ok := o.Panel.Definition(key)
	if !ok {
		return false
	}
	i, okFrom := d.Vintage(from)
	j, okTo := d.Vintage(to)
	if !okFrom || !okTo {
		return false
	}
	a, b := o.Panel.At(t, d, i), o.Panel.At(t, d, j)
	return a.Shown() && b.Shown() && b.Value < a.Value
}
