package observatory

import (
	"slices"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// Programme is a national programme, or a mark, by which territories are filtered.
type Programme string

// The programmes, as addresses write them.
const (
	ACV Programme = "acv" // Action cœur de ville
	PVD Programme = "pvd" // Petites villes de demain
	FRR Programme = "frr" // France ruralités revitalisation
	TI  Programme = "ti"  // Territoires d'industrie
	QPV Programme = "qpv" // a priority district lies in it
)

// Programmes lists the programmes in the order of forms.
var Programmes = []Programme{ACV, PVD, FRR, TI, QPV}

// notFRR is the wording of the DGCL list for communes outside the classification.
const notFRR = "Non classée"

// Filter keeps some of the territories of a level. The zero value keeps all.
type Filter struct {
	Within    *territory.Territory // a département or a région: one of the territory's communes is in it
	Density   indicator.Density    // NoDensity for all
	Size      int                  // 1 + a class of size, 0 for all
	Programme Programme            // "" for all: one of the territory's communes is in it
}

// keeps says, by the place of a territory in its level, whether the filter keeps it.
func (o *Observatory) keeps(l territory.Level, x Filter) func(i int) bool {
	ts := o.France.Level(l)
	var classes []indicator.Class
	if x.Density != indicator.NoDensity || x.Size > 0 {
		classes = o.Panel.Classes(l)
	}
	var inside []bool
	if x.Within != nil {
		inside = make([]bool, o.France.Len())
		for _, n := range x.Within.Communes() {
			inside[n] = true
		}
	}
	return func(i int) bool {
		if x.Density != indicator.NoDensity && classes[i].Density != x.Density || x.Size > 0 && int(classes[i].Size) != x.Size-1 {
			return false
		}
		if inside != nil && !slices.ContainsFunc(ts[i].Communes(), func(n int32) bool { return inside[n] }) {
			return false
		}
		return x.Programme == "" || slices.ContainsFunc(ts[i].Communes(), func(n int32) bool { return o.takesPart(n, x.Programme) })
	}
}

// takesPart says whether a commune is in a programme.
func (o *Observatory) takesPart(n int32, p Programme) bool {
	c := o.France.Commune(n)
	switch p {
	case ACV:
		return c.ACV
	case PVD:
		return c.PVD
	case FRR:
		return c.FRR != "" && c.FRR != notFRR
	case TI:
		return len(o.France.Of(n, territory.TerritoireIndustrie)) > 0
	case QPV:
		return len(o.France.Of(n, territory.QPV)) > 0
	}
	return false
}
