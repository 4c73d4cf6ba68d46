package naming

import (
	"math"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/territory"
)

// Article is the article of a territory's name. Zonings publish none: a zone
// named after one of its communes takes that commune's.
func Article(f *territory.France, t *territory.Territory) int8 {
	if t.Article != territory.Unknown {
		return int8(t.Article)
	}
	if n, ok := f.CommuneNumber(t.Seat); ok && f.Commune(n).Name == t.Name {
		return f.Commune(n).Article
	}
	for _, n := range t.Communes() {
		if c := f.Commune(n); c.Name == t.Name {
			return c.Article
		}
	}
	return int8(territory.Unknown)
}

// Heading is the name of a territory as the title of its page and as a cell of a
// table: Mellionnec, Bassin de vie de Rostrenen, Lannion-Trégor Communauté.
func Heading(l *i18n.Localizer, f *territory.France, t *territory.Territory) string {
	switch t.Level {
	case territory.EPCI:
		kind, name := epciName(t)
		if kind != "" && startsWithLink(name) {
			return l.T("territory.heading.epci."+kind, name)
		}
		return name
	case territory.BassinDeVie, territory.ZoneEmploi, territory.AireAttraction, territory.UniteUrbaine, territory.Arrondissement, territory.Canton:
		return l.T("territory.heading."+string(t.Level), l.Of(t.Name, Article(f, t)))
	case territory.TerritoireIndustrie:
		return l.T("territory.heading.ti", t.Name)
	case territory.Custom:
		return customName(l, f, t)
	}
	return t.Name
}

// Named is the name of a territory inside a sentence, with its article: le bassin
// de vie de Rostrenen, les Côtes-d'Armor, Mellionnec.
func Named(l *i18n.Localizer, f *territory.France, t *territory.Territory) string {
	switch t.Level {
	case territory.EPCI:
		kind, name := epciName(t)
		if kind != "" {
			return l.T("territory.named.epci."+kind, name)
		}
		if strings.HasPrefix(name, "Métropole ") {
			return l.T("territory.named.metropole", "m"+name[1:])
		}
		return name
	case territory.BassinDeVie, territory.ZoneEmploi, territory.AireAttraction, territory.UniteUrbaine, territory.Arrondissement, territory.Canton:
		return l.T("territory.named."+string(t.Level), l.Of(t.Name, Article(f, t)))
	case territory.TerritoireIndustrie:
		return l.T("territory.named.ti", t.Name)
	case territory.Departement, territory.Region, territory.Pays:
		return l.The(t.Name, Article(f, t))
	case territory.Custom:
		return l.T("territory.named.set")
	}
	return t.Name
}

// Kind says in words what sort of territory it is: communauté de communes,
// collectivité d'outre-mer, bassin de vie.
func Kind(l *i18n.Localizer, t *territory.Territory) string {
	switch {
	case t.Level == territory.EPCI && t.Type != "":
		return l.T("territory.kind." + strings.ToLower(t.Type))
	case (t.Level == territory.Departement || t.Level == territory.Region) && t.Zone == "com":
		return l.T("territory.kind.com")
	}
	return l.T("level." + string(t.Level) + ".name")
}

// epciName parts the short form of the kind that published names start with from
// the name: "CA Lannion-Trégor Communauté" is ca and "Lannion-Trégor Communauté".
func epciName(t *territory.Territory) (kind, name string) {
	name = t.Name
	if before, after, ok := strings.Cut(name, " "); ok && before == t.Type {
		kind, name = strings.ToLower(before), after
	}
	// The source writes quotes as two apostrophes.
	for strings.Count(name, "''") >= 2 {
		name = strings.Replace(strings.Replace(name, "''", "«\u00a0", 1), "''", "\u00a0»", 1)
	}
	return kind, name
}

// startsWithLink says whether a name cannot stand alone: "du Kreiz-Breizh".
func startsWithLink(name string) bool {
	for _, p := range []string{"de ", "du ", "des ", "d'", "d’"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// customName names a set of communes by its number and its most populated commune.
func customName(l *i18n.Localizer, f *territory.France, t *territory.Territory) string {
	best, at := int32(-1), int32(-1)
	for _, n := range t.Communes() {
		if p := f.Commune(n).Population; p != nil && *p > best {
			best, at = *p, n
		}
	}
	if at < 0 {
		return l.T("territory.heading.set", len(t.Communes()))
	}
	c := f.Commune(at)
	if !gathered(f, t, c) {
		return l.T("territory.heading.set_with", len(t.Communes()), c.Name)
	}
	return l.T("territory.heading.set_around", len(t.Communes()), l.Of(c.Name, c.Article))
}

// nearKm is how far from its principal commune a set may reach and still be said
// to be around it, from centroid to centroid.
const nearKm = 25

// gathered says whether every commune of a set is near one of them. A degree of
// latitude is 111.2 km; distances are on the plane, which is enough at this scale.
func gathered(f *territory.France, t *territory.Territory, c *territory.CommuneRow) bool {
	const degree = 111.2
	for _, n := range t.Communes() {
		o := f.Commune(n)
		x := (o.Lon - c.Lon) * degree * math.Cos(c.Lat*math.Pi/180)
		if math.Hypot(x, (o.Lat-c.Lat)*degree) > nearKm {
			return false
		}
	}
	return true
}
