package people

import (
	"slices"
	"strings"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
)

// ReadCommune finds the code of the commune that was typed: a code, a name with its code in
// brackets, or a name that one commune alone has, there where the postal code is.
func ReadCommune(s *snapshot.Snapshot, typed, postal string) (code string, choices []string) {
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
	key := strings.Join(Fold(typed), " ")
	there := s.France.Postal(strings.ReplaceAll(postal, " ", ""))
	var exact, all []string
	for _, m := range s.Names.Search(typed, names.Options{Limit: 12, Levels: []territory.Level{territory.Commune}}) {
		n, ok := s.France.CommuneNumber(m.ID.Code)
		if !ok || len(there) > 0 && !slices.Contains(there, n) {
			continue
		}
		all = append(all, m.ID.Code)
		if strings.Join(Fold(s.France.Commune(n).Name), " ") == key {
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

// ReadTerritory finds the territory that was typed: an identifier, a name that one
// alone has; else those it may be.
func ReadTerritory(s *snapshot.Snapshot, typed string, levels ...territory.Level) (id territory.ID, choices []territory.ID) {
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
