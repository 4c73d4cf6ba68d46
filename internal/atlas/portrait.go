package atlas

import (
	"cmp"
	"slices"

	"bassin/internal/territory"
)

// Limits of the presentation rules.
const (
	// LargeBasin is the population above which a basin stops being the first
	// thing a commune's page leads to: Paris's has 10.8 million inhabitants.
	LargeBasin = 300_000
	// ManyCommunes is the number of communes above which maps and tables go by
	// basin or larger first.
	ManyCommunes = 150
)

// Portrait is what a territory's page says of it.
type Portrait struct {
	Territory *territory.Territory
	France    *territory.France
	Communes  int
	Lead      *territory.Territory // commune pages: the territory to go to first, else nil
	Principal *territory.Territory // most populated commune, nil where no population is known
	Series    []territory.Count    // census populations, current perimeter, oldest first
	Crossings []Crossing           // what it belongs to and what crosses it, largest levels last
	Unit      territory.Level      // level of Members
	Members   []Member             // its communes, or what stands for them above ManyCommunes
	Marks     []Mark               // programmes and classifications found in it
	Density   []Class              // population by density class, densest first, 7 levels
	Parts     []territory.PartRow  // commune pages: communes déléguées, associées, arrondissements
	History   []territory.EventRow // commune pages: what happened to it
}

// Crossing is a level with the territories of it that share communes with the portrait's.
type Crossing struct {
	Level     territory.Level
	Relations []territory.Relation
}

// Inside says whether the whole perimeter lies in one territory of the level.
func (c Crossing) Inside() bool {
	return len(c.Relations) == 1 && (!c.Relations[0].Known || c.Relations[0].OfThis > 0.999999)
}

// Member is a row of the list of members.
type Member struct {
	*territory.Territory
	Communes int
	Share    float64 // share of the perimeter's population, 0 to 1; of its own part of it for a crossing member
	Density  int8    // density class of a commune, 0 otherwise
	OfOther  float64 // share of the member's own population inside the perimeter: 1 when wholly inside
}

// Programme is a public programme or classification that marks communes.
type Programme string

// The programmes told on territory pages. The values are catalogue keys' endings.
const (
	FRR        Programme = "frr"    // FRR socle, FRR+ and beneficiaries
	ACV        Programme = "acv"    // Action cœur de ville
	PVD        Programme = "pvd"    // Petites villes de demain
	ORT        Programme = "ort"    // opération de revitalisation de territoire
	Massif     Programme = "massif" // commune of a mountain massif
	VerySparse Programme = "sparse" // density class 7
)

// Mark says how much of a perimeter a programme covers.
type Mark struct {
	Programme  Programme
	Detail     string // wording of the source where it has several, e.g. "FRR+"; "" otherwise
	Communes   []int32
	Population int
}

// Class is a share of the population in one class.
type Class struct {
	Class      int8
	Communes   int
	Population int
	Share      float64 // of the population of the perimeter, 0 to 1
}

// Draw composes the portrait of a territory.
func Draw(f *territory.France, t *territory.Territory) *Portrait {
	p := &Portrait{Territory: t, France: f, Communes: len(t.Communes())}
	p.Series = f.Series(t)
	p.Crossings = crossings(f, t)
	if t.Level.Whole() {
		p.Unit = Unit(f, t)
		p.Members = members(f, t, p.Unit)
		p.Principal = principal(f, t)
		p.Density = density(f, t)
		p.Marks = marks(f, t)
	}
	if t.Level == territory.Commune {
		n := t.Communes()[0]
		p.Lead = Lead(f, n)
		p.Parts = f.Parts(n)
		p.History = f.History(t.Code)
	}
	return p
}

// Lead is the territory that commune n's page leads to: its basin, or its EPT
// or EPCI where the basin has over LargeBasin inhabitants. It is nil where the
// commune has neither (overseas collectivities).
func Lead(f *territory.France, n int32) *territory.Territory {
	bv := f.One(n, territory.BassinDeVie)
	if bv != nil {
		if pop, _ := bv.Population(); pop <= LargeBasin {
			return bv
		}
	}
	for _, l := range []territory.Level{territory.EPT, territory.EPCI} {
		if t := f.One(n, l); t != nil {
			return t
		}
	}
	return bv
}

