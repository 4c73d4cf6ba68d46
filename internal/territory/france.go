package territory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// France is every territory of one snapshot, indexed. It is immutable.
//
// Communes are numbered from 0 in code order; that number, not the code, is what
// sets, relations and indicator columns use.
type France struct {
	vintage  int
	communes []CommuneRow
	byCode   map[string]int32

	levels map[Level][]*Territory
	byID   map[ID]*Territory
	of     map[Level]containing

	parts   map[string]PartRow
	within  [][]PartRow // by commune
	postal  map[string][]int32
	series  [][]Count // by commune
	years   []int
	history history
}

// containing lists, in compressed rows, the territories of one level that hold
// each commune: those of commune c are refs[start[c]:start[c+1]].
type containing struct {
	start []int32
	refs  []*Territory
}

// Count is a number of inhabitants in a census year.
type Count struct {
	Year       int
	Population int
}

// Territory is a named perimeter: published, or a set of communes somebody drew.
type Territory struct {
	ID
	Name       string
	Article    Article
	Zone       string // metro, drom, com
	Type       string // EPCI: CC, CA, CU, METRO, MET69; part of the level's own wording otherwise ""
	Financing  string // EPCI: FPU, FA
	Seat       string // commune code of the seat or pole (EPCI: département code of the seat), or ""
	Lon, Lat   float64
	members    []int32
	population int
	known      bool
}

// Communes returns the numbers of the member communes in increasing order. For
// levels that are not [Level.Whole] it returns the communes crossed.
// The slice is shared and must not be changed.
func (t *Territory) Communes() []int32 { return t.members }

// Population returns the municipal population in inhabitants, and whether it is
// published: it is not for QPV and for some overseas collectivities. Members
// whose population is not published count for nothing; see [France.Coverage].
func (t *Territory) Population() (int, bool) { return t.population, t.known }

// New indexes the tables. It fails when they contradict each other: that is the
// work of the pipeline to prevent, so the error is meant for a developer.
func New(tables Tables) (*France, error) {
	f := &France{
		vintage:  tables.Vintage,
		communes: tables.Communes,
		byCode:   make(map[string]int32, len(tables.Communes)),
		levels:   make(map[Level][]*Territory, len(Levels)),
		byID:     make(map[ID]*Territory, len(tables.Communes)+len(tables.Zones)),
		of:       make(map[Level]containing, len(Levels)),
	}
	if err := f.addCommunes(); err != nil {
		return nil, err
	}
	if err := f.addZones(tables.Zones, tables.Members, tables.Parts); err != nil {
		return nil, err
	}
	f.addFrance()
	for l := range f.levels {
		f.indexMembers(l)
	}
	if err := f.addParts(tables.Parts); err != nil {
		return nil, err
	}
	if err := f.addSeries(tables.Populations); err != nil {
		return nil, err
	}
	f.history = newHistory(followed(tables.Events, tables.Communes), tables.Passages)
	return f, nil
}

func (f *France) addCommunes() error {
	units := make([]Territory, len(f.communes))
	all := make([]*Territory, len(f.communes))
	numbers := make([]int32, len(f.communes))
	f.postal = make(map[string][]int32)
	for i := range f.communes {
		c := &f.communes[i]
		if i > 0 && f.communes[i-1].Code >= c.Code {
			return fmt.Errorf("territory: communes are not sorted by code at %s", c.Code)
		}
		n := int32(i)
		f.byCode[c.Code] = n
		numbers[i] = n
		t := &units[i]
		*t = Territory{
			ID: ID{Commune, c.Code}, Name: c.Name, Article: Article(c.Article), Zone: c.Zone,
			Lon: c.Lon, Lat: c.Lat, members: numbers[i : i+1 : i+1],
		}
		if c.Population != nil {
			t.population, t.known = int(*c.Population), true
		}
		all[i] = t
		f.byID[t.ID] = t
		for _, p := range c.PostalCodes {
			f.postal[p] = append(f.postal[p], n)
		}
	}
	f.levels[Commune] = all
	return nil
}

// column returns the code of the territory of level l that holds the commune.
// The second result says whether the level is such a column.
func (c *CommuneRow) column(l Level) (string, bool) {
	switch l {
	case Canton:
		return c.CantonVille, true
	case UniteUrbaine:
		return c.UniteUrbaine, true
	case BassinDeVie:
		return c.BassinDeVie, true
	case EPT:
		return c.EPT, true
	case EPCI:
		return c.EPCI, true
	case AireAttraction:
		return c.AireAttraction, true
	case ZoneEmploi:
		return c.ZoneEmploi, true
	case Arrondissement:
		return c.Arrondissement, true
	case Departement:
		return c.Departement, true
	case Region:
		return c.Region, true
	}
	return "", false
}

