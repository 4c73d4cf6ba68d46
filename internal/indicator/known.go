package indicator

import "math/bits"

// known tells the slots that have a figure.
type known []uint64

func knownIn(column ...[]float64) known {
	k := make(known, (len(column[0])+63)/64)
slots:
	for i := range column[0] {
		for _, c := range column {
			if c[i] != c[i] {
				continue slots
			}
		}
		k[i/64] |= 1 << (i % 64)
	}
	return k
}

func (k known) has(i int) bool { return k[i/64]&(1<<(i%64)) != 0 }

// count is how many of the slots of the runs have a figure.
func (k known) count(runs []run) int {
	n := 0
	for _, r := range runs {
		for from := int(r.from); from < int(r.to); {
			to := min(int(r.to), (from/64+1)*64)
			word := k[from/64] >> (from % 64)
			if w := to - from; w < 64 {
				word &= 1<<w - 1
			}
			n += bits.OnesCount64(word)
			from = to
		}
	}
	return n
}

// only returns the column with zero where there is no figure.
func (k known) only(column []float64) []float64 {
	out := make([]float64, len(column))
	for i, x := range column {
		if k.has(i) {
			out[i] = x
		}
	}
	return out
}
