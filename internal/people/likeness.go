package people

import (
	"slices"
	"strings"

	"bassin/internal/territory"
)

// Likely is the likeness from which two organisations are shown as perhaps the
// same. It was chosen on testdata/alike.csv, see TestLikenessOnRealLists.
const Likely = 0.72

// Likeness is how much two organisations look like the same one.
type Likeness struct {
	Score   float64  // 0 to 1
	Reasons []string // siren, name, near, commune, territory: what they have in common
}

// Alike says how much two organisations look like the same one, by their names,
// their numbers and where they are. Names are compared without legal words,
// accents, common abbreviations and the name of the commune; two legal units with
// different SIREN are never the same, whatever their names.
func Alike(f *territory.France, a, b *Organisation) Likeness {
	return alike(f, named(f, a), named(f, b))
}

// compared is an organisation made ready to be compared with many.
type compared struct {
	*Organisation
	whole, head []term
	short       string
}

func named(f *territory.France, o *Organisation) compared {
	var places []string // words of its commune's name
	if n, ok := f.CommuneNumber(o.Commune); ok {
		places = Fold(f.Commune(n).Name)
	}
	return compared{o, terms(o.Name, places), terms(head(o.Name), places), strings.Join(Fold(o.ShortName), "")}
}

func alike(f *territory.France, a, b compared) Likeness {
	names := a.nameLikeness(b)
	if len(a.short) >= 4 && a.short == b.short {
		names = max(names, 0.8)
	}
	sameUnit := a.SIREN != "" && a.SIREN == b.SIREN
	if names < Likely && !sameUnit { // no place makes two names more alike
		return Likeness{Score: names}
	}
	var out Likeness
	place := 0.85 // two names alone, of nowhere, prove less
	switch {
	case a.Commune != "" && a.Commune == b.Commune:
		place, out.Reasons = 1, append(out.Reasons, "commune")
	case Overlap(f, a.Territories, b.Territories):
		place, out.Reasons = 0.95, append(out.Reasons, "territory")
	case a.Commune != "" && b.Commune != "" || len(a.Territories) > 0 && len(b.Territories) > 0:
		place = 0.6
	}
	switch {
	case names > 0.995:
		out.Reasons = append(out.Reasons, "name")
	case names >= Likely:
		out.Reasons = append(out.Reasons, "near")
	}
	out.Score = names * place
	switch {
	case sameUnit:
		out.Reasons = append(out.Reasons, "siren")
		// Two establishments of one unit in two places are two; without their numbers, who knows.
		if a.SIRET == "" || b.SIRET == "" || a.SIRET == b.SIRET {
			out.Score = max(out.Score, 0.95)
		}
	case a.SIREN != "" && b.SIREN != "", a.RNA != "" && b.RNA != "" && a.RNA != b.RNA:
		out.Score = 0
	}
	return out
}

// Overlap says whether two lists of territories share a commune.
func Overlap(f *territory.France, a, b []territory.ID) bool {
	for _, x := range a {
		t, ok := f.Territory(x)
		if !ok {
			continue
		}
		for _, y := range b {
			u, ok := f.Territory(y)
			if x == y || ok && shareCommune(t.Communes(), u.Communes()) {
				return true
			}
		}
	}
	return false
}

// shareCommune looks for a number that is in both increasing lists.
func shareCommune(a, b []int32) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, n := range a {
		if _, found := slices.BinarySearch(b, n); found {
			return true
		}
	}
	return false
}

// term is a word of a name and how much it tells.
type term struct {
	text   string
	weight float64
}

// nameLikeness compares two names whole, and without what follows a dash, a slash
// or a bracket: a unit often adds there which service it is, or what it is for.
func (c compared) nameLikeness(o compared) float64 {
	out := likeness(c.whole, o.whole)
	if (len(c.head) < len(c.whole) || len(o.head) < len(o.whole)) && min(weight(c.head), weight(o.head)) >= 1.5 {
		out = max(out, 0.9*likeness(c.head, o.head))
	}
	return out
}

// head is a name before what is added to it.
func head(name string) string {
	for _, sep := range []string{" - ", " / ", " (", " – ", "- "} {
		if before, _, ok := strings.Cut(name, sep); ok {
			name = before
		}
	}
	return name
}

// likeness is Dice's coefficient over words, twice the weight of what two names
// share over the weight of both; or less than that of the shorter over itself,
// where it lies in the longer and holds a word that tells.
func likeness(p, q []term) float64 {
	if len(p) == 0 || len(q) == 0 {
		return 0
	}
	usedP, usedQ := make([]bool, len(p)), make([]bool, len(q))
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, sameWord} {
		for i, t := range p {
			for j, u := range q {
				if !usedQ[j] && !usedP[i] && same(t.text, u.text) {
					usedP[i], usedQ[j] = true, true
				}
			}
		}
	}
	runs(p, q, usedP, usedQ)
	runs(q, p, usedQ, usedP)
	sharedP, tellsP := used(p, usedP)
	sharedQ, tellsQ := used(q, usedQ)
	out := (sharedP + sharedQ) / (weight(p) + weight(q))
	if tellsP && tellsQ {
		out = max(out, 0.8*max(sharedP/weight(p), sharedQ/weight(q)))
	}
	return out
}

