package indicator

import (
	"slices"

	"bassin/internal/i18n"
	"bassin/internal/territory"
)

// Definition says what an indicator is: the entry of the catalogue.
type Definition struct {
	Key         string      `json:"key"`
	Name        i18n.Text   `json:"name"`       // as a heading, without unit
	Definition  i18n.Text   `json:"definition"` // one sentence
	Axis        Axis        `json:"axis"`
	Unit        Unit        `json:"unit"`
	Of          i18n.Text   `json:"of"` // what is counted, or per what, as read after the number
	Polarity    Polarity    `json:"polarity"`
	Rule        Rule        `json:"rule"`
	Numerator   i18n.Text   `json:"numerator"` // of a rate, in words
	Denominator i18n.Text   `json:"denominator"`
	Proxy       bool        `json:"proxy,omitempty"`    // stands for what is not measured here
	Estimate    bool        `json:"estimate,omitempty"` // modelled
	Sample      bool        `json:"sample,omitempty"`   // from a census sample: imprecise under [Least]
	Rounded     int         `json:"rounded,omitempty"`  // counts are rounded to it and zero means fewer: a rate is imprecise under ten times it
	Part        bool        `json:"part,omitempty"`     // a rate of a whole: over it, its two terms do not count the same people
	Unranked    bool        `json:"unranked,omitempty"` // an uneven census: neither ranked nor in an index
	Complete    bool        `json:"complete,omitempty"` // withheld under [Enough]: what is missing is not random
	Caveats     []i18n.Text `json:"caveats,omitempty"`
	Sources     []string    `json:"sources"` // keys of the sources of the snapshot
	Vintages    []Vintage   `json:"vintages"`
}

// Vintage is an indicator at one time.
type Vintage struct {
	Period      string          `json:"period"`                // 2022, 2024-T4
	Numerator   string          `json:"numerator,omitempty"`   // column of figures
	Denominator string          `json:"denominator,omitempty"` // column of figures, "" for a sum
	Years       float64         `json:"years,omitempty"`       // of a growth
	Level       territory.Level `json:"level,omitempty"`       // published for the territories of that level only
}

// Axis is a theme of the observatory.
type Axis string

// The axes, in the order of pages.
const (
	Networks   Axis = "networks"
	Capability Axis = "capability"
	Dependence Axis = "dependence"
	Help       Axis = "help"
	Economy    Axis = "economy"
	Health     Axis = "health"
	Education  Axis = "education"
	Energy     Axis = "energy"
	Transport  Axis = "transport"
	Heritage   Axis = "heritage"
	People     Axis = "population"
)

// Axes lists the axes in the order of pages.
var Axes = []Axis{Networks, Capability, Dependence, Help, Economy, Health, Education, Energy, Transport, Heritage, People}

// Unit is how a value is read.
type Unit string

// Units lists the units.
var Units = []Unit{"count", "percent", "per1000", "per100k", "euros", "km", "minutes", "mwh", "kwh", "kg", "ratio", "visits", "index"}

// Scale is what a ratio is multiplied by to be read in the unit.
func (u Unit) Scale() float64 {
	switch u {
	case "percent":
		return 100
	case "per1000":
		return 1000
	case "per100k":
		return 100_000
	}
	return 1
}

// Polarity is what a higher value means for people who face digital inequality.
type Polarity string

// The polarities.
const (
	Worse   Polarity = "worse"
	Better  Polarity = "better"
	Neutral Polarity = "neutral"
)

// Rule is how the figures of communes make that of a territory.
type Rule string

// The rules.
const (
	Sum     Rule = "sum"     // added up
	Ratio   Rule = "ratio"   // sum of numerators over sum of denominators
	Mean    Rule = "mean"    // a published rate, put together again by its denominator
	Medians Rule = "medians" // mean of the communes' medians, and called so
	Growth  Rule = "growth"  // yearly rate between two totals, in percent
	Single  Rule = "single"  // not additive: refused for more than one commune
)

// Rules lists the rules.
var Rules = []Rule{Sum, Ratio, Mean, Medians, Growth, Single}

// Rate says whether the indicator is a share of something counted, so that its
// numerator is a number of people or things.
func (d *Definition) Rate() bool { return d.Rule == Ratio || d.Rule == Mean && d.Unit == "percent" }

// Ranked says whether territories may be ranked by the indicator.
func (d *Definition) Ranked() bool {
	return !d.Unranked && d.Rule != Single && d.Unit != "count" && d.Unit != "mwh"
}

// Latest is the most recent vintage.
func (d *Definition) Latest() int { return len(d.Vintages) - 1 }

// Vintage returns the vintage of a period.
func (d *Definition) Vintage(period string) (int, bool) {
	i := slices.IndexFunc(d.Vintages, func(v Vintage) bool { return v.Period == period })
	return i, i >= 0
}

// Figures are the columns that the definitions name, as a snapshot stores them.
type Figures struct {
	Units      []string // codes of communes and of municipal arrondissements
	Names      []string
	Columns    [][]float64 // by name, one number a unit, NaN where missing
	ShareAlike []bool      // by name: made of data under the ODbL
	Published  []Published // values that no sum of communes makes
	Quarters   []Quarters  // how rates differ inside communes
}

// Published is a value that its producer gives for a territory as a whole.
type Published struct {
	Indicator string  `parquet:"indicator,dict"`
	Period    string  `parquet:"period,dict"`
	Level     string  `parquet:"level,dict"`
	Code      string  `parquet:"code,dict"`
	Value     float64 `parquet:"value"`
}
