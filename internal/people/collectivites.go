package people

import (
	"slices"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/territory"
)

// Collectivites returns the collectivités that govern a territory, as they stand
// in the snapshot: they are organisations that are there already, of version 0
// until something needs a row of them (see OrganisationStore.EnsureOrganisation).
//
// A commune, an intercommunalité, an établissement public territorial, a
// département and a région have one each; the levels of statistics (bassin de
// vie, zone d'emploi, …) have none. The département is not always a collectivité:
//
//   - Bas-Rhin and Haut-Rhin: the Collectivité européenne d'Alsace (CGCT L3431-1);
//   - Corsica, Martinique, Guyane, Mayotte: one collectivité instead of the
//     département and the région (CGCT L4421-1, L7211-1, L7111-1; loi 2025-797);
//   - Paris: the Ville de Paris is the commune and the département (CGCT L2512-1);
//   - Rhône: the Département du Rhône, and the Métropole de Lyon in its own
//     territory (CGCT L3611-1), so that the territory has two;
//   - overseas collectivities have one for the whole, which is also that of the
//     single "commune" of Saint-Barthélemy, of Saint-Martin and of the districts of
//     Wallis-et-Futuna; the Terres australes and Clipperton have none.
func Collectivites(f *territory.France, id territory.ID) []Organisation {
	t, ok := f.Territory(id)
	if !ok {
		return nil
	}
	if own := specialOf(id); own != "" {
		if own == none {
			return nil
		}
		return []Organisation{special(f, own)}
	}
	switch id.Level {
	case territory.Commune, territory.Region, territory.EPT, territory.EPCI:
		return []Organisation{ordinary(f, t)}
	case territory.Departement:
		out := []Organisation{ordinary(f, t)}
		if lyon, ok := f.Territory(metropoleDeLyon); ok && id.Code == "69" {
			out = append(out, ordinary(f, lyon))
		}
		return out
	}
	return nil
}

// CollectiviteByID finds the collectivité of that organisation id.
func CollectiviteByID(f *territory.France, id string) (Organisation, bool) {
	for _, s := range specials {
		if s.id == id && id != none {
			return special(f, id), true
		}
	}
	level, code, _ := strings.Cut(id, "-")
	t, ok := territory.ParseID(level + ":" + code)
	if !ok {
		return Organisation{}, false
	}
	for _, o := range Collectivites(f, t) {
		if o.ID == id {
			return o, true
		}
	}
	return Organisation{}, false
}

// CollectiviteBySIREN finds the commune or the intercommunalité of that number.
func CollectiviteBySIREN(f *territory.France, siren string) (Organisation, bool) {
	for _, l := range []territory.Level{territory.EPCI, territory.EPT} {
		if t, ok := f.Territory(territory.ID{Level: l, Code: siren}); ok {
			return ordinary(f, t), true
		}
	}
	for n := range int32(f.Len()) { //nolint:gosec // some 35,000 communes
		if c := f.Commune(n); c.Siren == siren && siren != "" {
			o := Collectivites(f, territory.ID{Level: territory.Commune, Code: c.Code})
			return o[0], true
		}
	}
	return Organisation{}, false
}

// IsCollectiviteID says whether an organisation id is that of a collectivité of
// the snapshot: those made by people have no hyphen.
func IsCollectiviteID(id string) bool { return strings.Contains(id, "-") }

var metropoleDeLyon = territory.ID{Level: territory.EPCI, Code: "200046977"}

// ordinary is the collectivité of a territory that has one of its own.
func ordinary(f *territory.France, t *territory.Territory) Organisation {
	o := Organisation{
		ID: string(t.Level) + "-" + t.Code, State: OrganisationActive,
		Territories: []territory.ID{t.ID}, Vintage: f.Vintage(),
	}
	switch t.Level {
	case territory.Commune:
		c := f.Commune(t.Communes()[0])
		o.Kind, o.Name = KindCommune, "Commune "+i18n.FrenchOf(c.Name, c.Article)
		o.SIREN, o.Commune = c.Siren, c.Code
		if len(c.PostalCodes) == 1 {
			o.PostalCode = c.PostalCodes[0]
		}
		if c.Code == "75056" {
			o.Kind, o.Name = KindSpecial, "Ville de Paris"
		}
	case territory.EPCI, territory.EPT:
		o.Kind, o.SIREN = KindEPCI, t.Code
		o.Name, o.ShortName = epciName(t)
		if t.ID == metropoleDeLyon {
			o.Kind = KindSpecial
		}
	case territory.Departement:
		o.Kind, o.Name = KindDepartement, "Département "+i18n.FrenchOf(t.Name, int8(t.Article))
	case territory.Region:
		o.Kind, o.Name = KindRegion, "Région "+t.Name
	}
	return o
}

