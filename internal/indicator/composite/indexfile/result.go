package indexfile

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strconv"

	"bassin/internal/indicator/composite"
)

// Columns are results ready to be written: units in rows.
type Columns struct {
	Stage string   `json:"stage"`
	Unit  string   `json:"-"` // name of the column of units
	Units []string `json:"units"`
	Cols  []Column `json:"columns"`
	Notes *Notes   `json:"notes,omitempty"` // in JSON only
}

// Column is one column of results. NaN is a missing value.
type Column struct {
	Key    string    `json:"key"`
	Values []float64 `json:"-"`
}

// MarshalJSON writes missing values as null.
func (c Column) MarshalJSON() ([]byte, error) {
	key, err := json.Marshal(c.Key)
	if err != nil {
		return nil, err
	}
	b := append(append([]byte(`{"key":`), key...), `,"values":[`...)
	for i, v := range c.Values {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) {
			b = append(b, "null"...)
			continue
		}
		b = append(b, decimal(v)...)
	}
	return append(b, "]}"...), nil
}

// Notes say what the method did besides the figures.
type Notes struct {
	DroppedIndicators []Drop  `json:"dropped_indicators"`
	DroppedUnits      []Drop  `json:"dropped_units"`
	Treated           []Treat `json:"treated"`
}

// Drop is an indicator or unit left out for want of values.
type Drop struct {
	Key       string  `json:"key"`
	Available float64 `json:"available"` // share of values, 0 to 1
}

// Treat is what was done to the outliers of an indicator.
type Treat struct {
	Key       string `json:"key"`
	How       string `json:"how"` // winsorised or log
	Points    int    `json:"points"`
	Remaining bool   `json:"remaining"` // still out of the limits
}

// NotesOf gathers the notes of a result.
func NotesOf(r *composite.Result) *Notes {
	n := &Notes{DroppedIndicators: []Drop{}, DroppedUnits: []Drop{}, Treated: []Treat{}}
	for _, d := range r.DroppedIndicators {
		n.DroppedIndicators = append(n.DroppedIndicators, Drop{d.Key, d.Share})
	}
	for _, d := range r.DroppedUnits {
		n.DroppedUnits = append(n.DroppedUnits, Drop{d.Key, d.Share})
	}
	for i, t := range r.Treating {
		if t.How != composite.Untreated || t.StillOutOfLimits {
			n.Treated = append(n.Treated, Treat{r.Indicators[i], t.How, t.Points, t.StillOutOfLimits})
		}
	}
	return n
}

// StageColumns are the columns of a stage. The aggregated one has the rank, the
// aggregates from the index downwards, then the normalised indicators.
func StageColumns(r *composite.Result, stage composite.Stage, unit string) Columns {
	out := Columns{Stage: string(stage), Unit: unit, Units: r.Units, Notes: NotesOf(r)}
	values := map[composite.Stage][][]float64{
		composite.Denominated: r.Denominated, composite.Imputed: r.Imputed, composite.Treated: r.Treated,
		composite.Normalised: r.Normalised, composite.Aggregated: r.Normalised,
	}[stage]
	if stage == composite.Aggregated {
		out.Cols = append(out.Cols, Column{"rank", ranks(r.Ranks)})
		for i, key := range r.Aggregates {
			out.Cols = append(out.Cols, Column{key, r.Values[i]})
		}
	}
	for i, key := range r.Indicators {
		out.Cols = append(out.Cols, Column{key, values[i]})
	}
	return out
}

// SpreadColumns are the columns of an uncertainty study: the index and its rank,
// mean, median and interval of ranks, then the share of each factor.
func SpreadColumns(r *composite.Result, s *composite.Spread, unit string) Columns {
	out := Columns{Stage: "uncertainty", Unit: unit, Units: s.Units, Notes: NotesOf(r)}
	out.Cols = []Column{{"index", r.Values[0]}, {"rank", ranks(s.Nominal)}, {"rank_mean", s.Mean},
		{"rank_median", s.Median}, {"rank_low", s.Low}, {"rank_high", s.High}}
	for _, f := range s.Factors {
		out.Cols = append(out.Cols, Column{"share_" + f.Name, f.Share})
	}
	return out
}

func ranks(x []int32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
		if v == 0 {
			out[i] = math.NaN()
		}
	}
	return out
}

// decimal writes a number with all its digits, without exponent where it is short.
func decimal(v float64) []byte {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.AppendFloat(nil, v, 'e', -1, 64)
	}
	if v == 0 {
		return []byte{'0'} // never minus zero
	}
	return strconv.AppendFloat(nil, v, 'f', -1, 64)
}

// WriteCSV writes a header and a line a unit; a missing value is an empty cell.
func (c Columns) WriteCSV(w io.Writer) error {
	cw := csv.NewWriter(w)
	record := []string{c.Unit}
	for _, col := range c.Cols {
		record = append(record, col.Key)
	}
	if err := cw.Write(record); err != nil {
		return err
	}
	for u, name := range c.Units {
		record[0] = name
		for i, col := range c.Cols {
			record[i+1] = ""
			if v := col.Values[u]; !math.IsNaN(v) {
				record[i+1] = string(decimal(v))
			}
		}
		if err := cw.Write(record); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// WriteJSON writes the columns as one JSON object.
func (c Columns) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(c)
}
