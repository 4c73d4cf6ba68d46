package geo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// Index answers from one snapshot. It is immutable but for what it keeps of its
// own compressed answers, and safe for concurrent use.
type Index struct {
	snap *snapshot.Snapshot

	communes     *collection // communes by number, then municipal arrondissements
	parts        *collection // communes associées, then déléguées
	epcis        *collection
	departements *collection
	regions      *collection

	districts []*territory.Territory // by item of communes, from France.Len()
	partRows  []territory.PartRow    // by item of parts
	parents   []int32                // by item of parts, and after them of districts: commune number
	sirens    []sirenOf              // sorted
	former    map[string][]int32     // past commune code: commune numbers
	ofEpci    map[string]int32       // item
	refs      refs
	middles   [][2]float64 // by item of epcis
	runs      []run        // by item of departements
	headers   headers
	shelf     shelf
}

// refs are {"code":…,"nom":…} of what communes lie in, by item.
type refs struct{ epci, dep, reg [][]byte }

// run is where the communes of a département lie: numbers lo to hi, if whole.
type run struct {
	lo, hi int32
	whole  bool
	packed *packed
}

type sirenOf struct {
	siren   string
	commune int32
}

// Groups: of communes and parts by type, of the others by zone.
const (
	typeCommune, typeDistrict    = 0, 1
	typeAssociee, typeDeleguee   = 0, 1
	zoneMetro, zoneDrom, zoneCom = 0, 1, 2
)

var (
	communeTypes = []string{"commune-actuelle", territory.PartArrondissement}
	partTypes    = []string{territory.PartAssociee, territory.PartDeleguee}
	zones        = []string{"metro", "drom", "com"}
)

// New prepares the answers of a snapshot. build names the program's version: an
// answer may change when either does.
func New(s *snapshot.Snapshot, build string) *Index {
	x := &Index{snap: s, ofEpci: map[string]int32{}}
	x.headers = newHeaders(s, build)
	x.addFormer()
	x.addEpcis()
	x.addDepartements()
	x.addRegions()
	x.addCommunes()
	x.addParts()
	return x
}

func (x *Index) france() *territory.France { return x.snap.France }

// addFormer reads which past codes lead to each commune.
func (x *Index) addFormer() {
	f := x.france()
	x.former = map[string][]int32{}
	for n := range int32(f.Len()) {
		for _, old := range f.Formers(f.Commune(n).Code) {
			if !slices.Contains(x.former[old.Code], n) {
				x.former[old.Code] = append(x.former[old.Code], n)
			}
		}
	}
}

func (x *Index) addCommunes() {
	f := x.france()
	x.districts = f.Level(territory.ArrondissementMunicipal)
	c := newCollection(&communeScheme, f.Len()+len(x.districts), len(communeTypes))
	x.runs = make([]run, x.departements.len())
	olds := x.oldCodes()
	previous := ""
	for n := range int32(f.Len()) {
		row := f.Commune(n)
		c.add(row.Code, typeCommune, row.Departement != previous, func(dst []byte, k field) []byte {
			return x.communeField(dst, k, n, row, olds[n])
		})
		if d, ok := x.departements.byCode[row.Departement]; ok {
			r := &x.runs[d]
			switch {
			case row.Departement == previous:
				r.hi = n
			case r.packed == nil:
				*r = run{n, n, true, new(packed)}
			default:
				r.whole = false
			}
		}
		previous = row.Departement
		if row.Siren != "" {
			x.sirens = append(x.sirens, sirenOf{row.Siren, n})
		}
	}
	for i, t := range x.districts {
		c.add(t.Code, typeDistrict, i == 0, func(dst []byte, k field) []byte { return x.districtField(dst, k, t) })
	}
	c.close()
	x.communes = c
	slices.SortFunc(x.sirens, func(a, b sirenOf) int { return strings.Compare(a.siren, b.siren) })
}

// oldCodes lists by commune the past codes that lead to it, in order.
func (x *Index) oldCodes() [][]string {
	out := make([][]string, x.france().Len())
	for old, to := range x.former {
		for _, n := range to {
			out[n] = append(out[n], old)
		}
	}
	for _, l := range out {
		slices.Sort(l)
	}
	return out
}

