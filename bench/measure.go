package main

import (
	"cmp"
	"iter"
	"strings"
	"time"
)

// percentile returns the value below which p percent of sorted values are.
func percentile[T cmp.Ordered](sorted []T, p int) T {
	if len(sorted) == 0 {
		var zero T
		return zero
	}
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// statements parts a text of SQL at its semicolons.
func statements(sql string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for s := range strings.SplitSeq(sql, ";") {
			if s = strings.TrimSpace(s); s != "" && !yield(s) {
				return
			}
		}
	}
}
