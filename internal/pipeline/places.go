package pipeline

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/place"
	"bassin/internal/territory/shape"
)

// Thresholds of what is doubtful about a point.
const (
	farKm  = 25.0   // from the centre of its commune
	nearM  = 1000.0 // from the outline: outlines are simplified, harbours lie off shore
	shared = 4      // places of one list with different addresses at one point: the town's, not theirs
)

// placing makes rows of places out of the lists.
type placing struct {
	in       *inputs
	report   *Report
	communes map[string]int // row of each commune
	outlines *shape.Topology
	locator  *shape.Locator
	rows     []place.Row
}

// places makes the table of places under Licence Ouverte and that of places under ODbL.
func (in *inputs) places(report *Report) (open, odbl []place.Row) {
	p := &placing{in: in, report: report, communes: in.tables["communes"].by("code"), outlines: in.outlines["outlines-communes"]}
	p.locator = shape.NewLocator(p.outlines)
	p.franceServices()
	p.conseillers()
	p.aidants()
	p.schools()
	p.libraries()
	p.charging()
	p.mediation()
	p.thirdPlaces()
	p.stations()
	p.stops()
	p.doubtShared()
	slices.SortStableFunc(p.rows, func(a, b place.Row) int {
		return cmp.Or(cmp.Compare(slices.Index(place.Kinds, place.Kind(a.Kind)), slices.Index(place.Kinds, place.Kind(b.Kind))),
			strings.Compare(a.Commune, b.Commune), strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	for _, r := range p.rows {
		if place.Kind(r.Kind).ODbL() {
			odbl = append(odbl, r)
		} else {
			open = append(open, r)
		}
	}
	return open, odbl
}

// each adds the rows that make returns for the lines of a source.
func (p *placing) each(key string, make func(get func(string) string, r *place.Row) bool) {
	t := p.in.tables[key]
	for i := range t.rows {
		get := func(column string) string {
			if _, ok := t.at[column]; !ok {
				return ""
			}
			return t.get(i, column)
		}
		r := place.Row{
			Source: key, ID: get("id"), Name: get("name"), Address: get("address"), Postcode: get("postcode"), City: get("city"),
			Commune: get("commune"), Count: -1,
		}
		r.Lon, r.Lat = degrees(t, i)
		r.Lon, r.Lat = math.Round(r.Lon*1e6)/1e6, math.Round(r.Lat*1e6)/1e6 // a tenth of a metre
		if make(get, &r) {
			p.rows = append(p.rows, r)
		}
	}
}

func (p *placing) note(kind, key, column string, count int, why string, values ...string) {
	if count > 0 {
		f := Finding{Kind: kind, Column: column, Count: count, Why: key + ": " + why, Values: values}
		p.report.Notes = append(p.report.Notes, f.bounded())
	}
}

func (p *placing) franceServices() {
	formats := map[string]string{"Fixe": "fixed", "Fixe_antenne(s)": "with-antennas", "Multisites": "multisite", "Bus_équivalent": "bus", "Itinérante": "itinerant"}
	var cleared, unread []string
	p.each("france-services", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.Date, r.Hours = string(place.FranceServices), get("label_date"), get("hours")
		r.Type, r.Format = "main", formats[get("format")]
		if get("type") == "Antenne" {
			r.Type = "antenna"
		}
		r.Itinerant = r.Format == "bus" || r.Format == "itinerant"
		r.Appointment = get("appointment") == "Oui"
		r.Doubt = p.doubtful(r)
		if get("position_doubt") == "1" && !r.Doubt {
			cleared = append(cleared, r.ID)
		}
		if w, ok := place.ParseHours(r.Hours); r.Hours != "" && !(ok && w.Sound()) {
			unread = append(unread, r.ID)
		}
		return true
	})
	p.note(Derived, "france-services", "position_doubt", len(cleared), "points far from the centre of their commune that lie in it, or within 1 km: held good", cleared...)
	p.note(Noted, "france-services", "hours", len(unread), "hours that contradict themselves: shown as published, and said so", unread...)
	p.astray("france-services", place.FranceServices)
}

func (p *placing) conseillers() {
	nameless := 0
	p.each("conseillers-numeriques", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.Date, r.Count = string(place.Conseillers), get("selection_date"), whole(get("posts"))
		if r.Name == "0" && r.City == "0" {
			nameless++
			r.Name, r.City, r.Commune, r.Lon, r.Lat = "", "", "", 0, 0
		}
		if get("france_services") == "oui" {
			r.Labels = []string{"france-services"}
		}
		r.Type, r.Doubt = get("legal_type"), p.doubtful(r)
		return true
	})
	p.note(Emptied, "conseillers-numeriques", "commune, lon, lat", nameless, "structures without a name, an address or a town that share one point")
	p.astray("conseillers-numeriques", place.Conseillers)
}

func (p *placing) aidants() {
	p.each("aidants-connect", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.Labels = string(place.AidantsConnect), []string{"aidants-connect"}
		return true
	})
}

