package atlas

import (
	"cmp"
	"slices"
	"strings"

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
	Lead      *territory.Territory   // commune pages: the territory to go to first, else nil
	Basin     *territory.Territory   // commune pages: its basin, else nil
	Principal *territory.Territory   // most populated commune, nil where no population is known
	Series    []territory.Count      // census populations, current perimeter, oldest first
	Crossings []Crossing             // what it belongs to and what crosses it, smallest levels first
	Unit      territory.Level        // level of Members
	Members   []Member               // its communes, or what stands for them above ManyCommunes
	Marks     []Mark                 // programmes and classifications found in it
	Districts []*territory.Territory // priority districts (QPV) whose communes are in it, by code
	Density   []Class                // population by density class, densest first, 7 levels
	Parts     []territory.PartRow    // commune pages: communes déléguées, associées, arrondissements
	History   []territory.EventRow   // commune pages: what happened to it
}

// Crossing is a level with the territories of it that share communes with the portrait's.
type Crossing struct {
	Level     territory.Level
	Relations []territory.Relation // largest share of the perimeter's population first
	Whole     int                  // number of Relations whose territory lies wholly in the perimeter
	Outside   int                  // communes of the perimeter in no territory of the level
	OfOutside float64              // their share of the perimeter's population, 0 to 1
	communes  int                  // of the perimeter
}

// Inside says whether the whole perimeter lies in one territory of the level.
func (c Crossing) Inside() bool {
	return len(c.Relations) == 1 && c.Relations[0].Communes == c.communes
}

// Same says whether the perimeter is that of one territory of the level.
func (c Crossing) Same() bool { return c.Inside() && c.Whole == 1 }

// Contained says whether the perimeter is made of whole territories of the level.
func (c Crossing) Contained() bool { return len(c.Relations) == c.Whole && c.Outside == 0 }

// Member is a row of the list of members.
type Member struct {
	*territory.Territory
	Communes int     // its communes inside the perimeter
	Share    float64 // share of the perimeter's population that lives in it, 0 to 1
	Known    bool    // false where that share cannot be told
	OfOther  float64 // share of the member's own population inside the perimeter: 1 when wholly inside
	Density  int8    // density class of a commune, 0 otherwise
}

