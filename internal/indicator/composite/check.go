package composite

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"bassin/internal/fault"
)

func invalid(field, key string, args ...any) error {
	return fault.New(fault.Invalid, key, args...).In(field)
}

// Check says what is wrong with the method itself, whatever the table, or nil.
func (m Method) Check() error {
	if len(m.Indicators) == 0 {
		return invalid("indicators", "composite.no_indicator")
	}
	if err := m.checkSteps(); err != nil {
		return err
	}
	_, err := m.tree(nil)
	return err
}

func (m Method) checkSteps() error {
	for _, s := range []struct {
		field string
		share float64
	}{{"screening.indicators", m.Screening.Indicators}, {"screening.units", m.Screening.Units}, {"aggregation.available", m.Available}} {
		if !(s.share >= 0 && s.share <= 1) {
			return invalid(s.field, "composite.share", plain(s.share))
		}
	}
	if b := m.Imputation.By; b != Leave && b != AtMean && b != AtMedian {
		return invalid("imputation.by", "composite.choice", string(b), "mean, median")
	}
	if err := m.Treatment.check("treatment"); err != nil {
		return err
	}
	if err := m.Normalisation.check("normalisation"); err != nil {
		return err
	}
	if !m.Mean.known() {
		return invalid("aggregation.mean", "composite.choice", string(m.Mean), "arithmetic, geometric, harmonic")
	}
	for level, mean := range m.LevelMeans {
		if field := fmt.Sprintf("aggregation.levels.%d", level); !mean.known() {
			return invalid(field, "composite.choice", string(mean), "arithmetic, geometric, harmonic")
		}
	}
	for i, x := range m.Indicators {
		if m.Normalisation.By == Target && math.IsNaN(x.Target) {
			return invalid(fmt.Sprintf("indicators[%d]", i), "composite.target_missing", x.Key)
		}
	}
	return nil
}

func (t Treatment) check(field string) error {
	switch {
	case t.Winsorise < 0:
		return invalid(field+".winsorise", "composite.negative", t.Winsorise)
	case !(t.Skewness >= 0) || math.IsInf(t.Skewness, 0):
		return invalid(field+".skewness", "composite.negative", plain(t.Skewness))
	case math.IsNaN(t.Kurtosis) || math.IsInf(t.Kurtosis, 0):
		return invalid(field+".kurtosis", "composite.not_finite")
	}
	return nil
}

func (n Normalisation) check(field string) error {
	switch {
	case !slices.Contains(Scales(), n.By):
		return invalid(field+".by", "composite.choice", string(n.By), "min-max, z-score, percentile, borda, robust, rank, target")
	case n.By.Bounded() && !(finite(n.Low) && finite(n.High) && n.Low < n.High):
		return invalid(field+".range", "composite.range")
	case n.By.Centred() && !(finite(n.Centre) && finite(n.Spread) && n.Spread > 0):
		return invalid(field+".spread", "composite.spread")
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func fieldOf(indicator int) string { return fmt.Sprintf("indicators[%d]", indicator) }

// plain writes a number as people type it.
func plain(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
