package atlasweb

import (
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// MaxComposed is the length in bytes of the longest expression that the composer
// carries in its address: each commune of its map repeats it. A longer perimeter
// is kept first, and goes on from its short address.
const MaxComposed = 1500

// resolver finds the territory that an expression comes to.
type resolver func(expr string) (*territory.Territory, error)

// setTerm is one term of an expression as the composer lists it.
type setTerm struct {
	Term   string // as written: 22113, bv:22113, set:…
	Remove bool
	Of     *territory.Territory
	Rest   string // the expression without this term
}

// draft is a perimeter being composed.
type draft struct {
	Expr    string
	Pieces  []setTerm
	In      []bool  // by commune number
	Members []int32 // in order
	Whole   *territory.Territory
}

// newDraft reads an expression. One that comes to nothing is an empty draft and
// no error: that is what remains once everything was removed.
func newDraft(f *territory.France, expr string, find resolver) (*draft, error) {
	d := &draft{In: make([]bool, f.Len())}
	terms := cutTerms(expr)
	if len(terms) == 0 {
		return d, nil
	}
	if len(terms) > territory.MaxTerms {
		return nil, fault.New(fault.TooLarge, "territory.set.too_many", territory.MaxTerms)
	}
	for i, t := range terms {
		u, err := find(t.Term)
		if err != nil {
			return nil, err
		}
		if !u.Level.Whole() {
			return nil, fault.New(fault.Invalid, "territory.set.smaller_than_commune", u.Name)
		}
		t.Of, t.Rest = u, joinTerms(slices.Concat(terms[:i], terms[i+1:]))
		for _, n := range u.Communes() {
			d.In[n] = !t.Remove
		}
		d.Pieces = append(d.Pieces, t)
	}
	d.Expr = joinTerms(terms)
	for n, in := range d.In {
		if in {
			d.Members = append(d.Members, int32(n))
		}
	}
	switch {
	case len(d.Members) == 0:
	case len(d.Pieces) == 1:
		d.Whole = d.Pieces[0].Of
	default:
		if d.Whole = published(f, d.Members); d.Whole == nil {
			d.Whole = f.Set(d.Members)
		}
	}
	return d, nil
}

// published finds the published territory that has exactly these communes, the
// smallest level first, or nil.
func published(f *territory.France, members []int32) *territory.Territory {
	if len(members) == 0 {
		return nil
	}
	for _, level := range territory.Levels {
		if !level.Whole() {
			continue
		}
		for _, t := range f.Of(members[0], level) {
			if slices.Equal(t.Communes(), members) {
				return t
			}
		}
	}
	return nil
}

// cutTerms splits an expression at its signs; empty terms are dropped, so that
// an address people edited by hand still opens.
func cutTerms(expr string) []setTerm {
	var out []setTerm
	remove := false
	for expr != "" {
		i := strings.IndexAny(expr, ",~")
		text, sep := expr, byte(',')
		if i >= 0 {
			text, sep, expr = expr[:i], expr[i], expr[i+1:]
		} else {
			expr = ""
		}
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, setTerm{Term: text, Remove: remove})
		}
		remove = sep == '~'
	}
	return out
}

// joinTerms writes terms as an expression. A leading removal removes nothing and is left out.
func joinTerms(terms []setTerm) string {
	var b strings.Builder
	for _, t := range terms {
		switch {
		case t.Remove && b.Len() == 0:
			continue
		case t.Remove:
			b.WriteByte('~')
		case b.Len() > 0:
			b.WriteByte(',')
		}
		b.WriteString(t.Term)
	}
	return b.String()
}

// termOf writes a territory as a term, communes as their bare code.
func termOf(id territory.ID) string {
	if id.Level == territory.Commune {
		return id.Code
	}
	return id.String()
}

// holds says whether every commune of t is in the perimeter.
func (d *draft) holds(t *territory.Territory) bool {
	for _, n := range t.Communes() {
		if !d.In[n] {
			return false
		}
	}
	return len(t.Communes()) > 0
}

// with is the expression once t is added, and without once it is removed. Terms
// that say nothing any more are left out, so that adding and removing the same
// commune comes back to the same address.
func (d *draft) with(t *territory.Territory) string    { return d.change(t, false) }
func (d *draft) without(t *territory.Territory) string { return d.change(t, true) }

// toggled is with where t is not wholly inside, without where it is.
func (d *draft) toggled(t *territory.Territory) string { return d.change(t, d.holds(t)) }

func (d *draft) change(t *territory.Territory, remove bool) string {
	own := termOf(t.ID)
	rest := make([]setTerm, 0, len(d.Pieces)+1)
	dropped := false
	for _, p := range d.Pieces {
		if p.Term == own {
			dropped = true
			continue
		}
		rest = append(rest, p)
	}
	if dropped && d.comesTo(rest, t, remove) {
		return joinTerms(rest)
	}
	return joinTerms(append(rest, setTerm{Term: own, Remove: remove, Of: t}))
}

// comesTo says whether terms give the perimeter with (or without) t.
func (d *draft) comesTo(terms []setTerm, t *territory.Territory, remove bool) bool {
	wanted := slices.Clone(d.In)
	for _, n := range t.Communes() {
		wanted[n] = !remove
	}
	got := make([]bool, len(d.In))
	for _, p := range terms {
		for _, n := range p.Of.Communes() {
			got[n] = !p.Remove
		}
	}
	return slices.Equal(wanted, got)
}

// contiguous counts the parts of a perimeter and the communes of the largest,
// given which communes touch: near calls its second argument for each neighbour.
func contiguous(in []bool, members []int32, near func(n int32, each func(int32))) (parts, largest int) {
	seen := make(map[int32]bool, len(members))
	var queue []int32
	for _, first := range members {
		if seen[first] {
			continue
		}
		parts++
		size := 0
		seen[first] = true
		queue = append(queue[:0], first)
		for len(queue) > 0 {
			n := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			size++
			near(n, func(o int32) {
				if in[o] && !seen[o] {
					seen[o] = true
					queue = append(queue, o)
				}
			})
		}
		largest = max(largest, size)
	}
	return parts, largest
}