func (f *France) addZones(zones []ZoneRow, members []MemberRow, parts []PartRow) error {
	for i := range zones {
		z := &zones[i]
		t := &Territory{
			ID: ID{Level(z.Level), z.Code}, Name: z.Name, Article: Unknown, Zone: z.Zone, Type: z.Type,
			Financing: z.Financing, Seat: z.Seat, Lon: z.Lon, Lat: z.Lat,
		}
		if !t.Level.Valid() || f.byID[t.ID] != nil {
			return fmt.Errorf("territory: zone %s is given twice or has no such level", t.ID)
		}
		f.add(t, z.Population)
	}
	for _, p := range parts {
		if p.Type != PartArrondissement {
			continue
		}
		t := &Territory{ID: ID{ArrondissementMunicipal, p.Code}, Name: p.Name, Article: Unknown, Lon: p.Lon, Lat: p.Lat}
		n, ok := f.byCode[p.Commune]
		if !ok {
			return fmt.Errorf("territory: arrondissement %s lies in unknown commune %s", p.Code, p.Commune)
		}
		t.members, t.Zone = []int32{n}, f.communes[n].Zone
		f.add(t, p.Population)
	}
	for _, l := range Levels {
		if _, ok := new(CommuneRow).column(l); !ok {
			continue
		}
		for i := range f.communes {
			code, _ := f.communes[i].column(l)
			if code == "" {
				continue
			}
			t := f.byID[ID{l, code}]
			if t == nil {
				return fmt.Errorf("territory: commune %s lies in unknown %s:%s", f.communes[i].Code, l, code)
			}
			t.members = append(t.members, int32(i))
		}
	}
	for _, m := range members {
		t, n := f.byID[ID{Level(m.Level), m.Code}], f.byCode[m.Commune]
		if t == nil || f.communes[n].Code != m.Commune {
			return fmt.Errorf("territory: member %s of %s:%s: one of them is unknown", m.Commune, m.Level, m.Code)
		}
		t.members = append(t.members, n)
	}
	for _, ts := range f.levels {
		for _, t := range ts {
			slices.Sort(t.members)
			t.members = slices.Compact(t.members)
			f.settle(t)
		}
	}
	return nil
}

func (f *France) add(t *Territory, published *int32) {
	if published != nil {
		t.population, t.known = int(*published), true
	}
	f.levels[t.Level] = append(f.levels[t.Level], t)
	f.byID[t.ID] = t
}

// settle fills what follows from the members: population, zone, position.
func (f *France) settle(t *Territory) {
	if len(t.members) == 0 {
		return
	}
	if t.Level.Whole() && !t.known {
		t.population, t.known = f.sum(t.members)
	}
	first := &f.communes[t.members[0]]
	if t.Zone == "" {
		t.Zone = first.Zone
	}
	if t.Lon == 0 && t.Lat == 0 {
		t.Lon, t.Lat = first.Lon, first.Lat
		if n, ok := f.byCode[t.Seat]; ok {
			t.Lon, t.Lat = f.communes[n].Lon, f.communes[n].Lat
		}
	}
}

// sum adds the published populations and says whether there is at least one.
func (f *France) sum(members []int32) (total int, known bool) {
	for _, n := range members {
		if p := f.communes[n].Population; p != nil {
			total, known = total+int(*p), true
		}
	}
	return total, known
}

// addFrance makes the country: the communes of the 101 départements. Overseas
// collectivities are not part of INSEE's France and have pages of their own.
func (f *France) addFrance() {
	t := &Territory{ID: ID{Pays, "FR"}, Name: "France", Article: FemLa, Zone: "metro", Seat: "75056"}
	for i := range f.communes {
		if f.communes[i].Zone != "com" {
			t.members = append(t.members, int32(i))
		}
	}
	f.add(t, nil)
	f.settle(t)
}

func (f *France) indexMembers(l Level) {
	ts := f.levels[l]
	slices.SortFunc(ts, func(a, b *Territory) int { return cmp.Compare(a.Code, b.Code) })
	start := make([]int32, len(f.communes)+1)
	for _, t := range ts {
		for _, n := range t.members {
			start[n+1]++
		}
	}
	for i := range f.communes {
		start[i+1] += start[i]
	}
	refs, next := make([]*Territory, start[len(f.communes)]), slices.Clone(start)
	for _, t := range ts {
		for _, n := range t.members {
			refs[next[n]] = t
			next[n]++
		}
	}
	f.of[l] = containing{start, refs}
}

func (f *France) addParts(parts []PartRow) error {
	f.parts = make(map[string]PartRow, len(parts))
	f.within = make([][]PartRow, len(f.communes))
	for _, p := range parts {
		n, ok := f.byCode[p.Commune]
		if !ok {
			return fmt.Errorf("territory: %s %s lies in unknown commune %s", p.Type, p.Code, p.Commune)
		}
		f.parts[p.Code] = p
		f.within[n] = append(f.within[n], p)
	}
	return nil
}

