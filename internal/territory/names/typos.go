package names

import (
	"cmp"
	"slices"
)

// typos finds the words near a mistyped one. Two words within k errors share a
// string that is made of each by leaving out at most k letters; so every such
// string of the beginnings of all words is kept in a table, and those of the
// typed word are looked up there. What comes out is then measured.
type typos struct {
	levels []typoLevel
}

// typoLevel holds the beginnings of one length. Words a little shorter stand
// there whole.
type typoLevel struct {
	length, edits int
	lo, hi        []int32  // words of each beginning
	start         []uint32 // by bucket
	refs          []uint32 // beginning number and checkBits of the hash
	shift         uint
}

const checkBits = 14

// allowedErrors is how many typing errors a word of that many letters may have.
func allowedErrors(letters int) int {
	switch {
	case letters < 4:
		return 0
	case letters < 8:
		return 1
	}
	return 2
}

func newTypos(words []string) typos {
	return typos{[]typoLevel{
		newTypoLevel(words, 4, 1),
		newTypoLevel(words, 5, 1),
		newTypoLevel(words, 6, 1),
		newTypoLevel(words, 7, 2),
	}}
}

func newTypoLevel(words []string, length, edits int) typoLevel {
	l := typoLevel{length: length, edits: edits}
	for i := 0; i < len(words); {
		w := words[i]
		p := w[:min(len(w), length)]
		j := i + 1
		for j < len(words) && len(words[j]) >= len(p) && words[j][:len(p)] == p && len(p) == length {
			j++
		}
		if len(p) >= length-edits {
			l.lo, l.hi = append(l.lo, int32(i)), append(l.hi, int32(j))
		}
		i = j
	}
	per := 1 + length
	if edits == 2 {
		per += length * (length - 1) / 2
	}
	bits := uint(8)
	for 1<<bits < len(l.lo)*per/3 {
		bits++
	}
	l.shift = 32 - bits
	hashes, owners := make([]uint32, 0, len(l.lo)*per), make([]uint32, 0, len(l.lo)*per)
	l.start = make([]uint32, 1<<bits+1)
	for n, i := range l.lo {
		w := words[i]
		deletions(w[:min(len(w), length)], edits, func(h uint32) {
			hashes, owners = append(hashes, h), append(owners, uint32(n))
			l.start[h>>l.shift+1]++
		})
	}
	for b := range 1 << bits {
		l.start[b+1] += l.start[b]
	}
	l.refs = make([]uint32, len(hashes))
	next := slices.Clone(l.start)
	for i, h := range hashes {
		b := h >> l.shift
		l.refs[next[b]] = owners[i]<<checkBits | h&(1<<checkBits-1)
		next[b]++
	}
	return l
}

// deletions calls yield with the hash of w and of all that is left of it when up
// to edits letters are taken out.
func deletions(w string, edits int, yield func(hash uint32)) {
	yield(hashWithout(w, -1, -1))
	for i := range len(w) {
		yield(hashWithout(w, i, -1))
		if edits < 2 {
			continue
		}
		for j := i + 1; j < len(w); j++ {
			yield(hashWithout(w, i, j))
		}
	}
}

// hashWithout is FNV-1a of w without bytes i and j, its high bits well mixed.
func hashWithout(w string, i, j int) uint32 {
	h := uint32(2166136261)
	for k := range len(w) {
		if k != i && k != j {
			h = (h ^ uint32(w[k])) * 16777619
		}
	}
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	return h
}

// near is a word within reach of a typed one.
type near struct {
	word   int32
	errors uint8
	whole  bool // the typed word is all of it, not only its beginning
}

// find returns the words within reach of typed, by word number, without those
// that need no correction. With starts, the beginning of a word is enough.
func (t *typos) find(words []string, typed string, starts bool) []near {
	k := allowedErrors(len(typed))
	if k == 0 || len(typed) > maxWord {
		return nil
	}
	l := &t.levels[min(len(typed), 7)-4]
	if k == 1 {
		l = &t.levels[min(len(typed), 6)-4]
	}
	var found []uint32
	deletions(typed[:min(len(typed), l.length)], l.edits, func(h uint32) {
		b := h >> l.shift
		for _, r := range l.refs[l.start[b]:l.start[b+1]] {
			if r&(1<<checkBits-1) == h&(1<<checkBits-1) {
				found = append(found, r>>checkBits)
			}
		}
	})
	slices.Sort(found)
	found = slices.Compact(found)
	var out []near
	for _, n := range found {
		for w := l.lo[n]; w < l.hi[n]; w++ {
			word := words[w]
			if !starts && abs(len(word)-len(typed)) > k {
				continue
			}
			switch whole, start := distance(typed, word, k); {
			case whole > 0 && whole <= k:
				out = append(out, near{w, uint8(whole), true})
			case whole > k && starts && start > 0 && start <= k:
				out = append(out, near{w, uint8(start), false})
			}
		}
	}
	slices.SortFunc(out, func(a, b near) int { return cmp.Compare(a.word, b.word) })
	return out
}
