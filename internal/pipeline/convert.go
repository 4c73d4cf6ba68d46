package pipeline

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/territory"
)

// tables makes the tables of a snapshot out of checked inputs.
func (in *inputs) territoryTables(report *Report) territory.Tables {
	stale := in.stalePerimeters(report)
	in.stale = stale
	t := territory.Tables{
		Vintage:  in.manifest.Vintage,
		Communes: in.communes(stale, report),
		Members:  in.members(),
		Parts:    in.parts(),
		Events:   in.events(),
		Passages: in.passages(),
	}
	t.Populations = in.series(stale)
	t.Zones = in.zones(t.Communes)
	return t
}

func people(t *table, row int, column string) *int32 {
	n, ok := t.people(row, column)
	if !ok {
		return nil
	}
	return &n
}

func degrees(t *table, row int) (lon, lat float64) {
	lon, _ = t.decimal(row, "lon")
	lat, _ = t.decimal(row, "lat")
	return lon, lat
}

// censusYear is the census of the populations of the list of communes, which
// the list does not state: 2023 for the édition in force on 1 January 2026,
// 2017 for Mayotte, untold for the overseas collectivities.
func censusYear(zone, departement string) int16 {
	switch {
	case zone == "com":
		return 0
	case departement == "976":
		return 2017
	}
	return 2023
}

