package orgweb

import (
	"slices"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
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

// communeText is a commune as its field shows it; [readCommune] reads it.
func communeText(f *territory.France, code string) string {
	if n, ok := f.CommuneNumber(code); ok {
		return f.Commune(n).Name + " (" + code + ")"
	}
	return code
}

// readCommune finds the commune that was typed: a code, a name with its code in
// brackets, or a name that one commune alone has, there where the postal code is.
func readCommune(s *snapshot.Snapshot, typed, postal string) (code string, choices []string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", nil
	}
	if open := strings.LastIndexByte(typed, '('); open >= 0 && strings.HasSuffix(typed, ")") {
		typed = typed[open+1 : len(typed)-1]
	}
	if now := s.France.Current(strings.ToUpper(typed)); len(now) == 1 {
		return now[0], nil
	}
	key := strings.Join(people.Fold(typed), " ")
	there := s.France.Postal(strings.ReplaceAll(postal, " ", ""))
	var exact, all []string
	for _, m := range s.Names.Search(typed, names.Options{Limit: 12, Levels: []territory.Level{territory.Commune}}) {
		n, ok := s.France.CommuneNumber(m.ID.Code)
		if !ok || len(there) > 0 && !slices.Contains(there, n) {
			continue
		}
		all = append(all, m.ID.Code)
		if strings.Join(people.Fold(s.France.Commune(n).Name), " ") == key {
			exact = append(exact, m.ID.Code)
		}
	}
	if len(exact) > 0 {
		all = exact
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return "", all
}

// readTerritory finds the territory that was typed: an identifier, a name that one
// alone has; else those it may be.
func readTerritory(s *snapshot.Snapshot, typed string, levels ...territory.Level) (id territory.ID, choices []territory.ID) {
	typed = strings.TrimSpace(typed)
	if id, ok := territory.ParseID(typed); ok {
		if _, ok := s.France.Territory(id); ok {
			return id, nil
		}
	}
	for _, m := range s.Names.Search(typed, names.Options{Limit: 12, Levels: levels}) {
		if t, ok := s.France.Territory(m.ID); ok && len(t.Communes()) > 0 {
			choices = append(choices, t.ID)
		}
	}
	if len(choices) == 1 {
		return choices[0], nil
	}
	return territory.ID{}, choices
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
