package i18n

import "strings"

// The values of INSEE's TNCC that decide how a French name takes an article.
// See INSEE, code officiel géographique, variable TNCC; territory.Article has
// the same values.
const (
	tnccNone   = 0
	tnccElided = 1
	tnccLe     = 2
	tnccLa     = 3
	tnccLes    = 4
	tnccL      = 5
	tnccAux    = 6
	tnccLas    = 7
	tnccLos    = 8
)

// Of writes "of" a territory: de Saint-Brieuc, d'Ajaccio, du Havre, de La
// Rochelle, des Sables-d'Olonne, de l'Ain; of Le Havre in English. tncc is the
// article of the COG; -1 for a name without one, guessed from the name.
func (l *Localizer) Of(name string, tncc int8) string {
	if l.lang != FR {
		return l.T("i18n.of", name)
	}
	return FrenchOf(name, tncc)
}

// FrenchOf is [Localizer.Of] in French, for proper names, which stay French in
// every language: Commune de Rostrenen, Département des Côtes-d'Armor.
func FrenchOf(name string, tncc int8) string {
	a, bare, upper := parse(name, tncc)
	switch a {
	case tnccElided:
		return "d’" + bare
	case tnccLe:
		return "du " + bare
	case tnccLa:
		return "de " + pick(upper, "La ", "la ") + bare
	case tnccLes:
		return "des " + bare
	case tnccL:
		return "de " + pick(upper, "L’", "l’") + bare
	case tnccAux:
		return "des " + bare
	}
	return "de " + name
}

// At writes "in" a territory, as one says where people live: à Saint-Brieuc, au
// Havre, à La Rochelle, aux Sables-d'Olonne. For a département or a région, use
// [Localizer.Within].
func (l *Localizer) At(name string, tncc int8) string {
	if l.lang != FR {
		return l.T("i18n.in", name)
	}
	a, bare, upper := parse(name, tncc)
	switch a {
	case tnccLe:
		return "au " + bare
	case tnccLa:
		return "à " + pick(upper, "La ", "la ") + bare
	case tnccLes, tnccAux:
		return "aux " + bare
	case tnccL:
		return "à " + pick(upper, "L’", "l’") + bare
	}
	return "à " + name
}

// Within writes "in" a département or a région: dans les Côtes-d'Armor, dans le
// Finistère, en Ille-et-Vilaine, à La Réunion, à Paris.
func (l *Localizer) Within(name string, tncc int8) string {
	if l.lang != FR {
		return l.T("i18n.in", l.The(name, tncc))
	}
	a, bare, upper := parse(name, tncc)
	switch a {
	case tnccLe:
		return "dans le " + bare
	case tnccLa:
		if upper || islands[name] {
			return "à " + pick(upper, "La ", "la ") + bare
		}
		// Feminine names of régions and of départements made of two rivers take "en".
		if inEn[bare] {
			return "en " + bare
		}
		return "dans la " + bare
	case tnccLes:
		return "dans les " + bare
	case tnccL:
		return "dans l’" + bare
	}
	if inEn[name] {
		return "en " + name
	}
	return "à " + name
}

// The writes a territory's name with its article: Le Havre, la Bretagne,
// les Côtes-d'Armor, l'Ain, Saint-Brieuc. In English, the name.
func (l *Localizer) The(name string, tncc int8) string {
	if l.lang != FR {
		return name
	}
	a, bare, upper := parse(name, tncc)
	if upper {
		return name
	}
	switch a {
	case tnccLe:
		return "le " + bare
	case tnccLa:
		return "la " + bare
	case tnccLes:
		return "les " + bare
	case tnccL:
		return "l’" + bare
	}
	return name
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// parse returns the article of a name, the name without the article it carries,
// and whether it carries it (Le Havre) or takes it from outside (Ain).
func parse(name string, tncc int8) (a int8, bare string, carried bool) {
	if tncc < 0 {
		if known, ok := takesArticle[name]; ok {
			return known, name, false
		}
		tncc = guess(name)
	}
	for _, p := range [...]struct {
		a      int8
		prefix string
	}{{tnccLe, "Le "}, {tnccLa, "La "}, {tnccLes, "Les "}, {tnccL, "L'"}, {tnccL, "L’"}, {tnccAux, "Aux "}, {tnccAux, "Les "}} {
		if p.a == tncc && len(name) > len(p.prefix) && strings.EqualFold(name[:len(p.prefix)], p.prefix) {
			return tncc, name[len(p.prefix):], true
		}
	}
	if tncc == tnccAux || tncc == tnccLas || tncc == tnccLos {
		return tnccNone, name, false
	}
	return tncc, name, false
}

// guess reads the article off a name whose TNCC is not published. An initial H
// is left alone: whether it elides cannot be seen.
func guess(name string) int8 {
	switch {
	case strings.HasPrefix(name, "Le "):
		return tnccLe
	case strings.HasPrefix(name, "La "):
		return tnccLa
	case strings.HasPrefix(name, "Les "):
		return tnccLes
	case strings.HasPrefix(name, "L'"), strings.HasPrefix(name, "L’"):
		return tnccL
	case name != "" && strings.ContainsRune("AEIOUÀÂÉÈÊËÎÏÔŒÆ", []rune(name)[0]):
		return tnccElided
	}
	return tnccNone
}