// used is the weight of the words that were matched, and whether one of them tells.
func used(ts []term, which []bool) (w float64, tells bool) {
	for i, t := range ts {
		if which[i] {
			w += t.weight
			tells = tells || t.weight == 1
		}
	}
	return w, tells
}

// runs matches a word of p with several of q in a row: their initials (MJC and
// maison des jeunes et de la culture) or the same letters without spaces.
func runs(p, q []term, usedP, usedQ []bool) {
	for i, t := range p {
		if usedP[i] || len(t.text) < 2 {
			continue
		}
		for from := range q {
			initials, joined := "", ""
			for to := from; to < len(q) && !usedQ[to] && len(initials) <= len(t.text); to++ {
				initials, joined = initials+q[to].text[:1], joined+q[to].text
				if to == from || (initials != t.text || len(t.text) < 3) && joined != t.text {
					continue
				}
				usedP[i] = true
				for k := from; k <= to; k++ {
					usedQ[k] = true
				}
				break
			}
			if usedP[i] {
				break
			}
		}
	}
}

func weight(ts []term) (w float64) {
	for _, t := range ts {
		w += t.weight
	}
	return w
}

// terms are the words of a name that tell: without links and legal forms, with
// common abbreviations in full. Words that many have, and that of the place, weigh
// less; the name of the place alone is that of the commune.
func terms(name string, places []string) []term {
	var out []term
	words := " " + strings.Join(Fold(strings.NewReplacer("&amp;", " ", "&", " ").Replace(name)), " ") + " "
	words = strings.NewReplacer(" hotel de ville ", " commune ", " conseil departemental ", " departement ", " conseil regional ", " region ").Replace(words)
	place := true
	for w := range strings.FieldsSeq(words) {
		for full := range strings.FieldsSeq(expanded(w)) {
			t := term{full, 1}
			switch {
			case slices.Contains(silent, full), slices.ContainsFunc(out, func(o term) bool { return o.text == full }):
				continue
			case slices.Contains(places, full):
				t.weight = 0.25
			case slices.Contains(common, full):
				t.weight, place = 0.5, false
			default:
				place = false
			}
			out = append(out, t)
		}
	}
	if place && len(out) > 0 {
		out = append(out, term{"commune", 0.5})
	}
	return out
}

// silent words tell nothing of which organisation it is.
var silent = strings.Fields(`a au aux d de des du en et l la le les sur sous pour par dans ou
	association asso assoc ass loi 1901 sarl sas sasu sa eurl sci scic scop snc gie gip epic epa federation feder
	siege antenne site local locale municipal municipale`)

// common words are in the names of many organisations of a place.
var common = strings.Fields(`centre maison espace service services france point relais pole social socioculturel culturel
	commune communaute communes agglomeration departement region departemental departementale regional regionale
	public publics publique numerique familial familiale action jeunes jeunesse culture info information informatique emploi insertion
	intercommunal intercommunale communal communale pays saint sainte mediatheque bibliotheque quartier mission foyer ecole college lycee
	accueil accompagnement permanence syndicat mixte`)

// expanded writes an abbreviation in full.
func expanded(w string) string {
	switch w {
	case "st":
		return "saint"
	case "ste":
		return "sainte"
	case "cc", "cdc", "comcom":
		return "communaute communes"
	case "ca":
		return "communaute agglomeration"
	case "agglo":
		return "agglomeration"
	case "ccas":
		return "centre communal action sociale"
	case "cias":
		return "centre intercommunal action sociale"
	case "mairie", "ville", "municipalite":
		return "commune"
	case "mfs":
		return "maison france services"
	case "efs":
		return "espace france services"
	case "mjc":
		return "maison jeunes culture"
	case "csc":
		return "centre social culturel"
	case "epn":
		return "espace public numerique"
	case "pij":
		return "point information jeunesse"
	case "mtp":
		return "maison pour tous"
	case "cs":
		return "centre social"
	case "ctre":
		return "centre"
	case "dpt", "dept", "cd":
		return "departement"
	case "socioculturelle", "socioculturel", "culturelle", "socio":
		return "culturel"
	case "sociale", "sociaux", "sociales":
		return "social"
	case "deux":
		return "2"
	case "trois":
		return "3"
	case "quatre":
		return "4"
	case "cinq":
		return "5"
	}
	return w
}

// sameWord forgives a letter in words of five and more, two in long ones, an s, and
// a word cut short: com for communes, F for Françoise.
func sameWord(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	switch {
	case a == b, a+"s" == b, a+"x" == b:
		return true
	case strings.ContainsAny(a+b, "0123456789"):
		return false
	case len(a) == 1, a == "com", len(a) >= 5 && len(b)-len(a) >= 3:
		return strings.HasPrefix(b, a)
	case len(a) >= 9:
		return edits(a, b, 2)
	case len(a) >= 5:
		return edits(a, b, 1)
	}
	return false
}

// edits says whether a becomes b by at most so many letters added, left out,
// replaced or exchanged with the next (optimal string alignment).
func edits(a, b string, most int) bool {
	const longest = 40
	if len(a)-len(b) > most || len(b)-len(a) > most || len(a) >= longest || len(b) >= longest || a[0] != b[0] && a[1] != b[1] {
		return false // of two that begin so differently
	}
	var rows [3][longest]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > most+1 {
			return false
		}
		before, last, row = last, row, before
	}
	return last[len(b)] <= most
}
