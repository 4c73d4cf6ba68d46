package twins

import "math"

// regress tells each unit's y from the traits by least squares on the others, NaN
// where y is missing or where no other unit settles the answer. A trait that those
// before it determine is left out.
func (s *Space) regress(y []float64) []float64 {
	p := 1 + len(s.traits)
	x := make([]float64, p)
	fill := func(u int) {
		x[0] = 1
		for t, v := range s.row(u) {
			if v != v {
				v = 0
			}
			x[1+t] = v
		}
	}
	gram := make([][]float64, p)
	for i := range gram {
		gram[i] = make([]float64, i+1)
	}
	moment := make([]float64, p)
	mean, n := 0.0, 0
	for _, v := range y {
		if v == v {
			mean += v
			n++
		}
	}
	mean /= float64(n) // taken away first: it costs digits otherwise
	for u, v := range y {
		if v != v {
			continue
		}
		fill(u)
		for i, a := range x {
			for j, b := range x[:i+1] {
				gram[i][j] += a * b
			}
			moment[i] += a * (v - mean)
		}
	}
	// gram = L Lᵀ; a row of L is nil for a trait left out.
	l := make([][]float64, p)
	for i := range gram {
		row := make([]float64, i+1)
		pivot := gram[i][i]
		for j := range i {
			if l[j] == nil {
				continue
			}
			sum := gram[i][j]
			for k := range j {
				sum -= row[k] * l[j][k]
			}
			row[j] = sum / l[j][j]
			pivot -= row[j] * row[j]
		}
		if pivot > 1e-10*gram[i][i] {
			row[i] = math.Sqrt(pivot)
			l[i] = row
		}
	}
	// solve replaces b by L⁻¹ b.
	solve := func(b []float64) {
		for i, row := range l {
			if row == nil {
				b[i] = 0
				continue
			}
			sum := b[i]
			for k, v := range row[:i] {
				sum -= v * b[k]
			}
			b[i] = sum / row[i]
		}
	}
	solve(moment)
	out := make([]float64, len(y))
	for u, v := range y {
		out[u] = math.NaN()
		if v != v {
			continue
		}
		fill(u)
		solve(x)
		fit, leverage := 0.0, 0.0
		for i, a := range x {
			fit += a * moment[i]
			leverage += a * a
		}
		if leverage < 1-1e-9 {
			out[u] = v - (v-mean-fit)/(1-leverage)
		}
	}
	return out
}
