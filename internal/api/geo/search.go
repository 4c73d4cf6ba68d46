package geo

import (
	"slices"
	"strings"

	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/territory/shape"
)

// hit is an item of an answer.
type hit struct {
	item  int32
	score float64
}

// choice is a list of groups, in the order asked for.
type choice struct {
	groups [3]uint8
	count  int
}

func (c *choice) list() []uint8 { return c.groups[:c.count] }

func (c *choice) has(g uint8) bool { return slices.Contains(c.list(), g) }

// choose reads a list of groups by name; unknown names choose nothing.
func choose(text string, known []string) (c choice) {
	for {
		name, rest, more := strings.Cut(text, ",")
		if g := slices.Index(known, name); g >= 0 && !c.has(uint8(g)) {
			c.groups[c.count] = uint8(g)
			c.count++
		}
		if !more {
			return c
		}
		text = rest
	}
}

// chosen returns the groups that a request of a collection asks for.
func chosen(q *request, from source) choice {
	switch from {
	case fromCommunes:
		if q.has&byType == 0 {
			return choice{groups: [3]uint8{typeCommune}, count: 1}
		}
		return choose(q.types, communeTypes)
	case fromParts:
		if q.has&byType == 0 {
			return choice{groups: [3]uint8{typeAssociee, typeDeleguee}, count: 2}
		}
		return choose(q.types, partTypes)
	}
	if q.has&byZone == 0 {
		return choice{groups: [3]uint8{zoneMetro, zoneDrom}, count: 2}
	}
	return choose(q.zones, zones)
}

// criteria are those that each collection knows, besides its groups.
var criteria = [...]criterion{
	fromCommunes: byNom | byCode | byPostal | bySiren | byEpci | byDepartement | byRegion | byParent | byFormer | byPoint,
	fromParts:    byNom | byCode | byEpci | byDepartement | byRegion | byPoint,
	// The definition names codeEpci; the State's server also takes code.
	fromEpcis:        byNom | byCode | byEpci | byDepartement | byRegion,
	fromDepartements: byNom | byCode | byRegion,
	fromRegions:      byNom | byCode,
}

// search appends the items that answer a request to hits, in order.
func (x *Index) search(hits []hit, q *request, from source) []hit {
	groups := chosen(q, from)
	has := q.has & criteria[from]
	if has&byNom != 0 {
		return x.searchName(hits, q, from, has, &groups)
	}
	c := x.collection(from)
	full := func() bool { return q.limit >= 0 && len(hits) >= q.limit }
	for _, g := range groups.list() {
		for _, n := range x.candidates(q, from, has, g, c) {
			if full() {
				return hits
			}
			if c.groups[n] == g && x.keeps(q, from, has, n) {
				hits = append(hits, hit{item: n})
			}
		}
	}
	return hits
}

// candidates returns a list, in order, that holds every item of group g that the
// request may want: the shortest that one criterion gives.
func (x *Index) candidates(q *request, from source, has criterion, g uint8, c *collection) []int32 {
	if has&byCode != 0 {
		if n, ok := c.byCode[q.code]; ok && (from != fromParts || c.groups[n] == g) {
			return c.one(n)
		}
		if from != fromParts { // a code may be that of an associée and of a déléguée
			return nil
		}
	}
	if from != fromCommunes || g != typeCommune {
		return c.members[g]
	}
	f := x.france()
	switch {
	case has&byPoint != 0:
		if n, ok := x.snap.Locate(shape.Point{Lon: q.point[0], Lat: q.point[1]}); ok {
			return c.one(n)
		}
		return nil
	case has&bySiren != 0:
		i, ok := slices.BinarySearchFunc(x.sirens, q.siren, func(s sirenOf, t string) int { return strings.Compare(s.siren, t) })
		if !ok {
			return nil
		}
		return c.one(x.sirens[i].commune)
	case has&byPostal != 0:
		return f.Postal(q.postal)
	case has&byFormer != 0:
		return x.former[q.former]
	case has&byEpci != 0:
		return membersOf(f, territory.EPCI, q.epci)
	case has&byDepartement != 0:
		return membersOf(f, territory.Departement, q.dep)
	case has&byRegion != 0:
		return membersOf(f, territory.Region, q.reg)
	}
	return c.members[g]
}

// one is the list of item n alone, without making one: groups hold every item
// in order.
func (c *collection) one(n int32) []int32 {
	m := c.members[c.groups[n]]
	i, _ := slices.BinarySearch(m, n)
	return m[i : i+1]
}

