package pipeline

import (
	"strings"

	"bassin/internal/territory"
)

// How a body was given its territory.
const (
	bySiren   = "siren"
	byItsName = "name"
	seat      = "seat" // the body is of no territory: where it sits
)

// places finds the territory of a public body.
type bodyPlaces struct {
	j     *joining
	siren map[string]string
	name  map[[3]string][]string // level, département and letters of the name
}

func (j *joining) places() *bodyPlaces {
	p := &bodyPlaces{j: j, siren: map[string]string{}, name: map[[3]string][]string{}}
	for n := range int32(j.france.Len()) { //nolint:gosec // some 35,000 communes
		c := j.france.Commune(n)
		id := territory.ID{Level: territory.Commune, Code: c.Code}.String()
		if c.Siren != "" {
			p.siren[c.Siren] = id
		}
		at := [3]string{string(territory.Commune), c.Departement, plain(c.Name)}
		p.name[at] = append(p.name[at], id)
		for _, part := range j.france.Parts(n) {
			if part.Type == "commune-deleguee" || part.Type == "commune-associee" {
				at := [3]string{string(territory.Commune), c.Departement, plain(part.Name)}
				p.name[at] = appendNew(p.name[at], id)
			}
		}
	}
	for _, l := range []territory.Level{territory.EPCI, territory.EPT} {
		for _, t := range j.france.Level(l) {
			p.siren[t.ID.Code] = t.ID.String()
		}
	}
	for i, t := 0, j.in.tables["epci"]; i < len(t.rows); i++ {
		at := [3]string{string(territory.EPCI), t.get(i, "departement_siege"), plain(t.get(i, "nom"))}
		id := territory.ID{Level: territory.EPCI, Code: t.get(i, "siren")}.String()
		p.name[at] = append(p.name[at], id)
		at[1] = ""
		p.name[at] = append(p.name[at], id)
	}
	return p
}

// plain is a name without article, kind of body and abbreviations.
func plain(name string) string {
	var kept []string
	for _, w := range strings.Split(slug(name), "-") {
		switch w {
		case "le", "la", "les", "l", "de", "du", "des", "d", "en", "et", "sur", "ville", "commune", "mairie", "cc", "ca", "cu", "communaute", "communes", "agglomeration", "agglo", "metropole", "urbaine":
			continue
		case "st":
			w = "saint"
		case "ste":
			w = "sainte"
		}
		kept = append(kept, w)
	}
	return strings.Join(kept, "")
}

func (p *bodyPlaces) of(siren, name, kind, departement, region string) (at, how string) {
	if at := p.siren[siren]; at != "" {
		return at, bySiren
	}
	first := func(ids []string) string {
		if len(ids) > 0 {
			return ids[0]
		}
		return ""
	}
	switch kind {
	case "DEP":
		return first(p.j.territory(territory.Departement, departement)), bySiren
	case "REG":
		return first(p.j.region(region)), bySiren
	case "COM", "CA", "CC", "CU", "MET", "EPT":
		l := territory.EPCI
		if kind == "COM" {
			l = territory.Commune
		}
		// One whose département is not told is looked for all over France.
		if ids := p.name[[3]string{string(l), departement, plain(name)}]; len(ids) == 1 {
			return ids[0], byItsName
		}
		return "", ""
	}
	if at := first(p.j.territory(territory.Departement, departement)); at != "" {
		return at, seat
	}
	return first(p.j.region(region)), seat
}