func (p *placing) schools() {
	kinds := map[string]place.Kind{"Ecole": place.PrimarySchool, "Collège": place.MiddleSchool, "Lycée": place.HighSchool, "EREA": place.AdaptedSchool}
	sections := 0
	p.each("schools", func(get func(string) string, r *place.Row) bool {
		r.ID, r.Type, r.Count = get("uai"), get("sector"), whole(get("pupils"))
		r.Kind = string(kinds[get("type")])
		if strings.HasPrefix(strings.ToLower(r.Name), "section") {
			r.Kind = string(place.SchoolSection)
			sections++
		}
		r.Doubt = p.doubtful(r)
		return true
	})
	p.note(Derived, "schools", "type", sections, "sections of a collège or a lycée with a number of their own, told by their name: counted apart")
	p.astray("schools", place.PrimarySchool, place.MiddleSchool, place.HighSchool, place.AdaptedSchool, place.SchoolSection)
}

func (p *placing) libraries() {
	var bad []string
	p.each("libraries", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.Type, r.Doubt = string(place.Library), get("status"), p.doubtful(r)
		if !digits(r.Postcode, 5) || r.Postcode == "00000" {
			bad = append(bad, r.Postcode)
			r.Postcode = ""
		}
		return true
	})
	p.note(Emptied, "libraries", "postcode", len(bad), "values that are no postal code", slices.Compact(slices.Sorted(slices.Values(bad)))...)
	p.astray("libraries", place.Library)
}

func (p *placing) charging() {
	changed, out := 0, 0
	p.each("ev-charging", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.Count = string(place.EVCharging), whole(get("charge_points"))
		r.Commune = p.locate(r, nearM)
		if r.Commune == "" {
			out++
		} else if r.Commune != get("nearest_commune") {
			changed++
		}
		return true
	})
	p.note(Derived, "ev-charging", "nearest_commune", changed, "points that lie in the outline of another commune than that of the nearest centre: given to it")
	p.note(Emptied, "ev-charging", "nearest_commune", out, "points over 1 km from every commune: abroad or at sea")
}

func (p *placing) mediation() {
	var uprooted []string
	p.each("mediation-places", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.List, r.Type, r.Date = string(place.Mediation), get("source"), plainKind(get("kind")), get("updated")
		r.Labels = p.labels(get)
		if at := r.Commune; p.uproot(r) {
			uprooted = append(uprooted, at+" "+r.Name)
		}
		r.Doubt = p.doubtful(r)
		return true
	})
	p.note(Emptied, "mediation-places", "commune, lon, lat", len(uprooted), contradicted, uprooted...)
	p.astray("mediation-places", place.Mediation)
}

func (p *placing) thirdPlaces() {
	var uprooted []string
	p.each("third-places", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.List, r.Type, r.Date = string(place.ThirdPlace), get("source"), plainKind(get("kind")), get("updated")
		r.Labels = p.labels(get)
		if at := r.Commune; p.uproot(r) {
			uprooted = append(uprooted, at+" "+r.Name)
		}
		r.Doubt = p.doubtful(r)
		return true
	})
	p.note(Emptied, "third-places", "commune, lon, lat", len(uprooted), contradicted, uprooted...)
	p.astray("third-places", place.ThirdPlace)
}

// labels reads the codes of labels; a third place among places of mediation is
// marked as one, since the two lists overlap.
func (p *placing) labels(get func(string) string) []string {
	var out []string
	if v := get("label_codes"); v != "" {
		out = strings.Split(v, ";")
	}
	if get("third_place") == "1" {
		out = append(out, "tiers-lieu")
	}
	return out
}

