package pipeline

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"bassin/internal/place"
)

// censused are the départements, or collectivities, that each local census of
// places is about. The national lists are not there.
var censused = map[string][]string{
	"aix-en-provence":    {"13"},
	"angers":             {"49"},
	"corse":              {"2A", "2B"},
	"fibre-64":           {"64"},
	"gironde":            {"33"},
	"haute-vienne":       {"87"},
	"hinaura":            {"01", "03", "07", "15", "26", "38", "42", "43", "63", "69", "73", "74"},
	"hub-antilles":       {"971", "972", "973", "977", "978"},
	"hub-lo":             {"18", "28", "36", "37", "41", "45"},
	"hub-sud":            {"04", "05", "06", "13", "83", "84"},
	"la-creuse":          {"23"},
	"le-havre":           {"76"},
	"maine-et-loire":     {"49"},
	"mednum-bfc":         {"21", "25", "39", "58", "70", "71", "89", "90"},
	"mulhouse":           {"68"},
	"nouvelle-caledonie": {"988"},
	"numi":               {"14", "27", "50", "61", "76"},
	"rhinocc":            {"09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"},
	"ultra-num":          {"974", "976"},
}

const contradicted = "places whose commune was guessed: their postal code, or the département their list is of, contradicts it"

// uproot empties the commune and the point of a row whose commune was guessed
// wrong, and says whether it did.
func (p *placing) uproot(r *place.Row) bool {
	if r.Commune == "" {
		return false
	}
	name := p.in.tables["communes"].get(p.communes[r.Commune], "nom")
	if !misplaced(r, name) {
		return false
	}
	r.Commune, r.Lon, r.Lat = "", 0, 0
	return true
}

// misplaced says whether the commune of a row, of that name, is contradicted: by
// its postal code, unless its town bears the name, since some communes have the
// code of the next département; or by its census, which is of elsewhere, unless
// postal code and town both agree.
func misplaced(r *place.Row, name string) bool {
	in, posted := departementOf(r.Commune), postedIn(r.Postcode)
	agrees := slices.Contains(posted, in)
	named := townName(r.City) == townName(name)
	if home := censused[r.List]; home != nil && !slices.Contains(home, in) {
		return !(agrees && named)
	}
	return len(posted) > 0 && !agrees && !named
}

// departementOf is the département or collectivity that a commune code begins with.
func departementOf(code string) string {
	if strings.HasPrefix(code, "97") || strings.HasPrefix(code, "98") {
		return code[:3]
	}
	return code[:2]
}

// postedIn lists the départements that a postal code may be of, none where it is no code.
func postedIn(postcode string) []string {
	switch {
	case !digits(postcode, 5):
		return nil
	case strings.HasPrefix(postcode, "20"):
		return []string{"2A", "2B"}
	case postcode == "97133":
		return []string{"977"}
	case postcode == "97150":
		return []string{"978"}
	}
	return []string{departementOf(postcode)}
}

// townName is a name without accents, case, signs and the number of a Cedex.
func townName(s string) string {
	words := strings.FieldsFunc(strings.ToLower(norm.NFD.String(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r)
	})
	for i, w := range words {
		w = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, w)
		switch w {
		case "st":
			w = "saint"
		case "ste":
			w = "sainte"
		case "cedex":
			return strings.Join(words[:i], " ")
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}