func membersOf(f *territory.France, l territory.Level, code string) []int32 {
	if t, ok := f.Territory(territory.ID{Level: l, Code: code}); ok {
		return t.Communes()
	}
	return nil
}

// keeps says whether item n meets every criterion but the name and the groups.
func (x *Index) keeps(q *request, from source, has criterion, n int32) bool {
	if has&byCode != 0 && x.collection(from).codes[n] != q.code {
		return false
	}
	switch from {
	case fromEpcis:
		return x.keepsEpci(q, has, n)
	case fromDepartements:
		return has&byRegion == 0 || x.regionOf(x.france().Level(territory.Departement)[n]) == q.reg
	case fromRegions:
		return true
	}
	row := x.communeAt(from, n)
	district := x.isDistrict(from, n)
	switch {
	case has&byEpci != 0 && (district || row.EPCI != q.epci),
		has&byDepartement != 0 && row.Departement != q.dep,
		has&byRegion != 0 && row.Region != q.reg:
		return false
	}
	if from == fromParts {
		return has&byPoint == 0 // no outline is published: see docs/api.md
	}
	postal := row.PostalCodes
	if district {
		p, _ := x.france().Part(x.communes.codes[n])
		postal = p.PostalCodes
	}
	switch {
	case has&byPostal != 0 && !slices.Contains(postal, q.postal),
		has&bySiren != 0 && (district || row.Siren != q.siren),
		has&byParent != 0 && (!district || row.Code != q.parent),
		has&byFormer != 0 && (district || !slices.Contains(x.former[q.former], n)),
		has&byPoint != 0 && !x.holds(n, district, q.point):
		return false
	}
	if q.has&byZone != 0 {
		zones := choose(q.zones, zones)
		return zones.has(zoneNumber(row.Zone))
	}
	return true
}

func (x *Index) keepsEpci(q *request, has criterion, n int32) bool {
	if has&byEpci != 0 && x.epcis.codes[n] != q.epci {
		return false
	}
	if has&(byDepartement|byRegion) == 0 {
		return true
	}
	dep, reg := has&byDepartement == 0, has&byRegion == 0
	for _, m := range x.france().Level(territory.EPCI)[n].Communes() {
		row := x.france().Commune(m)
		dep, reg = dep || row.Departement == q.dep, reg || row.Region == q.reg
	}
	return dep && reg
}

func (x *Index) holds(n int32, district bool, at [2]float64) bool {
	p := shape.Point{Lon: at[0], Lat: at[1]}
	if !district {
		m, ok := x.snap.Locate(p)
		return ok && m == n
	}
	for _, near := range x.snap.NearArrondissement(p) {
		if near.Inside {
			return near.Territory.Code == x.communes.codes[n]
		}
	}
	return false
}

// searchName answers by name: the best first.
func (x *Index) searchName(hits []hit, q *request, from source, has criterion, groups *choice) []hit {
	if q.nom == "" {
		return hits
	}
	// The index of names may stop early where it knows all that is asked.
	limit := 0
	if q.limit >= 0 && has == byNom && q.has&byZone == 0 && from == fromCommunes && *groups == chosen(&request{}, from) {
		if limit = q.limit; limit == 0 {
			return hits
		}
	}
	c := x.collection(from)
	boost := q.boost == "population" && (from == fromCommunes || from == fromEpcis)
	plain := has == byNom && (from != fromCommunes || q.has&byZone == 0)
	add := func(scope names.Scope) {
		for _, s := range x.snap.Names.ByName(scope, q.nom, boost, limit) {
			n, ok := c.byCode[s.Code]
			if ok && groups.has(c.groups[n]) && (plain || x.keeps(q, from, has, n)) {
				hits = append(hits, hit{n, s.Score})
			}
		}
	}
	switch from {
	case fromCommunes:
		if groups.has(typeCommune) {
			add(names.Communes)
		}
		if groups.has(typeDistrict) {
			first := len(hits)
			add(names.Parts)
			if first > 0 {
				slices.SortStableFunc(hits, func(a, b hit) int {
					switch {
					case a.score > b.score:
						return -1
					case a.score < b.score:
						return 1
					}
					return 0
				})
			}
		}
	case fromParts:
		add(names.Parts)
	case fromEpcis:
		add(names.EPCIs)
	case fromDepartements:
		add(names.Departements)
	case fromRegions:
		add(names.Regions)
	}
	if q.limit >= 0 && len(hits) > q.limit {
		hits = hits[:q.limit]
	}
	return hits
}