// Unit is the level by which a territory's members are mapped and listed:
// communes up to ManyCommunes, then basins, then EPCI's départements.
func Unit(f *territory.France, t *territory.Territory) territory.Level {
	if len(t.Communes()) <= ManyCommunes {
		return territory.Commune
	}
	for _, l := range []territory.Level{territory.BassinDeVie, territory.EPCI} {
		if n := count(f, t, l); n > 1 && n <= ManyCommunes {
			return l
		}
	}
	if t.Level == territory.BassinDeVie || t.Level == territory.EPCI || t.Level == territory.EPT {
		return territory.Commune
	}
	return territory.Departement
}

func count(f *territory.France, t *territory.Territory, l territory.Level) int {
	seen := map[*territory.Territory]bool{}
	for _, n := range t.Communes() {
		if o := f.One(n, l); o != nil {
			seen[o] = true
		}
	}
	return len(seen)
}

func members(f *territory.France, t *territory.Territory, unit territory.Level) []Member {
	var out []Member
	for _, r := range f.Relations(t, unit) {
		m := Member{Territory: r.Other, Communes: r.Communes, Share: r.OfThis, OfOther: r.OfOther}
		if unit == territory.Commune {
			m.Density = f.Commune(r.Other.Communes()[0]).Density
		}
		out = append(out, m)
	}
	return out
}

// shown are the levels told among crossings, in reading order.
var shown = []territory.Level{
	territory.QPV, territory.BassinDeVie, territory.EPT, territory.EPCI, territory.Canton, territory.UniteUrbaine,
	territory.AireAttraction, territory.ZoneEmploi, territory.TerritoireIndustrie,
	territory.Arrondissement, territory.Departement, territory.Region,
}

func crossings(f *territory.France, t *territory.Territory) []Crossing {
	var out []Crossing
	for _, l := range shown {
		if l == t.Level {
			continue
		}
		if rs := f.Relations(t, l); len(rs) > 0 {
			out = append(out, Crossing{l, rs})
		}
	}
	return out
}

func principal(f *territory.France, t *territory.Territory) *territory.Territory {
	best, at := -1, int32(-1)
	for _, n := range t.Communes() {
		if p := f.Commune(n).Population; p != nil && int(*p) > best {
			best, at = int(*p), n
		}
	}
	if at < 0 {
		return nil
	}
	return f.Level(territory.Commune)[at]
}

func inhabitants(c *territory.CommuneRow) int {
	if c.Population == nil {
		return 0
	}
	return int(*c.Population)
}

func density(f *territory.France, t *territory.Territory) []Class {
	var by [8]Class
	total := 0
	for _, n := range t.Communes() {
		c := f.Commune(n)
		if c.Density < 1 || c.Density > 7 {
			continue
		}
		k := &by[c.Density]
		k.Class = c.Density
		k.Communes++
		k.Population += inhabitants(c)
		total += inhabitants(c)
	}
	var out []Class
	for _, k := range by {
		if k.Communes == 0 {
			continue
		}
		if total > 0 {
			k.Share = float64(k.Population) / float64(total)
		}
		out = append(out, k)
	}
	return out
}

func marks(f *territory.France, t *territory.Territory) []Mark {
	type key struct {
		p      Programme
		detail string
	}
	at := map[key]*Mark{}
	add := func(p Programme, detail string, n int32) {
		m := at[key{p, detail}]
		if m == nil {
			m = &Mark{Programme: p, Detail: detail}
			at[key{p, detail}] = m
		}
		m.Communes = append(m.Communes, n)
		m.Population += inhabitants(f.Commune(n))
	}
	for _, n := range t.Communes() {
		c := f.Commune(n)
		if c.FRR != "" && c.FRR != NotFRR {
			add(FRR, c.FRR, n)
		}
		if c.ACV {
			add(ACV, "", n)
		}
		if c.PVD {
			add(PVD, "", n)
		}
		if c.ORT {
			add(ORT, "", n)
		}
		if c.Massif != "" {
			add(Massif, c.Massif, n)
		}
		if c.Density == 7 {
			add(VerySparse, "", n)
		}
	}
	order := []Programme{ACV, PVD, ORT, FRR, Massif, VerySparse}
	out := make([]Mark, 0, len(at))
	for _, m := range at {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Mark) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Programme), slices.Index(order, b.Programme)),
			cmp.Compare(len(b.Communes), len(a.Communes)), cmp.Compare(a.Detail, b.Detail))
	})
	return out
}

// NotFRR is the wording of the DGCL list for communes outside the classification.
const NotFRR = "Non classée"