func (x *Index) communeField(dst []byte, k field, n int32, row *territory.CommuneRow, olds []string) []byte {
	switch k {
	case nom:
		return appendString(dst, row.Name)
	case code:
		return appendString(dst, row.Code)
	case codeDepartement:
		return appendText(dst, row.Departement)
	case siren:
		return appendText(dst, row.Siren)
	case codeEpci:
		return appendText(dst, row.EPCI)
	case codeRegion:
		return appendText(dst, row.Region)
	case codesPostaux:
		return appendStrings(dst, slices.Sorted(slices.Values(row.PostalCodes)))
	case population:
		if row.Population != nil {
			return strconv.AppendInt(dst, int64(*row.Population), 10)
		}
	case anciensCodes:
		if len(olds) > 0 {
			return appendStrings(dst, olds)
		}
	case deleguees:
		return x.appendParts(dst, n, territory.PartDeleguee)
	case associees:
		return x.appendParts(dst, n, territory.PartAssociee)
	}
	return dst
}

// appendParts lists the parts of a commune that are of one type; null, as the
// State's server does, if it has none.
func (x *Index) appendParts(dst []byte, n int32, partType string) []byte {
	start := len(dst)
	for _, p := range x.france().Parts(n) {
		if p.Type != partType {
			continue
		}
		dst = append(dst, ',')
		dst = appendRef(dst, p.Code, p.Name)
	}
	if len(dst) == start {
		return append(dst, "null"...)
	}
	dst[start] = '['
	return append(dst, ']')
}

func appendRef(dst []byte, code, name string) []byte {
	dst = append(dst, `{"code":`...)
	dst = appendString(dst, code)
	dst = append(dst, `,"nom":`...)
	return append(appendString(dst, name), '}')
}

func (x *Index) districtField(dst []byte, k field, t *territory.Territory) []byte {
	parent := x.france().Commune(t.Communes()[0])
	switch k {
	case nom:
		return appendString(dst, t.Name)
	case code:
		return appendString(dst, t.Code)
	case codeDepartement:
		return appendText(dst, parent.Departement)
	case codeRegion:
		return appendText(dst, parent.Region)
	case codeParent:
		return appendString(dst, parent.Code)
	case codesPostaux:
		p, _ := x.france().Part(t.Code)
		return appendStrings(dst, slices.Sorted(slices.Values(p.PostalCodes)))
	case population:
		n, known := t.Population()
		return appendCount(dst, n, known)
	case deleguees, associees:
		return append(dst, "null"...)
	}
	return dst
}

func (x *Index) addParts() {
	f := x.france()
	for n := range int32(f.Len()) {
		for _, p := range f.Parts(n) {
			if p.Type != territory.PartArrondissement {
				x.partRows = append(x.partRows, p)
			}
		}
	}
	slices.SortFunc(x.partRows, func(a, b territory.PartRow) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), strings.Compare(a.Code, b.Code), strings.Compare(a.Name, b.Name))
	})
	c := newCollection(&partScheme, len(x.partRows), len(partTypes))
	for i := range x.partRows {
		p := &x.partRows[i]
		n, _ := f.CommuneNumber(p.Commune)
		x.parents = append(x.parents, n)
		c.add(p.Code, uint8(slices.Index(partTypes, p.Type)), false, func(dst []byte, k field) []byte {
			return partField(dst, k, p, f.Commune(n))
		})
	}
	c.close()
	x.parts = c
}

func partField(dst []byte, k field, p *territory.PartRow, parent *territory.CommuneRow) []byte {
	switch k {
	case nom:
		return appendString(dst, p.Name)
	case code:
		return appendString(dst, p.Code)
	case kind:
		return appendString(dst, p.Type)
	case chefLieu:
		return appendString(dst, p.Commune)
	case codeEpci:
		return appendText(dst, parent.EPCI)
	case codeDepartement:
		return appendText(dst, parent.Departement)
	case codeRegion:
		return appendText(dst, parent.Region)
	case codesPostaux:
		if len(p.PostalCodes) > 0 {
			return appendStrings(dst, slices.Sorted(slices.Values(p.PostalCodes)))
		}
	case population:
		if p.Population != nil {
			return strconv.AppendInt(dst, int64(*p.Population), 10)
		}
	}
	return dst
}

