package siting

import (
	"math"
	"slices"
)

// near is a site in reach of a demand. Distances are rounded down, so that a bound
// made of them stays one.
type near struct {
	d float32
	j int32
}

// down is the largest float32 at most x.
func down(x float64) float32 {
	d := float32(x)
	if float64(d) > x {
		return math.Nextafter32(d, float32(math.Inf(-1)))
	}
	return d
}

// ordered sorts sites by distance, then by number.
func ordered(row []near) {
	slices.SortFunc(row, func(a, b near) int {
		switch {
		case a.d < b.d:
			return -1
		case a.d > b.d:
			return 1
		}
		return int(a.j - b.j)
	})
}

// work is the problem that remains once some sites are open and some given up:
// choose at most p columns so that the sum over rows of
// w × min(out, distance to the nearest chosen column) is least.
type work struct {
	w     []float64 // weight of each row, > 0
	out   []float64 // distance of each row if no column serves it; +Inf if one must
	reach []float64 // rows are complete up to here; at most out
	rows  [][]near  // columns nearer than reach, nearest first
	turn  [][]near  // the same by column, once asked for
	cols  []int32   // site of each column
	fee   []float64 // cost of each column, nil if none
	p     int       // columns to choose at most
	money float64   // what the fees may add up to, +Inf if no matter
	toll  bool      // fees are part of the cost
	base  float64   // tolls of what is open
	pairs int

	opened []int32 // sites opened on the way here
}

// columns gives the rows in reach of each column.
func (k *work) columns() [][]near {
	if k.turn != nil {
		return k.turn
	}
	size := make([]int32, len(k.cols))
	for _, row := range k.rows {
		for _, e := range row {
			size[e.j]++
		}
	}
	all := make([]near, k.pairs)
	k.turn = make([][]near, len(k.cols))
	at := 0
	for j, n := range size {
		k.turn[j] = all[at:at:(at + int(n))]
		at += int(n)
	}
	for i, row := range k.rows {
		for _, e := range row {
			k.turn[e.j] = append(k.turn[e.j], near{e.d, int32(i)})
		}
	}
	return k.turn
}

// keep makes the work that remains with some columns only, those of opened being
// open for good.
func (k *work) keep(kept []bool, opened []int32) *work {
	n := &work{w: k.w, p: k.p - len(opened), money: k.money, toll: k.toll, base: k.base, opened: slices.Clip(k.opened)}
	for _, j := range opened {
		n.opened = append(n.opened, k.cols[j])
	}
	to := make([]int32, len(k.cols))
	for j := range k.cols {
		to[j] = -1
		if kept[j] {
			to[j] = int32(len(n.cols))
			n.cols = append(n.cols, k.cols[j])
			if k.fee != nil {
				n.fee = append(n.fee, k.fee[j])
			}
		}
	}
	n.out, n.reach = k.out, k.reach
	if len(opened) > 0 {
		n.out, n.reach = slices.Clone(k.out), slices.Clone(k.reach)
		turn := k.columns()
		for _, j := range opened {
			to[j] = -1
			if k.fee != nil {
				n.money -= k.fee[j]
				if k.toll {
					n.base += k.fee[j]
				}
			}
			for _, e := range turn[j] {
				if d := float64(e.d); d < n.out[e.j] {
					n.out[e.j] = d
					n.reach[e.j] = d
				}
			}
		}
	}
	total := 0
	for i, row := range k.rows {
		for _, e := range row {
			if float64(e.d) >= n.reach[i] {
				break
			}
			if to[e.j] >= 0 {
				total++
			}
		}
	}
	all := make([]near, 0, total)
	n.rows = make([][]near, len(k.rows))
	for i, row := range k.rows {
		from := len(all)
		for _, e := range row {
			if float64(e.d) >= n.reach[i] {
				break
			}
			if t := to[e.j]; t >= 0 {
				all = append(all, near{e.d, t})
			}
		}
		n.rows[i] = all[from:len(all):len(all)]
	}
	n.pairs = total
	return n
}

// lowest is the least radius worth paying: below it no column earns.
func (k *work) lowest(i int) float64 {
	if row := k.rows[i]; len(row) > 0 {
		return float64(row[0].d)
	}
	return k.reach[i]
}
