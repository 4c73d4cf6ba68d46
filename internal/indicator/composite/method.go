package composite

import "slices"

// Method is the whole recipe of an index. The zero value of each step leaves it
// out, but for Normalisation and Mean, which must be chosen.
type Method struct {
	Indicators    []Indicator
	Aggregates    []Aggregate // none makes one aggregate, "index", of all the indicators
	Screening     Screening
	Imputation    Imputation
	Treatment     Treatment
	Normalisation Normalisation
	Mean          Mean         // of every aggregate that says nothing else
	LevelMeans    map[int]Mean // by level of the aggregate: 2 is made of indicators
	Available     float64      // least share of its components, from 0 to 1, that an aggregate needs
	LowestFirst   bool         // rank 1 is the lowest index, where the ranking is of who lacks most
}

// Indicator is one column of the table that counts in the index.
type Indicator struct {
	Key         string
	Column      string  // of the table; "" for Key
	Denominator string  // column that it is divided by; "" for none
	Parent      string  // aggregate it counts in
	Weight      float64 // against the others of the same aggregate
	Falling     bool    // more is worse
	Target      float64 // of the normalisation "target", NaN for none
}

// Aggregate is a mean of indicators or of other aggregates.
type Aggregate struct {
	Key    string
	Parent string // "" for the index itself
	Weight float64
	Mean   Mean // "" for that of its level
}

// Screening drops what is known too little of. Indicators are dropped first, then
// the units that lack too many of those that are left.
type Screening struct {
	Indicators float64 // least share of units, from 0 to 1, that must have a value
	Units      float64 // least share of indicators, from 0 to 1, that a unit must have
	Imputed    bool    // count after imputation, not before
}

// Estimate is a way to fill a missing value.
type Estimate string

// The estimates known.
const (
	Leave    Estimate = ""
	AtMean   Estimate = "mean"
	AtMedian Estimate = "median"
)

// Imputation fills missing values with what is usual among the units that have
// one, or among those of the same group.
type Imputation struct {
	By    Estimate
	Group string // column of words; "" for all units together. Units without a group have theirs.
}

// Treatment tames outliers. A column is treated where its |skewness| is above
// Skewness and its excess kurtosis above Kurtosis: its extreme values are brought
// to the next one, at most Winsorise times; where that is not enough and Log is
// set, the logarithm of the untouched column is taken instead.
type Treatment struct {
	Winsorise int
	Log       bool
	Skewness  float64
	Kurtosis  float64
}

func (t Treatment) none() bool { return t.Winsorise <= 0 && !t.Log }

// Scale is a way to make columns comparable.
type Scale string

// The scales known. In all of them a higher value is better once normalised.
const (
	MinMax     Scale = "min-max"    // lowest to Low, highest to High
	ZScore     Scale = "z-score"    // mean to Centre, standard deviation (n-1) to Spread
	Robust     Scale = "robust"     // median to Centre, 1.4826 × median absolute deviation to Spread
	Percentile Scale = "percentile" // share of the others that are below, Low to High
	Borda      Scale = "borda"      // number of units that are below
	Rank       Scale = "rank"       // 1 for the lowest; equals share the middle of their ranks
	Target     Scale = "target"     // worst to Low, at the target or beyond it to High
)

// Scales lists the scales, the most common first.
func Scales() []Scale { return []Scale{MinMax, ZScore, Percentile, Borda, Robust, Rank, Target} }

// Bounded says whether the scale reads Low and High.
func (s Scale) Bounded() bool { return s == MinMax || s == Percentile || s == Target }

// Centred says whether the scale reads Centre and Spread.
func (s Scale) Centred() bool { return s == ZScore || s == Robust }

// Normalisation is a scale and where it lies.
type Normalisation struct {
	By             Scale
	Low, High      float64
	Centre, Spread float64
}

// Mean is a way to bring several values to one.
type Mean string

// The means known. The geometric and harmonic ones need values above zero.
const (
	Arithmetic Mean = "arithmetic"
	Geometric  Mean = "geometric"
	Harmonic   Mean = "harmonic"
)

// Means lists the means, the most compensating first.
func Means() []Mean { return []Mean{Arithmetic, Geometric, Harmonic} }

func (m Mean) known() bool { return slices.Contains(Means(), m) }

// Stage is a step of the method, by the name of what it makes.
type Stage string

// The stages in their order.
const (
	Denominated Stage = "denominated"
	Imputed     Stage = "imputed"
	Treated     Stage = "treated"
	Normalised  Stage = "normalised"
	Aggregated  Stage = "aggregated"
)

// Stages lists the stages in their order.
func Stages() []Stage { return []Stage{Denominated, Imputed, Treated, Normalised, Aggregated} }

func (s Stage) before(other Stage) bool {
	return slices.Index(Stages(), s) < slices.Index(Stages(), other)
}
