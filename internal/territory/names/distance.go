package names

// maxWord bounds the words that distance compares; longer ones are out of reach.
const maxWord = 40

// distance counts the typing errors between what was typed and a word: letters
// added, left out, changed, or two neighbours swapped (Damerau 1964, each letter
// touched once). whole compares with all of the word, start with the beginning
// of it that fits best. Both are over limit when they cannot be reached.
func distance(typed, word string, limit int) (whole, start int) {
	m, n := len(typed), len(word)
	far := limit + 1
	if m > maxWord {
		return far, far
	}
	if n > m+limit {
		n = m + limit // what lies beyond cannot be part of the best beginning
	}
	if n < m-limit {
		return far, far
	}
	var rows [3][maxWord + 4]int
	before, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := range n + 1 {
		prev[j] = j
	}
	for i := 1; i <= m; i++ {
		lo, hi := max(1, i-limit), min(n, i+limit)
		cur[lo-1] = far
		if lo == 1 {
			cur[0] = i
		}
		best := cur[lo-1]
		for j := lo; j <= hi; j++ {
			cost := 1
			if typed[i-1] == word[j-1] {
				cost = 0
			}
			d := prev[j-1] + cost
			if j < i+limit {
				d = min(d, prev[j]+1)
			}
			d = min(d, cur[j-1]+1)
			if i > 1 && j > 1 && typed[i-1] == word[j-2] && typed[i-2] == word[j-1] && abs(i-j) <= limit {
				d = min(d, before[j-2]+1)
			}
			cur[j] = min(d, far)
			best = min(best, cur[j])
		}
		if best > limit {
			return far, far
		}
		before, prev, cur = prev, cur, before
	}
	start = far
	for j := max(0, m-limit); j <= n; j++ {
		start = min(start, prev[j])
	}
	whole = far
	if n == len(word) && abs(n-m) <= limit {
		whole = prev[n]
	}
	return whole, start
}

func abs(n int) int { return max(n, -n) }