// Partial says whether part of the member's communes lie outside the perimeter.
func (m Member) Partial() bool {
	return m.Level.Whole() && m.Communes < len(m.Territory.Communes())
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
	Detail     string  // wording of the source where it has several, e.g. "FRR+"; "" otherwise
	Communes   []int32 // in code order
	Population int     // published inhabitants of these communes
	Since      string  // first day of the oldest, ISO 8601, "" where not told
	Until      string  // that of the newest; equal to Since for one commune
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
	p.Unit = Unit(f, t)
	p.Members = Members(f, t, p.Unit)
	if t.Level.Whole() {
		p.Principal = principal(f, t)
		p.Density = density(f, t)
		p.Marks = marks(f, t)
		p.Districts = districts(f, t)
	}
	if t.Level == territory.Commune {
		n := t.Communes()[0]
		p.Basin = f.One(n, territory.BassinDeVie)
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
// communes up to ManyCommunes, then basins, then EPCI, then départements;
// municipal arrondissements for Paris, Lyon and Marseille.
func Unit(f *territory.France, t *territory.Territory) territory.Level {
	if t.Level == territory.Commune && len(f.Of(t.Communes()[0], territory.ArrondissementMunicipal)) > 0 {
		return territory.ArrondissementMunicipal
	}
	if t.Level == territory.Pays {
		return territory.Departement
	}
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

// Members lists what a territory is made of at a level, most populated part
// first. A commune that is not divided has none; a territory smaller than a
// commune has the communes that it crosses.
func Members(f *territory.France, t *territory.Territory, unit territory.Level) []Member {
	if t.Level == territory.Commune && unit == territory.Commune {
		return nil
	}
	relations := f.Relations(t, unit)
	out := make([]Member, 0, len(relations))
	for _, r := range relations {
		m := Member{Territory: r.Other, Communes: r.Communes, Share: r.OfThis, Known: r.Known, OfOther: r.OfOther}
		if unit == territory.Commune {
			m.Density = f.Commune(r.Other.Communes()[0]).Density
			_, m.Known = r.Other.Population()
			m.Known = m.Known && r.Known
		}
		out = append(out, m)
	}
	return out
}

// shown are the levels told among crossings, in reading order.
var shown = []territory.Level{
	territory.Commune, territory.BassinDeVie, territory.EPT, territory.EPCI, territory.Canton, territory.UniteUrbaine,
	territory.AireAttraction, territory.ZoneEmploi, territory.TerritoireIndustrie,
	territory.Arrondissement, territory.Departement, territory.Region,
}

// crossings tells every level but the territory's own; communes only for what
// is smaller than them, and nothing for the country, which everything is part of.
func crossings(f *territory.France, t *territory.Territory) []Crossing {
	if t.Level == territory.Pays {
		return nil
	}
	total := 0
	for _, n := range t.Communes() {
		total += inhabitants(f.Commune(n))
	}
	var out []Crossing
	for _, l := range shown {
		if l == t.Level || l == territory.Commune && t.Level.Whole() || l == territory.Region && t.Zone == "com" {
			continue // an overseas collectivity is published as a région too: it is told once
		}
		rs := f.Relations(t, l)
		if len(rs) == 0 {
			continue
		}
		c := Crossing{Level: l, Relations: rs, communes: len(t.Communes())}
		for _, r := range rs {
			if t.Level.Whole() && r.Communes == len(r.Other.Communes()) {
				c.Whole++
			}
		}
		lost := 0
		for _, n := range t.Communes() {
			if len(f.Of(n, l)) == 0 {
				c.Outside++
				lost += inhabitants(f.Commune(n))
			}
		}
		if total > 0 {
			c.OfOutside = float64(lost) / float64(total)
		}
		out = append(out, c)
	}
	return out
}

// districts lists the priority districts that lie in communes of the territory.
func districts(f *territory.France, t *territory.Territory) []*territory.Territory {
	var out []*territory.Territory
	seen := map[*territory.Territory]bool{}
	for _, n := range t.Communes() {
		for _, q := range f.Of(n, territory.QPV) {
			if !seen[q] {
				seen[q] = true
				out = append(out, q)
			}
		}
	}
	slices.SortFunc(out, func(a, b *territory.Territory) int { return cmp.Compare(a.Code, b.Code) })
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
	add := func(p Programme, detail, day string, n int32) {
		m := at[key{p, detail}]
		if m == nil {
			m = &Mark{Programme: p, Detail: detail}
			at[key{p, detail}] = m
		}
		m.Communes = append(m.Communes, n)
		m.Population += inhabitants(f.Commune(n))
		if day != "" && (m.Since == "" || day < m.Since) {
			m.Since = day
		}
		m.Until = max(m.Until, day)
	}
	for _, n := range t.Communes() {
		c := f.Commune(n)
		if c.FRR != "" && c.FRR != NotFRR {
			add(FRR, c.FRR, "", n)
		}
		if c.ACV {
			add(ACV, "", c.ACVDate, n)
		}
		if c.PVD {
			add(PVD, "", c.PVDDate, n)
		}
		if c.ORT {
			add(ORT, "", c.ORTDate, n)
		}
		if c.Massif != "" {
			add(Massif, MassifName(c.Massif), "", n)
		}
		if c.Density == 7 {
			add(VerySparse, "", "", n)
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

// MassifName takes the number off a massif as the source writes it: "06 - Massif
// Central" is "Massif Central".
func MassifName(s string) string {
	if _, name, ok := strings.Cut(s, " - "); ok {
		return name
	}
	return s
}