func (x *Index) addEpcis() {
	f := x.france()
	list := f.Level(territory.EPCI)
	c := newCollection(&epciScheme, len(list), len(zones))
	for i, t := range list {
		var deps, regs []string
		for _, n := range t.Communes() {
			row := f.Commune(n)
			deps, regs = append(deps, row.Departement), append(regs, row.Region)
		}
		slices.Sort(deps)
		slices.Sort(regs)
		deps, regs = slices.Compact(deps), slices.Compact(regs)
		c.add(t.Code, zoneNumber(t.Zone), false, func(dst []byte, k field) []byte {
			switch k {
			case nom:
				return appendString(dst, t.Name)
			case code:
				return appendString(dst, t.Code)
			case codesDepartements:
				return appendStrings(dst, deps)
			case codesRegions:
				return appendStrings(dst, regs)
			case kind:
				return appendText(dst, t.Type)
			case financement:
				return appendText(dst, t.Financing)
			case population:
				n, known := t.Population()
				return appendCount(dst, n, known)
			}
			return dst
		})
		x.ofEpci[t.Code] = int32(i)
		x.refs.epci = append(x.refs.epci, appendRef(nil, t.Code, t.Name))
		x.middles = append(x.middles, middle(f, t))
	}
	c.close()
	x.epcis = c
}

// middle is the centre of the member commune that is nearest to the mean of all:
// a point that is inside, or very nearly.
func middle(f *territory.France, t *territory.Territory) [2]float64 {
	var lon, lat float64
	for _, n := range t.Communes() {
		lon, lat = lon+f.Commune(n).Lon, lat+f.Commune(n).Lat
	}
	count := float64(max(1, len(t.Communes())))
	lon, lat = lon/count, lat/count
	best, at := -1.0, [2]float64{t.Lon, t.Lat}
	for _, n := range t.Communes() {
		row := f.Commune(n)
		dx, dy := (row.Lon-lon)*0.7, row.Lat-lat // a degree of longitude is 0.7 of one of latitude in the middle of France
		if d := dx*dx + dy*dy; best < 0 || d < best {
			best, at = d, [2]float64{row.Lon, row.Lat}
		}
	}
	return at
}

func zoneNumber(z string) uint8 { return uint8(max(0, slices.Index(zones, z))) }

func (x *Index) addDepartements() {
	list := x.france().Level(territory.Departement)
	c := newCollection(&departementScheme, len(list), len(zones))
	for _, t := range list {
		reg := x.regionOf(t)
		c.add(t.Code, zoneNumber(t.Zone), false, func(dst []byte, k field) []byte {
			switch k {
			case nom:
				return appendString(dst, t.Name)
			case code:
				return appendString(dst, t.Code)
			case codeRegion:
				return appendText(dst, reg)
			case chefLieu:
				return appendText(dst, t.Seat)
			}
			return dst
		})
		x.refs.dep = append(x.refs.dep, appendRef(nil, t.Code, t.Name))
	}
	c.close()
	x.departements = c
}

// regionOf is the code of the région that holds a département.
func (x *Index) regionOf(dep *territory.Territory) string {
	if m := dep.Communes(); len(m) > 0 {
		return x.france().Commune(m[0]).Region
	}
	return ""
}

func (x *Index) addRegions() {
	list := x.france().Level(territory.Region)
	c := newCollection(&regionScheme, len(list), len(zones))
	for _, t := range list {
		c.add(t.Code, zoneNumber(t.Zone), false, func(dst []byte, k field) []byte {
			switch k {
			case nom:
				return appendString(dst, t.Name)
			case code:
				return appendString(dst, t.Code)
			case chefLieu:
				return appendText(dst, t.Seat)
			}
			return dst
		})
		x.refs.reg = append(x.refs.reg, appendRef(nil, t.Code, t.Name))
	}
	c.close()
	x.regions = c
}
