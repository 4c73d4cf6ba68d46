package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"bassin/internal/territory"
)

// zones makes the rows of every level but communes. No population is stored: all
// levels then show the sum of their communes, of the same census.
func (in *inputs) zones(communes []territory.CommuneRow) []territory.ZoneRow {
	var out []territory.ZoneRow
	seen := map[territory.ID]bool{}
	add := func(l territory.Level, z territory.ZoneRow) {
		if id := (territory.ID{Level: l, Code: z.Code}); !seen[id] {
			seen[id] = true
			z.Level = string(l)
			out = append(out, z)
		}
	}
	each := func(key string, row func(get func(column string) string)) {
		t := in.tables[key]
		for i := range t.rows {
			row(func(column string) string { return t.get(i, column) })
		}
	}
	each("regions", func(get func(string) string) {
		add(territory.Region, territory.ZoneRow{Code: get("code"), Name: get("nom"), Seat: get("chef_lieu"), Zone: get("zone"), Region: get("code")})
	})
	each("departements", func(get func(string) string) {
		add(territory.Departement, territory.ZoneRow{Code: get("code"), Name: get("nom"), Seat: get("chef_lieu"), Zone: get("zone"), Region: get("region")})
	})
	each("arrondissements", func(get func(string) string) {
		add(territory.Arrondissement, territory.ZoneRow{Code: get("code"), Name: get("nom"), Seat: get("chef_lieu"), Region: get("region")})
	})
	each("epci", func(get func(string) string) {
		add(territory.EPCI, territory.ZoneRow{Code: get("siren"), Name: get("nom"), Type: get("type"), Financing: get("mode_financement"), Seat: get("departement_siege")})
	})
	each("ept", func(get func(string) string) {
		add(territory.EPT, territory.ZoneRow{Code: get("siren"), Name: get("nom")})
	})
	each("bassins", func(get func(string) string) {
		add(territory.BassinDeVie, territory.ZoneRow{Code: get("bv2022"), Name: get("nom"), Seat: get("pole")})
	})
	each("zones-emploi", func(get func(string) string) {
		add(territory.ZoneEmploi, territory.ZoneRow{Code: get("code"), Name: get("nom")})
	})
	each("aires-attraction", func(get func(string) string) {
		if !outsideAAV(get("code")) {
			add(territory.AireAttraction, territory.ZoneRow{Code: get("code"), Name: get("nom")})
		}
	})
	each("unites-urbaines", func(get func(string) string) {
		if !outsideUU(get("code")) {
			add(territory.UniteUrbaine, territory.ZoneRow{Code: get("code"), Name: get("nom")})
		}
	})
	each("zonages", func(get func(string) string) {
		add(territory.Canton, territory.ZoneRow{Code: get("canton_ville"), Name: get("nom_canton_ville")})
	})
	each("industrie", func(get func(string) string) {
		add(territory.TerritoireIndustrie, territory.ZoneRow{Code: get("ti"), Name: get("nom_ti")})
	})
	each("qpv-communes", func(get func(string) string) {
		add(territory.QPV, territory.ZoneRow{Code: get("qpv"), Name: get("nom_qpv")})
	})
	in.place(out, communes)
	slices.SortFunc(out, func(a, b territory.ZoneRow) int {
		return cmp.Or(strings.Compare(a.Level, b.Level), strings.Compare(a.Code, b.Code))
	})
	return out
}

// place gives each zone the position of its seat, or of its most inhabited
// commune; a QPV, smaller than a commune, has the middle of its own outline.
func (in *inputs) place(zones []territory.ZoneRow, communes []territory.CommuneRow) {
	at := make(map[string]*territory.CommuneRow, len(communes))
	main := map[territory.ID]*territory.CommuneRow{}
	lead := func(l territory.Level, code string, c *territory.CommuneRow) {
		id := territory.ID{Level: l, Code: code}
		if best := main[id]; best == nil || count(c) > count(best) {
			main[id] = c
		}
	}
	for i := range communes {
		c := &communes[i]
		at[c.Code] = c
		lead(territory.EPCI, c.EPCI, c)
		lead(territory.EPT, c.EPT, c)
		lead(territory.ZoneEmploi, c.ZoneEmploi, c)
		lead(territory.AireAttraction, c.AireAttraction, c)
		lead(territory.UniteUrbaine, c.UniteUrbaine, c)
		lead(territory.Canton, c.CantonVille, c)
	}
	for _, m := range in.members() {
		lead(territory.Level(m.Level), m.Code, at[m.Commune])
	}
	qpv := in.outlines["qpv-outlines"]
	for i := range zones {
		z := &zones[i]
		c := at[z.Seat]
		if c == nil {
			c = main[territory.ID{Level: territory.Level(z.Level), Code: z.Code}]
		}
		if c != nil {
			z.Lon, z.Lat = c.Lon, c.Lat
		}
		if z.Level != string(territory.QPV) {
			continue
		}
		if f, ok := qpv.Face(z.Code); ok {
			if p, ok := qpv.FaceRegion(f).Label(); ok {
				z.Lon, z.Lat = rounded(p.Lon), rounded(p.Lat)
			}
		}
	}
}

func count(c *territory.CommuneRow) int32 {
	if c.Population == nil {
		return -1
	}
	return *c.Population
}

// rounded keeps 5 decimals of a degree, a metre.
func rounded(degrees float64) float64 { return math.Round(degrees*1e5) / 1e5 }
