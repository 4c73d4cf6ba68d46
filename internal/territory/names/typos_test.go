package names

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		typed, word  string
		whole, start int // 3 stands for out of reach
	}{
		{"lannion", "lannion", 0, 0},
		{"lanion", "lannion", 1, 1},
		{"lannoin", "lannion", 1, 1},
		{"annion", "lannion", 1, 1},
		{"xannion", "lannion", 1, 1},
		{"guignam", "guingamp", 2, 1},
		{"strasb", "strasbourg", 3, 0},
		{"starsb", "strasbourg", 3, 1},
		{"brest", "paris", 3, 3},
		{"", "ab", 2, 0},
	} {
		whole, start := distance(c.typed, c.word, 2)
		if whole != c.whole || start != c.start {
			t.Errorf("%s, %s: got %d and %d, want %d and %d", c.typed, c.word, whole, start, c.whole, c.start)
		}
	}
}

// slow is the same distance without the shortcuts.
func slow(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func slowStart(a, b string) int {
	best := len(a)
	for j := range len(b) + 1 {
		best = min(best, slow(a, b[:j]))
	}
	return best
}

// random makes words over few letters, so that near ones are common.
func random(r *rand.Rand, least, most int) string {
	b := make([]byte, least+r.IntN(most-least+1))
	for i := range b {
		b[i] = 'a' + byte(r.IntN(3))
	}
	return string(b)
}

func TestDistanceAgainstPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		a, b := random(r, 0, 10), random(r, 0, 14)
		for limit := 1; limit <= 2; limit++ {
			whole, start := distance(a, b, limit)
			if want := min(slow(a, b), limit+1); whole != want {
				t.Fatalf("%s, %s within %d: whole %d, want %d", a, b, limit, whole, want)
			}
			if want := min(slowStart(a, b), limit+1); start != want {
				t.Fatalf("%s, %s within %d: start %d, want %d", a, b, limit, start, want)
			}
		}
	}
}

// The table of deletions misses no word that a plain reading of all words finds.
func TestTyposFindAll(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var words []string
	for range 1500 {
		words = append(words, random(r, 1, 13))
	}
	slices.Sort(words)
	words = slices.Compact(words)
	table := newTypos(words)
	for range 400 {
		typed := random(r, 1, 12)
		k := allowedErrors(len(typed))
		for _, starts := range []bool{false, true} {
			var want []near
			for i, w := range words {
				whole, start := slow(typed, w), slowStart(typed, w)
				switch {
				case k > 0 && whole > 0 && whole <= k:
					want = append(want, near{int32(i), uint8(whole), true})
				case k > 0 && whole > k && starts && start > 0 && start <= k:
					want = append(want, near{int32(i), uint8(start), false})
				}
			}
			if got := table.find(words, typed, starts); !slices.Equal(got, want) {
				t.Fatalf("%s (starts %v): %d words, want %d", typed, starts, len(got), len(want))
			}
		}
	}
}
