package indicator

import (
	"fmt"
	"math"
)

// Quarters is how a rate differs between the quarters (IRIS) of a divided commune,
// or of a municipal arrondissement, at the latest vintage: a row of the snapshot.
type Quarters struct {
	Unit      string  `parquet:"code,dict"`
	Indicator string  `parquet:"indicator,dict"`
	Count     int32   `parquet:"quarters"` // with a figure, two at least
	Low       float64 `parquet:"low"`      // see [Spread]
	High      float64 `parquet:"high"`
	Between   float64 `parquet:"between"` // NaN for what is no share of a whole
}

// QuartersOf measures how an indicator differs between the parts of a unit, given
// for each what is counted and what it is counted among. It returns false under
// two parts with a figure.
func QuartersOf(unit string, d *Definition, numerators, denominators []float64) (Quarters, bool) {
	parts := make([]part, 0, len(numerators))
	for i, den := range denominators {
		if den > 0 && !math.IsNaN(numerators[i]) {
			parts = append(parts, part{numerators[i], den})
		}
	}
	s, ok := spreadOf(parts)
	q := Quarters{Unit: unit, Indicator: d.Key, Count: int32(len(parts)), Low: d.Unit.Scale() * s.Low, High: d.Unit.Scale() * s.High, Between: s.Between}
	if d.Unit != "percent" {
		q.Between = math.NaN()
	}
	return q, ok
}

type quartersKey struct {
	definition *Definition
	slot       int32
}

// addQuarters keeps the rows by slot.
func (p *Panel) addQuarters(rows []Quarters) error {
	for _, q := range rows {
		d := p.byKey[q.Indicator]
		at, err := p.places([]string{q.Unit})
		if d == nil || err != nil {
			return fmt.Errorf("indicator: quarters of %s differ by %s: one of the two is unknown", q.Unit, q.Indicator)
		}
		p.quarters[quartersKey{d, at[0]}] = Spread{Communes: 1, Quarters: int(q.Count), Low: q.Low, High: q.High, Between: q.Between}
	}
	return nil
}