func (f *France) addSeries(rows []PopulationRow) error {
	f.series = make([][]Count, len(f.communes))
	seen := map[int]bool{}
	for _, r := range rows {
		n, ok := f.byCode[r.Commune]
		if !ok {
			return fmt.Errorf("territory: population of unknown commune %s", r.Commune)
		}
		f.series[n] = append(f.series[n], Count{int(r.Year), int(r.Population)})
		seen[int(r.Year)] = true
	}
	for y := range seen {
		f.years = append(f.years, y)
	}
	slices.Sort(f.years)
	for i := range f.series {
		slices.SortFunc(f.series[i], func(a, b Count) int { return cmp.Compare(a.Year, b.Year) })
	}
	return nil
}

// Vintage is the COG year of the commune list.
func (f *France) Vintage() int { return f.vintage }

// Len is the number of current communes; commune numbers are below it.
func (f *France) Len() int { return len(f.communes) }

// Commune returns commune number n. The row is shared and must not be changed.
func (f *France) Commune(n int32) *CommuneRow { return &f.communes[n] }

// CommuneNumber finds a current commune by its INSEE code.
func (f *France) CommuneNumber(code string) (int32, bool) {
	n, ok := f.byCode[code]
	return n, ok
}

// Territory finds a published territory by level and code.
func (f *France) Territory(id ID) (*Territory, bool) {
	t, ok := f.byID[id]
	return t, ok
}

// Level returns the territories of a level in code order.
func (f *France) Level(l Level) []*Territory { return f.levels[l] }

// Of returns the territories of a level that hold (or, for QPV and municipal
// arrondissements, cross) commune n.
func (f *France) Of(n int32, l Level) []*Territory {
	c, ok := f.of[l]
	if !ok {
		return nil
	}
	return c.refs[c.start[n]:c.start[n+1]]
}

// One returns the territory of a partition level that holds commune n, or nil.
func (f *France) One(n int32, l Level) *Territory {
	if ts := f.Of(n, l); len(ts) > 0 {
		return ts[0]
	}
	return nil
}

// Postal returns the communes served by a postal code, in code order.
func (f *France) Postal(code string) []int32 { return f.postal[code] }

// Part returns the commune déléguée or associée or municipal arrondissement of
// that code. A commune déléguée may have the code of its own commune.
func (f *France) Part(code string) (PartRow, bool) {
	p, ok := f.parts[code]
	return p, ok
}

// Parts returns the named places inside commune n.
func (f *France) Parts(n int32) []PartRow { return f.within[n] }

// Coverage returns how many of the members have a published population.
func (f *France) Coverage(t *Territory) (published, members int) {
	for _, n := range t.members {
		if f.communes[n].Population != nil {
			published++
		}
	}
	return published, len(t.members)
}

// Series returns the census populations of a territory in its current perimeter.
// A year is there only if every member has a figure for it, so that the points
// of a series always speak of the same perimeter. Levels smaller than the
// commune have none.
func (f *France) Series(t *Territory) []Count {
	if !t.Level.Whole() {
		return nil
	}
	sums, have := make([]int, len(f.years)), make([]int, len(f.years))
	for _, n := range t.members {
		for _, c := range f.series[n] {
			i, _ := slices.BinarySearch(f.years, c.Year)
			sums[i] += c.Population
			have[i]++
		}
	}
	var out []Count
	for i, y := range f.years {
		if have[i] == len(t.members) && have[i] > 0 {
			out = append(out, Count{y, sums[i]})
		}
	}
	return out
}

// Relation is how a perimeter and a territory of another level cross.
type Relation struct {
	Other      *Territory
	Communes   int     // member communes in common
	Population int     // published inhabitants in common
	OfThis     float64 // share of this perimeter's population that lives in Other, 0 to 1
	OfOther    float64 // share of Other's population that lives in this perimeter, 0 to 1
	Known      bool    // false where no population can be told (QPV, or none published)
}

// Relations lists the territories of level l that share communes with t, the
// largest share of t first. Territories smaller than a commune are only crossed,
// so no share of their population is told; between two of them nothing is, for
// a commune in common does not make them meet.
func (f *France) Relations(t *Territory, l Level) []Relation {
	if !t.Level.Whole() && !l.Whole() {
		return nil
	}
	total, _ := f.sum(t.members)
	at := make(map[*Territory]int)
	var out []Relation
	for _, n := range t.members {
		for _, o := range f.Of(n, l) {
			i, ok := at[o]
			if !ok {
				i = len(out)
				at[o] = i
				out = append(out, Relation{Other: o, Known: l.Whole() && t.Level.Whole()})
			}
			out[i].Communes++
			if p := f.communes[n].Population; p != nil {
				out[i].Population += int(*p)
			}
		}
	}
	for i := range out {
		r := &out[i]
		if !r.Known {
			r.Population = 0
			continue
		}
		whole, _ := f.sum(r.Other.members)
		if total > 0 {
			r.OfThis = float64(r.Population) / float64(total)
		}
		if whole > 0 {
			r.OfOther = float64(r.Population) / float64(whole)
		}
		r.Known = total > 0 && whole > 0
	}
	slices.SortFunc(out, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(b.Population, a.Population), cmp.Compare(b.Communes, a.Communes), strings.Compare(a.Other.Code, b.Other.Code))
	})
	return out
}
