package orgweb

import (
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web/naming"
)

// told names a territory so that it can be typed again: Rostrenen (commune:22266)
// is the commune, whatever else has that name.
func told(l *i18n.Localizer, f *territory.France, id territory.ID) string {
	t, ok := f.Territory(id)
	if !ok {
		return id.String()
	}
	return label(l, f, t)
}

// label tells a territory apart from others of its name.
func label(l *i18n.Localizer, f *territory.France, t *territory.Territory) string {
	text := naming.Heading(l, f, t)
	switch t.Level {
	case territory.Commune:
		return l.T("organisation.place.commune", text, t.Code)
	case territory.Departement, territory.Region, territory.ArrondissementMunicipal, territory.QPV:
		return l.T("organisation.place.kind", text, naming.Kind(l, t))
	}
	return text
}

// placed is the commune of an organisation's address with its département, or the
// département alone where it governs several communes: "" for neither.
func placed(f *territory.France, o *people.Organisation) string {
	n, ok := f.CommuneNumber(o.Commune)
	if !ok {
		for _, id := range o.Territories {
			if t, ok := f.Territory(id); ok && len(t.Communes()) > 0 && id.Level != territory.Departement && id.Level != territory.Region && id.Level != territory.Pays {
				return departementOf(f, t.Communes()[0])
			}
		}
		return ""
	}
	if d := departementOf(f, n); d != "" && d != f.Commune(n).Name {
		return f.Commune(n).Name + " (" + d + ")"
	}
	return f.Commune(n).Name
}

func departementOf(f *territory.France, n int32) string {
	for _, t := range f.Of(n, territory.Departement) {
		return t.Name
	}
	return ""
}

// communeText is a commune as its field shows it; [people.ReadCommune] reads it.
func communeText(f *territory.France, code string) string {
	if n, ok := f.CommuneNumber(code); ok {
		return f.Commune(n).Name + " (" + code + ")"
	}
	return code
}

// overlapping are those of the territories that share a commune with t.
func overlapping(f *territory.France, t *territory.Territory, among []territory.ID) []territory.ID {
	out := []territory.ID{}
	for _, id := range among {
		if people.Overlap(f, []territory.ID{t.ID}, []territory.ID{id}) {
			out = append(out, id)
		}
	}
	return out
}
