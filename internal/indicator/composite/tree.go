package composite

import (
	"cmp"
	"fmt"
	"slices"
)

// tree is the method's hierarchy over the indicators that are kept. Nodes are the
// indicators in their order, then the aggregates, each after its components.
type tree struct {
	leaves int
	keys   []string // of nodes
	weight []float64
	level  []int // 1 for indicators
	parent []int // node, -1 for the root
	kids   [][]int
	means  []Mean // of nodes, "" for indicators
	shown  []int  // aggregates as people read them: the index, then downwards
}

func (t *tree) root() int { return len(t.keys) - 1 }

// tree checks and builds the hierarchy. kept are the indices of the indicators
// that are left after screening, nil for all.
func (m Method) tree(kept []int) (*tree, error) {
	aggregates := m.Aggregates
	implied := len(aggregates) == 0
	if implied {
		aggregates = []Aggregate{{Key: "index", Weight: 1}}
	}
	at := map[string]int{} // aggregate by key
	where := map[string]string{}
	root := -1
	for i, a := range aggregates {
		field := fmt.Sprintf("aggregates[%d]", i)
		switch {
		case a.Key == "":
			return nil, invalid(field+".key", "composite.no_key")
		case where[a.Key] != "":
			return nil, invalid(field+".key", "composite.twice", a.Key)
		case !(a.Weight >= 0) || !finite(a.Weight):
			return nil, invalid(field+".weight", "composite.weight", a.Key)
		case a.Mean != "" && !a.Mean.known():
			return nil, invalid(field+".mean", "composite.choice", string(a.Mean), "arithmetic, geometric, harmonic")
		case a.Parent == "" && root >= 0:
			return nil, invalid(field, "composite.two_roots", aggregates[root].Key, a.Key)
		}
		if a.Parent == "" {
			root = i
		}
		at[a.Key], where[a.Key] = i, field
	}
	for i, a := range aggregates {
		if _, ok := at[a.Parent]; !ok && a.Parent != "" {
			return nil, invalid(fmt.Sprintf("aggregates[%d].parent", i), "composite.parent", a.Key, a.Parent)
		}
	}
	if root < 0 {
		return nil, invalid("aggregates", "composite.circle", aggregates[0].Key)
	}
	for i, a := range aggregates { // every way up must end at the root
		steps, p := 0, i
		for ; aggregates[p].Parent != "" && steps <= len(aggregates); steps++ {
			p = at[aggregates[p].Parent]
		}
		if steps > len(aggregates) {
			return nil, invalid(fmt.Sprintf("aggregates[%d].parent", i), "composite.circle", a.Key)
		}
	}

	t := &tree{}
	parents := []int{} // aggregate of each leaf
	for i, x := range m.Indicators {
		field := fmt.Sprintf("indicators[%d]", i)
		if implied && x.Parent == "" {
			x.Parent = "index"
		}
		p, ok := at[x.Parent]
		switch {
		case x.Key == "":
			return nil, invalid(field+".key", "composite.no_key")
		case where[x.Key] != "":
			return nil, invalid(field+".key", "composite.twice", x.Key)
		case !(x.Weight >= 0) || !finite(x.Weight):
			return nil, invalid(field+".weight", "composite.weight", x.Key)
		case x.Parent == "":
			return nil, invalid(field, "composite.no_parent", x.Key)
		case !ok:
			return nil, invalid(field+".parent", "composite.parent", x.Key, x.Parent)
		}
		where[x.Key] = field
		if kept != nil && !slices.Contains(kept, i) {
			continue
		}
		t.add(x.Key, x.Weight, 1, "")
		parents = append(parents, p)
	}
	t.leaves = len(parents)

	level := make([]int, len(aggregates))
	for range aggregates { // as many rounds as there can be levels
		for _, p := range parents {
			level[p] = max(level[p], 2)
		}
		for i, a := range aggregates {
			if a.Parent != "" && level[i] > 0 {
				p := at[a.Parent]
				level[p] = max(level[p], level[i]+1)
			}
		}
	}
	order := make([]int, len(aggregates))
	for i := range order {
		order[i] = i
		if level[i] == 0 {
			return nil, invalid(fmt.Sprintf("aggregates[%d]", i), "composite.empty", aggregates[i].Key)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(level[a], level[b]) })
	node := make([]int, len(aggregates))
	for _, i := range order {
		a := aggregates[i]
		mean := a.Mean
		if mean == "" {
			mean = m.LevelMeans[level[i]]
		}
		if mean == "" {
			mean = m.Mean
		}
		node[i] = len(t.keys)
		t.add(a.Key, a.Weight, level[i], mean)
	}
	for l := range m.LevelMeans {
		if l < 2 || l > level[root] {
			return nil, invalid(fmt.Sprintf("aggregation.levels.%d", l), "composite.level", l, level[root])
		}
	}
	t.parent = make([]int, len(t.keys))
	t.kids = make([][]int, len(t.keys))
	link := func(child, parent int) {
		t.parent[child] = parent
		t.kids[parent] = append(t.kids[parent], child)
	}
	for leaf, p := range parents {
		link(leaf, node[p])
	}
	for i, a := range aggregates {
		if a.Parent == "" {
			t.parent[node[i]] = -1
			continue
		}
		link(node[i], node[at[a.Parent]])
	}
	for i := range aggregates {
		sum := 0.0
		for _, k := range t.kids[node[i]] {
			sum += t.weight[k]
		}
		if !(sum > 0) || !finite(sum) {
			return nil, invalid(fmt.Sprintf("aggregates[%d]", i), "composite.weightless", aggregates[i].Key)
		}
	}
	t.shown = make([]int, len(order))
	for i, a := range order {
		t.shown[i] = node[a]
	}
	slices.SortStableFunc(t.shown, func(a, b int) int { return cmp.Compare(t.level[b], t.level[a]) })
	return t, nil
}

func (t *tree) add(key string, weight float64, level int, mean Mean) {
	t.keys, t.weight = append(t.keys, key), append(t.weight, weight)
	t.level, t.means = append(t.level, level), append(t.means, mean)
}
