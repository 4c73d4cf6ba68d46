package place

import (
	"math"

	"bassin/internal/territory"
)

// Definition says what one computed column of communes is.
type Definition struct {
	Name   string // the catalogue of indicators calls it computed.<Name>
	Unit   string // sites, places, posts, pupils, charge points, km
	Source string // key in data/sources.json
	ODbL   bool   // the column is made of ODbL data and stays apart with it
	Adds   bool   // over communes; a distance does not
	What   string

	values func(*figures) []float64
}

// Computed is every column that [Columns] makes, in its order. Everywhere NaN is
// "not known": a count is known, zero included, in the départements where the
// list has at least one place. Of a list that is not complete a count is of the
// places listed, and zero is "none listed", never "none".
var Computed = []Definition{
	{"france_services_sites", "sites", "france-services", false, true,
		"France services with a fixed counter, main sites and antennas",
		func(f *figures) []float64 { return f.counts(FranceServices, fixed) }},
	{"france_services_itinerant", "sites", "france-services", false, true,
		"itinerant France services (buses and the like) that have their seat in the commune",
		func(f *figures) []float64 { return f.counts(FranceServices, roaming) }},
	{"france_services_km", "km", "france-services", false, false,
		"distance as the crow flies from the commune's centre to the nearest France services with a fixed counter, of any commune",
		func(f *figures) []float64 { return f.distances(FranceServices, f.covered(FranceServices)) }},
	{"mediation_places", "places", "mediation-places", true, true,
		"places of digital mediation listed", func(f *figures) []float64 { return f.counts(Mediation, nil) }},
	{"conseillers_posts", "posts", "conseillers-numeriques", false, true,
		"posts of conseillers numériques granted in 2021 to structures of the commune, which may work elsewhere",
		func(f *figures) []float64 { return f.sums(Conseillers) }},
	{"aidants_connect_structures", "structures", "aidants-connect", false, true,
		"structures entitled to Aidants Connect listed; not known where a structure of untold commune shares the postal code",
		(*figures).aidants},
	{"third_places", "places", "third-places", true, true,
		"third places listed in the censuses of digital mediation", func(f *figures) []float64 { return f.counts(ThirdPlace, nil) }},
	{"schools_primary", "schools", "schools", false, true,
		"écoles listed, public and private", func(f *figures) []float64 { return f.counts(PrimarySchool, nil) }},
	{"schools_middle", "schools", "schools", false, true,
		"collèges listed, public and private, their sections (SEGPA) not counted again",
		func(f *figures) []float64 { return f.counts(MiddleSchool, nil) }},
	{"schools_high", "schools", "schools", false, true,
		"lycées listed, public and private, their sections not counted again",
		func(f *figures) []float64 { return f.counts(HighSchool, nil) }},
	{"pupils", "pupils", "schools", false, true,
		"pupils of all schools of the commune, sum of the published numbers; not known where the commune has schools and none publishes it",
		func(f *figures) []float64 {
			return f.sums(PrimarySchool, MiddleSchool, HighSchool, AdaptedSchool, SchoolSection)
		}},
	{"libraries_listed", "libraries", "libraries", false, true,
		"public libraries listed about 2020", func(f *figures) []float64 { return f.counts(Library, nil) }},
	{"ev_charge_points", "charge points", "ev-charging", false, true,
		"public charge points for electric cars listed in 2023; not known overseas",
		func(f *figures) []float64 { return f.sums(EVCharging) }},
	{"rail_km", "km", "rail-stations", true, false,
		"distance as the crow flies from the commune's centre to the nearest listed passenger station of the national network, which goes neither to Corsica nor overseas",
		func(f *figures) []float64 { return f.distances(RailStation, f.onNetwork) }},
	{"rail_stations_listed", "stations", "rail-stations", true, true,
		"passenger stations of the national network listed", func(f *figures) []float64 { return f.counts(RailStation, nil) }},
}

// Column is a figure for each commune, in the order of the list of communes. NaN
// is "not known".
type Column struct {
	Name   string
	ODbL   bool
	Values []float64
}

// Columns makes the columns of [Computed] for the communes that the index was
// made with.
func Columns(communes []territory.CommuneRow, x *Index) []Column {
	f := &figures{communes, x}
	out := make([]Column, len(Computed))
	for i, d := range Computed {
		out[i] = Column{d.Name, d.ODbL, d.values(f)}
	}
	return out
}

type figures struct {
	communes []territory.CommuneRow
	x        *Index
}

func fixed(p *record) bool   { return p.flags&itinerant == 0 }
func roaming(p *record) bool { return p.flags&itinerant != 0 }

// covered says of which communes the lists of these kinds speak: those of the
// départements where they have a place.
func (f *figures) covered(kinds ...Kind) func(commune int) bool {
	in := map[string]bool{}
	for _, k := range kinds {
		for i, to := f.x.Of(k); i < to; i++ {
			if c := f.x.places[i].commune; c >= 0 {
				in[f.communes[c].Departement] = true
			}
		}
	}
	return func(c int) bool { return in[f.communes[c].Departement] }
}

// onNetwork says whether the national rail network goes to the island or the
// mainland that the commune is on.
func (f *figures) onNetwork(c int) bool {
	d := f.communes[c].Departement
	return f.communes[c].Zone == "metro" && d != "2A" && d != "2B"
}

// blank is zero where known, NaN elsewhere.
func (f *figures) blank(known func(int) bool) []float64 {
	out := make([]float64, len(f.communes))
	for c := range out {
		if !known(c) {
			out[c] = math.NaN()
		}
	}
	return out
}

func (f *figures) counts(k Kind, fits func(*record) bool) []float64 {
	out := f.blank(f.covered(k))
	for i, to := f.x.Of(k); i < to; i++ {
		if p := &f.x.places[i]; p.commune >= 0 && (fits == nil || fits(p)) {
			out[p.commune]++
		}
	}
	return out
}

// sums adds what places of the kinds count. Where there are places and none
// publishes its number, the sum is not known.
func (f *figures) sums(kinds ...Kind) []float64 {
	out := f.blank(f.covered(kinds...))
	told, untold := make([]bool, len(out)), make([]bool, len(out))
	for _, k := range kinds {
		for i, to := f.x.Of(k); i < to; i++ {
			switch p := &f.x.places[i]; {
			case p.commune < 0:
			case p.count < 0:
				untold[p.commune] = true
			default:
				told[p.commune] = true
				out[p.commune] += float64(p.count)
			}
		}
	}
	for c := range out {
		if untold[c] && !told[c] {
			out[c] = math.NaN()
		}
	}
	return out
}

func (f *figures) distances(k Kind, known func(int) bool) []float64 {
	out := f.blank(known)
	for c := range out {
		if math.IsNaN(out[c]) {
			continue
		}
		_, km, ok := f.x.Nearest(k, f.communes[c].Lon, f.communes[c].Lat)
		if !ok {
			km = math.NaN()
		}
		out[c] = km
	}
	return out
}

func (f *figures) aidants() []float64 {
	out := f.counts(AidantsConnect, nil)
	untold := map[string]bool{}
	from, to := f.x.within(AidantsConnect, -1)
	for i := from; i < to; i++ {
		untold[f.x.At(i).Postcode] = true
	}
	for c := range out {
		for _, p := range f.communes[c].PostalCodes {
			if untold[p] {
				out[c] = math.NaN()
			}
		}
	}
	return out
}
