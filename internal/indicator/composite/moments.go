package composite

import (
	"math"
	"slices"
)

// present returns the values of x that are not missing, appended to buf.
func present(x, buf []float64) []float64 {
	for _, v := range x {
		if !math.IsNaN(v) {
			buf = append(buf, v)
		}
	}
	return buf
}

// mean is the arithmetic mean of values without a missing one, NaN for none. A
// second pass takes away what the first lost to rounding.
func mean(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	m := s / float64(len(x))
	s = 0
	for _, v := range x {
		s += v - m
	}
	return m + s/float64(len(x))
}

// median is that of values without a missing one; it sorts x.
func median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	slices.Sort(x)
	h := len(x) / 2
	if len(x)%2 == 1 {
		return x[h]
	}
	return x[h-1]/2 + x[h]/2
}

// deviation is the standard deviation of a sample, with n-1.
func deviation(x []float64, m float64) float64 {
	s := 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return math.Sqrt(s / float64(len(x)-1))
}

// shape returns the skewness G1 and the excess kurtosis G2 of a sample (Joanes and
// Gill, "Comparing measures of sample skewness and kurtosis", The Statistician 47,
// 1998). They are NaN for fewer than four values or equal ones.
func shape(x []float64) (skewness, kurtosis float64) {
	n := float64(len(x))
	if n < 4 {
		return math.NaN(), math.NaN()
	}
	m := mean(x)
	var s2, s3, s4 float64
	for _, v := range x {
		d := v - m
		s2 += d * d
		s3 += d * d * d
		s4 += d * d * d * d
	}
	m2, m3, m4 := s2/n, s3/n, s4/n
	if !(m2 > 0) {
		return math.NaN(), math.NaN()
	}
	g1 := m3 / (m2 * math.Sqrt(m2))
	g2 := m4/(m2*m2) - 3
	return g1 * math.Sqrt(n*(n-1)) / (n - 2), (n - 1) / ((n - 2) * (n - 3)) * ((n+1)*g2 + 6)
}
