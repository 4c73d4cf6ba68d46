package indicator

import (
	"sort"

	"bassin/internal/territory"
)

// Density is the class of a territory on INSEE's density grid, put in three: most
// of its inhabitants live in rural communes (levels 5 to 7 of the grid), else most
// live in densely urban ones (level 1), else it is in between.
type Density int8

// The classes of density.
const (
	NoDensity Density = iota // not on the grid
	Dense
	Between
	Rural
)

// SizeLimits are the numbers of inhabitants at which a class of size ends: class i
// is under SizeLimits[i], the last is at or over all of them.
var SizeLimits = []int{200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000}

// Class is what makes territories comparable at first sight.
type Class struct {
	Density Density
	Size    int8 // 0 to len(SizeLimits)
}

// ClassOf puts a territory in its class.
func ClassOf(f *territory.France, t *territory.Territory) Class {
	var total, dense, rural int
	graded := false
	for _, n := range t.Communes() {
		c := f.Commune(n)
		people := 0
		if c.Population != nil {
			people = int(*c.Population)
		}
		total += people
		graded = graded || c.Density > 0
		switch {
		case c.Density == 1:
			dense += people
		case c.Density >= 5:
			rural += people
		}
	}
	if !t.Level.Whole() {
		total, _ = t.Population()
	}
	c := Class{Density: Between, Size: int8(sort.SearchInts(SizeLimits, total+1))}
	switch {
	case !graded:
		c.Density = NoDensity
	case 2*rural >= total:
		c.Density = Rural
	case 2*dense >= total:
		c.Density = Dense
	}
	return c
}

// Classes returns the class of every territory of a level, in the order of
// [territory.France.Level]. It is shared and must not be changed.
func (p *Panel) Classes(l territory.Level) []Class {
	if kept, ok := p.classes.Load(l); ok {
		return kept.([]Class)
	}
	ts := p.layout.france.Level(l)
	out := make([]Class, len(ts))
	for i, t := range ts {
		out[i] = ClassOf(p.layout.france, t)
	}
	kept, _ := p.classes.LoadOrStore(l, out)
	return kept.([]Class)
}

// Fewest is the least number of territories that a comparison rests on.
const Fewest = 20

// Peers are the territories of a level most like another at first sight.
type Peers struct {
	Density  Density // NoDensity where all densities are taken
	From, To int8    // classes of size taken, From to To
	Indexes  []int   // in [territory.France.Level], in order
}

// PeersOf returns the territories of level l of the same density and size class
// as t. Where they are fewer than [Fewest], neighbouring sizes are taken in, one
// class on each side at a time, then every density.
// The result is shared and must not be changed.
func (p *Panel) PeersOf(t *territory.Territory, l territory.Level) Peers {
	own := ClassOf(p.layout.france, t)
	if kept, ok := p.peers.Load(peersKey{l, own}); ok {
		return kept.(Peers)
	}
	kept, _ := p.peers.LoadOrStore(peersKey{l, own}, p.peersIn(own, l))
	return kept.(Peers)
}

type peersKey struct {
	level territory.Level
	class Class
}

func (p *Panel) peersIn(own Class, l territory.Level) Peers {
	classes := p.Classes(l)
	last := int8(len(SizeLimits))
	for _, density := range []Density{own.Density, NoDensity} {
		for wider := int8(0); ; wider++ {
			peers := Peers{Density: density, From: max(0, own.Size-wider), To: min(last, own.Size+wider)}
			for i, c := range classes {
				if c.Size >= peers.From && c.Size <= peers.To && (density == NoDensity || c.Density == density) {
					peers.Indexes = append(peers.Indexes, i)
				}
			}
			if len(peers.Indexes) >= Fewest || density == NoDensity && peers.From == 0 && peers.To == last {
				return peers
			}
			if peers.From == 0 && peers.To == last {
				break
			}
		}
	}
	return Peers{}
}