// plainKind takes out the quotation marks left by the conversion of some lists.
func plainKind(v string) string {
	v = strings.ReplaceAll(v, `"`, "")
	v = strings.ReplaceAll(v, ",", ";")
	parts := strings.Split(v, ";")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func (p *placing) stations() {
	freight, changed := 0, 0
	p.each("rail-stations", func(get func(string) string, r *place.Row) bool {
		if get("passengers") != "1" {
			freight++
			return false
		}
		r.Kind, r.ID = string(place.RailStation), get("uic")
		r.Commune = p.locate(r, nearM)
		if r.Commune != get("commune") {
			changed++
		}
		return true
	})
	p.note(Dropped, "rail-stations", "passengers", freight, "stations without passengers")
	p.note(Derived, "rail-stations", "commune", changed, "stations that lie in the outline of another commune than the published one: given to it")
}

func (p *placing) stops() {
	abroad, changed := 0, 0
	p.each("transit-stations", func(get func(string) string, r *place.Row) bool {
		r.Kind, r.ID, r.Type = string(place.Stop), get("osm_id"), get("type")
		r.Commune = p.locate(r, 0)
		if r.Commune == "" {
			abroad++
			return false
		}
		if r.Commune != get("nearest_commune") {
			changed++
		}
		return true
	})
	p.note(Dropped, "transit-stations", "nearest_commune", abroad, "stops in the outline of no commune: abroad")
	p.note(Derived, "transit-stations", "nearest_commune", changed, "stops that lie in the outline of another commune than that of the nearest centre: given to it")
}

// whole reads a number checked before, -1 for none.
func whole(v string) int32 {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return -1
	}
	return int32(n)
}

// locate returns the commune whose outline holds the point, or comes within so
// many metres of it, or "".
func (p *placing) locate(r *place.Row, metres float64) string {
	at := shape.Point{Lon: r.Lon, Lat: r.Lat}
	if f, ok := p.locator.Locate(at); ok {
		return p.outlines.Code(f)
	}
	if metres > 0 {
		if hits := p.locator.Near(at, metres); len(hits) > 0 {
			return p.outlines.Code(hits[0].Face)
		}
	}
	return ""
}

// doubtful says whether the point is far from the centre of the commune and out
// of its outline.
func (p *placing) doubtful(r *place.Row) bool {
	if !r.Located() || r.Commune == "" {
		return false
	}
	lon, lat := degrees(p.in.tables["communes"], p.communes[r.Commune])
	return place.Km(r.Lon, r.Lat, lon, lat) > farKm && !p.inside(r)
}

// inside says whether the point lies in the commune of its row, or near it.
func (p *placing) inside(r *place.Row) bool {
	face, ok := p.outlines.Face(r.Commune)
	if !ok {
		return false
	}
	return slices.ContainsFunc(p.locator.Near(shape.Point{Lon: r.Lon, Lat: r.Lat}, nearM), func(h shape.Hit) bool { return h.Face == face })
}

// astray notes how many points are out of the commune that the list states.
func (p *placing) astray(key string, kinds ...place.Kind) {
	out, doubt := 0, 0
	for i := range p.rows {
		r := &p.rows[i]
		if !slices.Contains(kinds, place.Kind(r.Kind)) || !r.Located() || r.Commune == "" {
			continue
		}
		if _, drawn := p.outlines.Face(r.Commune); !drawn {
			continue
		}
		switch {
		case r.Doubt:
			doubt++
		case !p.inside(r):
			out++
		}
	}
	p.note(Noted, key, "lon, lat", out, "points over 1 km outside the commune of their row, and within 25 km of its centre: both kept as published")
	p.note(Derived, key, "lon, lat", doubt, "points over 25 km from the centre of their commune and over 1 km outside it: marked doubtful")
}

// doubtShared marks the points that several places with different addresses share.
func (p *placing) doubtShared() {
	type point struct {
		source   string
		lon, lat float64
	}
	addresses := map[point]map[string]bool{}
	at := func(r *place.Row) (point, bool) {
		return point{r.Source, r.Lon, r.Lat}, r.Located() && r.Address != ""
	}
	for i := range p.rows {
		if k, ok := at(&p.rows[i]); ok {
			if addresses[k] == nil {
				addresses[k] = map[string]bool{}
			}
			addresses[k][strings.ToLower(p.rows[i].Address)] = true
		}
	}
	marked := map[string]int{}
	for i := range p.rows {
		r := &p.rows[i]
		if k, ok := at(r); ok && len(addresses[k]) >= shared && !r.Doubt {
			r.Doubt = true
			marked[r.Source]++
		}
	}
	for _, source := range sortedKeys(marked) {
		p.note(Derived, source, "lon, lat", marked[source], "points that four places or more with different addresses share: marked doubtful")
	}
}