func (in *inputs) communes(stale map[string]bool, report *Report) []territory.CommuneRow {
	t := in.tables["communes"]
	ranks := in.seatRanks()
	out := make([]territory.CommuneRow, len(t.rows))
	at := make(map[string]*territory.CommuneRow, len(t.rows))
	seats := 0
	for i := range t.rows {
		c := &out[i]
		*c = territory.CommuneRow{
			Code: t.get(i, "code"), Name: t.get(i, "nom"), Article: int8(territory.Unknown), Zone: t.get(i, "zone"),
			Siren: t.get(i, "siren"), PostalCodes: t.values(i, "codes_postaux"), Population: people(t, i, "population_municipale"),
			Arrondissement: t.get(i, "arrondissement"), Canton: t.get(i, "canton"), EPCI: t.get(i, "epci"), EPT: t.get(i, "ept"),
			Departement: t.get(i, "departement"), Region: t.get(i, "region"), SeatRank: ranks[t.get(i, "code")],
		}
		c.Lon, c.Lat = degrees(t, i)
		if t.get(i, "type_liaison") != "" {
			c.Article = t.small(i, "type_liaison")
		}
		if c.Population != nil {
			c.PopulationYear = censusYear(c.Zone, c.Departement)
		}
		if c.SeatRank > 0 {
			seats++
		}
		at[c.Code] = c
	}
	report.Notes = append(report.Notes, Finding{Kind: Derived, Column: "rang_chef_lieu", Count: seats,
		Why: "seats of arrondissement, département or région, from the lists of those: the column is zero everywhere"})
	in.addZonings(at, stale)
	in.addMarks(at)
	slices.SortFunc(out, func(a, b territory.CommuneRow) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// seatRanks gives each seat the rank of the highest territory it heads, as the
// COG numbers them.
func (in *inputs) seatRanks() map[string]int8 {
	out := map[string]int8{}
	for rank, key := range map[int8]string{2: "arrondissements", 3: "departements", 4: "regions"} {
		t := in.tables[key]
		for i := range t.rows {
			seat := t.get(i, "chef_lieu")
			out[seat] = max(out[seat], rank)
		}
	}
	return out
}

func (in *inputs) addZonings(at map[string]*territory.CommuneRow, stale map[string]bool) {
	t := in.tables["zonages"]
	for i := range t.rows {
		c := at[t.get(i, "commune")]
		c.BassinDeVie, c.ZoneEmploi, c.CantonVille = t.get(i, "bv2022"), t.get(i, "ze2020"), t.get(i, "canton_ville")
		c.AAVCategory, c.UUStatus, c.Density = t.get(i, "categorie_aav2020"), t.get(i, "statut_uu2020"), t.small(i, "densite7")
		if a := t.get(i, "aav2020"); !outsideAAV(a) {
			c.AireAttraction = a
		}
		if u := t.get(i, "uu2020"); !outsideUU(u) {
			c.UniteUrbaine = u
		}
	}
	t = in.tables["typologies"]
	for i := range t.rows {
		c := at[t.get(i, "commune")]
		c.Centrality, c.Rurality = t.get(i, "centralite"), t.get(i, "ruralite")
		_, name, numbered := strings.Cut(t.get(i, "massif"), " - ") // "02 - Massif du Jura"
		if c.Massif = name; !numbered {
			c.Massif = t.get(i, "massif")
		}
	}
	t = in.tables["population-series"]
	for i := range t.rows {
		code := t.get(i, "commune")
		if a, ok := t.decimal(i, "area_km2"); ok && !stale[code] {
			at[code].AreaKm2 = &a
		}
	}
}

// outsideAAV and outsideUU tell the codes that INSEE gives to communes outside
// any area: they name no territory.
func outsideAAV(code string) bool { return code == "000" }
func outsideUU(code string) bool  { return strings.HasSuffix(code, "000") }

func (in *inputs) addMarks(at map[string]*territory.CommuneRow) {
	t := in.tables["frr"]
	for i := range t.rows {
		at[t.get(i, "commune")].FRR = t.get(i, "classement_frr")
	}
	t = in.tables["programmes"]
	for i := range t.rows {
		c := at[t.get(i, "commune")]
		c.ACV, c.ACVDate = t.get(i, "acv") == "1", t.get(i, "acv_date")
		c.PVD, c.PVDDate = t.get(i, "pvd") == "1", t.get(i, "pvd_date")
		c.ORT, c.ORTDate = t.get(i, "ort") == "1", t.get(i, "ort_date")
	}
}

func (in *inputs) members() []territory.MemberRow {
	var out []territory.MemberRow
	for _, s := range []struct {
		key, column string
		level       territory.Level
	}{{"qpv-communes", "qpv", territory.QPV}, {"industrie", "ti", territory.TerritoireIndustrie}} {
		t := in.tables[s.key]
		for i := range t.rows {
			out = append(out, territory.MemberRow{Level: string(s.level), Code: t.get(i, s.column), Commune: t.get(i, "commune")})
		}
	}
	slices.SortFunc(out, func(a, b territory.MemberRow) int {
		return cmp.Or(strings.Compare(a.Level, b.Level), strings.Compare(a.Code, b.Code), strings.Compare(a.Commune, b.Commune))
	})
	return slices.Compact(out)
}

func (in *inputs) parts() []territory.PartRow {
	t := in.tables["parts"]
	out := make([]territory.PartRow, len(t.rows))
	for i := range t.rows {
		lon, lat := degrees(t, i)
		out[i] = territory.PartRow{
			Code: t.get(i, "code"), Name: t.get(i, "nom"), Type: t.get(i, "type"), Commune: t.get(i, "commune"),
			PostalCodes: t.values(i, "codes_postaux"), Population: people(t, i, "population_municipale"), Lon: lon, Lat: lat,
		}
	}
	slices.SortFunc(out, func(a, b territory.PartRow) int { return strings.Compare(a.Code, b.Code) })
	return out
}

func (in *inputs) events() []territory.EventRow {
	t := in.tables["movements"]
	out := make([]territory.EventRow, len(t.rows))
	for i := range t.rows {
		out[i] = territory.EventRow{
			Date: t.get(i, "date_eff"), Mod: t.small(i, "mod"),
			FromType: t.get(i, "typecom_av"), FromCode: t.get(i, "com_av"), FromName: t.get(i, "libelle_av"),
			ToType: t.get(i, "typecom_ap"), ToCode: t.get(i, "com_ap"), ToName: t.get(i, "libelle_ap"),
		}
	}
	slices.SortStableFunc(out, func(a, b territory.EventRow) int {
		return cmp.Or(strings.Compare(a.Date, b.Date), cmp.Compare(a.Mod, b.Mod), strings.Compare(a.ToCode, b.ToCode), strings.Compare(a.FromCode, b.FromCode))
	})
	return out
}

func (in *inputs) passages() []territory.PassageRow {
	t := in.tables["passage"]
	var out []territory.PassageRow
	for i := range t.rows {
		if old, code := t.get(i, "ancien_code"), t.get(i, "code"); old != code {
			out = append(out, territory.PassageRow{Old: old, New: code})
		}
	}
	slices.SortFunc(out, func(a, b territory.PassageRow) int {
		return cmp.Or(strings.Compare(a.Old, b.Old), strings.Compare(a.New, b.New))
	})
	return out
}

// stalePerimeters finds the communes whose series and area are not those of
// today's perimeter. The source gives zero to communes created, restored or
// recoded after its geography was drawn: where the list of communes states
// inhabitants, that zero is a gap. The communes that restored ones left still
// count them in.
func (in *inputs) stalePerimeters(report *Report) map[string]bool {
	t, list := in.tables["population-series"], in.tables["communes"]
	at := list.by("code")
	gap, parent := map[string]bool{}, map[string]bool{}
	for i := range t.rows {
		code := t.get(i, "commune")
		if now, _ := list.number(at[code], "population_municipale"); now > 0 && t.allZero(i) {
			gap[code] = true
		}
	}
	moves := in.tables["movements"]
	for i := range moves.rows {
		from, to := moves.get(i, "com_av"), moves.get(i, "com_ap")
		_, alive := at[from]
		if moves.get(i, "mod") == "21" && moves.get(i, "date_eff") > drawn && gap[to] && !gap[from] && from != to && alive {
			parent[from] = true
		}
	}
	report.Notes = append(report.Notes,
		Finding{Kind: Emptied, Column: "pop_…", Count: len(gap), Why: "communes with zero inhabitants in every census and some today: the zeros are gaps", Values: sortedKeys(gap)},
		Finding{Kind: Emptied, Column: "pop_…, area_km2", Count: len(parent), Why: "communes that such a commune has left since: the figures are of their former perimeter", Values: sortedKeys(parent)})
	maps.Copy(gap, parent)
	return gap
}

// drawn is a day before the geography of the population series was drawn: no
// later restoration of a commune is in it.
const drawn = "2022"

func (t *table) allZero(row int) bool {
	for _, y := range t.years() {
		if n, ok := t.number(row, "pop_"+strconv.Itoa(int(y))); !ok || n != 0 {
			return false
		}
	}
	return true
}

// years lists the censuses of a table that has a column pop_<year> for each.
func (t *table) years() []int16 {
	var out []int16
	for _, c := range t.source.Columns {
		y, ok := strings.CutPrefix(c.Name, "pop_")
		if n, err := strconv.ParseInt(y, 10, 16); ok && err == nil {
			out = append(out, int16(n))
		}
	}
	slices.Sort(out)
	return out
}

func (in *inputs) series(stale map[string]bool) []territory.PopulationRow {
	t := in.tables["population-series"]
	years := t.years()
	var out []territory.PopulationRow
	for i := range t.rows {
		code := t.get(i, "commune")
		if stale[code] {
			continue
		}
		for _, y := range years {
			if n, ok := t.people(i, "pop_"+strconv.Itoa(int(y))); ok {
				out = append(out, territory.PopulationRow{Commune: code, Year: y, Population: n})
			}
		}
	}
	slices.SortFunc(out, func(a, b territory.PopulationRow) int {
		return cmp.Or(strings.Compare(a.Commune, b.Commune), cmp.Compare(a.Year, b.Year))
	})
	return out
}
