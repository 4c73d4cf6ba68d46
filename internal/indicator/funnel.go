package indicator

import (
	"math"
	"slices"
)

// Funnel tells which rates lie far from those of a group once chance and the
// usual differences between its members are allowed for.
//
// z = (p − p0) / sqrt(p0 (1 − p0) / n + τ²), where p0 is the rate of the whole
// group and τ², the variance between members beyond chance, is estimated by
// moments on the z of chance alone winsorised at their deciles (Spiegelhalter,
// Funnel plots for comparing institutional performance, Statistics in Medicine 24,
// 2005, additive random effects).
type Funnel struct {
	Rate float64 // p0, from 0 to 1
	Tau2 float64
}

// Unusual is the |z| from which a rate is called unusual.
const Unusual = 2

// NewFunnel fits a funnel on rates given by what they count and of how many; a
// member with NaN or without denominator is left out. It returns false where
// there are too few members or the rate is 0 or 1.
func NewFunnel(numerators, denominators []float64, indexes []int) (Funnel, bool) {
	var num, den float64
	var used []int
	for _, i := range indexes {
		if n := denominators[i]; n > 0 && !math.IsNaN(numerators[i]) && numerators[i] >= 0 && numerators[i] <= n {
			num, den = num+numerators[i], den+n
			used = append(used, i)
		}
	}
	f := Funnel{Rate: num / den}
	if len(used) < Fewest || !(f.Rate > 0 && f.Rate < 1) {
		return Funnel{}, false
	}
	z, weights := make([]float64, len(used)), make([]float64, len(used))
	for k, i := range used {
		s2 := f.Rate * (1 - f.Rate) / denominators[i]
		z[k], weights[k] = (numerators[i]/denominators[i]-f.Rate)/math.Sqrt(s2), 1/s2
	}
	sorted := Distribution{slices.Sorted(slices.Values(z))}
	low, high := sorted.Quantile(0.1), sorted.Quantile(0.9)
	var excess, sum, squares float64
	for k := range z {
		x := min(max(z[k], low), high)
		excess += x * x
		sum += weights[k]
		squares += weights[k] * weights[k]
	}
	if excess -= float64(len(z) - 1); excess > 0 {
		f.Tau2 = excess / (sum - squares/sum)
	}
	return f, true
}

// Z is how far a rate lies from the group's, NaN where it cannot be told.
func (f Funnel) Z(numerator, denominator float64) float64 {
	if !(denominator > 0) {
		return math.NaN()
	}
	return (numerator/denominator - f.Rate) / math.Sqrt(f.Rate*(1-f.Rate)/denominator+f.Tau2)
}
