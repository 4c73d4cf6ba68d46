package twins

import (
	"math"
	"slices"
)

// axes returns the principal axes of n rows of p values: the eigenvectors of their
// covariance as rows of p, that of most variance first. It uses the cyclic Jacobi
// method (Golub and Van Loan, Matrix Computations, 8.5).
func axes(rows []float64, p int) [][]float64 {
	a := covariance(rows, p)
	v := make([][]float64, p)
	for i := range v {
		v[i] = make([]float64, p)
		v[i][i] = 1
	}
	total := 0.0
	for i := range p {
		total += a[i][i]
	}
	for range 60 {
		off := 0.0
		for i := range p {
			for j := range i {
				off += a[i][j] * a[i][j]
			}
		}
		if !(off > 1e-28*total*total) {
			break
		}
		for i := range p {
			for j := range i {
				turn(a, v, j, i)
			}
		}
	}
	order := make([]int, p)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case a[x][x] > a[y][y]:
			return -1
		case a[x][x] < a[y][y]:
			return 1
		}
		return 0
	})
	out := make([][]float64, p)
	for i, o := range order {
		out[i] = v[o]
	}
	return out
}

// turn makes a[i][j] zero and turns the axes, rows of v, with it.
func turn(a, v [][]float64, i, j int) {
	if a[i][j] == 0 {
		return
	}
	theta := (a[j][j] - a[i][i]) / (2 * a[i][j])
	t := 1 / (math.Abs(theta) + math.Sqrt(theta*theta+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(t*t+1)
	s := t * c
	for k := range a {
		x, y := a[k][i], a[k][j]
		a[k][i], a[k][j] = c*x-s*y, s*x+c*y
	}
	for k := range a {
		x, y := a[i][k], a[j][k]
		a[i][k], a[j][k] = c*x-s*y, s*x+c*y
	}
	for k := range a {
		x, y := v[i][k], v[j][k]
		v[i][k], v[j][k] = c*x-s*y, s*x+c*y
	}
}

func covariance(rows []float64, p int) [][]float64 {
	n := len(rows) / p
	mean := make([]float64, p)
	for u := range n {
		for t, v := range rows[u*p : u*p+p] {
			mean[t] += v / float64(n)
		}
	}
	a := make([][]float64, p)
	for i := range a {
		a[i] = make([]float64, p)
	}
	d := make([]float64, p)
	for u := range n {
		for t, v := range rows[u*p : u*p+p] {
			d[t] = v - mean[t]
		}
		for i, x := range d {
			for j, y := range d[:i+1] {
				a[i][j] += x * y
			}
		}
	}
	for i := range a {
		for j := range i {
			a[j][i] = a[i][j]
		}
	}
	return a
}
