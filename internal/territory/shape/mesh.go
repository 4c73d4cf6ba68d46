package shape

// Mesh returns the arcs that keep chooses by the faces on their two sides
// (Outside where there is none), each once, chained into long lines, at a
// precision in metres as for [Region.Outline]. The borders between the classes of
// a map are those where class(left) != class(right); its coast those with Outside.
func (t *Topology) Mesh(keep func(left, right int32) bool, metres float64) [][]Point {
	return t.lines(t.chain(t.kept(keep)), threshold(metres))
}

func (t *Topology) kept(keep func(left, right int32) bool) []int32 {
	var arcs []int32
	for a := range t.boxes {
		if keep(t.left[a], t.right[a]) {
			arcs = append(arcs, int32(a))
		}
	}
	return arcs
}

// chain joins arcs into lines of references: first those that start where an odd
// number of arcs meet, then what is left, which is loops.
func (t *Topology) chain(arcs []int32) [][]int32 {
	at := make(map[int32][]int32, len(arcs)) // node -> unused references that leave it
	for _, a := range arcs {
		at[t.from[a]] = append(at[t.from[a]], a)
		at[t.to[a]] = append(at[t.to[a]], ^a)
	}
	used := make(map[int32]bool, len(arcs))
	take := func(node int32) (int32, bool) {
		refs := at[node]
		for len(refs) > 0 {
			ref := refs[len(refs)-1]
			refs = refs[:len(refs)-1]
			at[node] = refs
			if a, _ := arcOf(ref); !used[a] {
				used[a] = true
				return ref, true
			}
		}
		return 0, false
	}
	var lines [][]int32
	walk := func(node int32) {
		var line []int32
		for ref, ok := take(node); ok; ref, ok = take(t.nodeTo(ref)) {
			line = append(line, ref)
		}
		if line != nil {
			lines = append(lines, line)
		}
	}
	odd := map[int32]bool{}
	for node, refs := range at {
		odd[node] = len(refs)%2 == 1
	}
	for _, onlyOdd := range [2]bool{true, false} {
		for _, a := range arcs { // in the order of the arcs, so that the result is always the same
			for _, node := range [2]int32{t.from[a], t.to[a]} {
				if onlyOdd && !odd[node] {
					continue
				}
				odd[node] = false
				walk(node)
			}
		}
	}
	return lines
}

func (t *Topology) lines(chains [][]int32, least uint8) [][]Point {
	out := make([][]Point, len(chains))
	var pts []gridPoint
	for i, refs := range chains {
		pts = t.appendRing(pts[:0], refs, least)
		line := make([]Point, 0, len(pts)+1)
		for _, p := range append(pts, t.end(refs[len(refs)-1])) {
			line = append(line, t.grid.point(p))
		}
		out[i] = line
	}
	return out
}