// epciName writes in full the kind that published names start with, where the
// name does not say it already, and takes apart the initials they end with: "CC du
// Kreiz-Breizh (CCKB)".
func epciName(t *territory.Territory) (name, short string) {
	name = tidy(t.Name)
	for strings.Count(name, "''") >= 2 { // the source writes quotes as two apostrophes
		name = strings.Replace(strings.Replace(name, "''", "«\u00a0", 1), "''", "\u00a0»", 1)
	}
	if before, after, ok := strings.Cut(strings.TrimSuffix(name, ")"), " ("); ok && strings.HasSuffix(name, ")") && !strings.Contains(after, " ") {
		name, short = before, after
	}
	kind, rest, ok := strings.Cut(name, " ")
	if !ok || kind != t.Type {
		return name, short
	}
	linked := slices.ContainsFunc([]string{"de ", "du ", "des ", "d'", "d’"}, func(p string) bool { return strings.HasPrefix(rest, p) })
	folded := Fold(rest)
	for _, w := range []string{"communaute", "agglomeration", "agglo", "metropole", "intercommunale", "intercommunalite"} {
		if !linked && slices.Contains(folded, w) {
			return i18n.Upper(rest), short
		}
	}
	full := map[string]string{"CC": "Communauté de communes ", "CA": "Communauté d’agglomération ", "CU": "Communauté urbaine "}[kind]
	if full == "" {
		return name, short
	}
	return full + rest, short
}

// none stands for "governed by no collectivité".
const none = "-"

// specials are the collectivités that are those of no single commune,
// intercommunalité, département or région, and the territories they govern.
var specials = []struct {
	id, name, short string
	governs         []string // those it acts in first
	acts            int      // how many of them it acts in; the rest are names of the same places
}{
	{"special-alsace", "Collectivité européenne d’Alsace", "CeA", []string{"dep:67", "dep:68"}, 2},
	{"special-corse", "Collectivité de Corse", "", []string{"reg:94", "dep:2A", "dep:2B"}, 1},
	{"special-martinique", "Collectivité territoriale de Martinique", "CTM", []string{"reg:02", "dep:972"}, 1},
	{"special-guyane", "Collectivité territoriale de Guyane", "CTG", []string{"reg:03", "dep:973"}, 1},
	{"special-mayotte", "Département-Région de Mayotte", "", []string{"reg:06", "dep:976"}, 1},
	{"special-saint-pierre-et-miquelon", "Collectivité territoriale de Saint-Pierre-et-Miquelon", "", []string{"dep:975", "reg:975"}, 1},
	{"special-saint-barthelemy", "Collectivité de Saint-Barthélemy", "", []string{"dep:977", "reg:977", "commune:97701"}, 1},
	{"special-saint-martin", "Collectivité de Saint-Martin", "", []string{"dep:978", "reg:978", "commune:97801"}, 1},
	{"special-wallis-et-futuna", "Territoire des îles Wallis et Futuna", "", []string{"dep:986", "reg:986", "commune:98611", "commune:98612", "commune:98613"}, 1},
	{"special-polynesie-francaise", "Polynésie française", "", []string{"dep:987", "reg:987"}, 1},
	{"special-nouvelle-caledonie", "Nouvelle-Calédonie", "", []string{"dep:988", "reg:988"}, 1},
	{"commune-75056", "", "", []string{"dep:75"}, 0},
	{none, "", "", []string{"dep:984", "reg:984", "commune:98411", "commune:98412", "commune:98413", "commune:98414", "commune:98415",
		"dep:989", "reg:989", "commune:98901"}, 0},
}

// specialOf names the collectivité that governs a territory in place of its own.
func specialOf(id territory.ID) string {
	for _, s := range specials {
		if slices.Contains(s.governs, id.String()) {
			return s.id
		}
	}
	return ""
}

func special(f *territory.France, id string) Organisation {
	for _, s := range specials {
		switch {
		case s.id != id:
		case s.name == "": // Paris
			t, _ := f.Territory(territory.ID{Level: territory.Commune, Code: strings.TrimPrefix(id, "commune-")})
			return ordinary(f, t)
		default:
			o := Organisation{ID: s.id, Kind: KindSpecial, Name: s.name, ShortName: s.short, State: OrganisationActive, Vintage: f.Vintage()}
			for _, g := range s.governs[:s.acts] {
				t, _ := territory.ParseID(g)
				o.Territories = append(o.Territories, t)
			}
			return o
		}
	}
	return Organisation{}
}
