package web

import (
	"bassin/internal/i18n"
	"bassin/internal/territory"
)

// TerritoryCrumbs lead from France to the territory through what holds it whole. The
// département and the région are ways in, not parents of a basin that crosses them.
func TerritoryCrumbs(l *i18n.Localizer, f *territory.France, t *territory.Territory) []Crumb {
	if t.Level == territory.Pays {
		return nil
	}
	var out []Crumb
	for _, level := range []territory.Level{territory.Region, territory.Departement} {
		if level == t.Level {
			break
		}
		of := f.One(t.Communes()[0], level)
		if of == nil || of.Zone == "com" && level == territory.Region {
			continue
		}
		whole := true
		for _, n := range t.Communes() {
			whole = whole && f.One(n, level) == of
		}
		if whole && of.Name != t.Name {
			out = append(out, Crumb{Text: of.Name, Href: of.Path()})
		}
	}
	if t.Zone != "com" {
		out = append([]Crumb{{Text: l.T("territory.france"), Href: "/pays/FR"}}, out...)
	}
	return out
}
