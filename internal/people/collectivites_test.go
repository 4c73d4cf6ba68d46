package people_test

import (
	"slices"
	"strings"
	"testing"

	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func TestCollectivites(t *testing.T) {
	f := realdata.Snapshot(t).France
	for _, c := range []struct {
		of   string
		want string // id, kind, name, short name, SIREN; several after " + "
	}{
		{"commune:22266", "commune-22266|commune|Commune de Rostrenen||212202667"},
		{"commune:76351", "commune-76351|commune|Commune du Havre||217603513"},
		{"commune:2A004", "commune-2A004|commune|Commune d’Ajaccio||212000046"},
		{"commune:97411", "commune-97411|commune|Commune de Saint-Denis||219740115"},
		{"commune:29155", "commune-29155|commune|Commune d’Ouessant||212901557"}, // an island without EPCI
		{"commune:75056", "commune-75056|particulier|Ville de Paris||217500016"},
		{"dep:75", "commune-75056|particulier|Ville de Paris||217500016"},
		{"epci:200067981", "epci-200067981|epci|Guingamp-Paimpol Agglomération de l'Armor à l'Argoat||200067981"},
		{"epci:246900575", "epci-246900575|epci|Communauté de communes de l'Est Lyonnais|CCEL|246900575"},
		{"epci:200046977", "epci-200046977|particulier|Métropole de Lyon||200046977"},
		{"ept:200057867", "ept-200057867|epci|Plaine Commune||200057867"},
		{"dep:22", "dep-22|departement|Département des Côtes-d'Armor||"},
		{"dep:29", "dep-29|departement|Département du Finistère||"},
		{"dep:02", "dep-02|departement|Département de l’Aisne||"},
		{"dep:90", "dep-90|departement|Département du Territoire de Belfort||"},
		{"dep:69", "dep-69|departement|Département du Rhône|| + epci-200046977|particulier|Métropole de Lyon||200046977"},
		{"dep:67", "special-alsace|particulier|Collectivité européenne d’Alsace|CeA|"},
		{"dep:68", "special-alsace|particulier|Collectivité européenne d’Alsace|CeA|"},
		{"reg:44", "reg-44|region|Région Grand Est||"},
		{"reg:53", "reg-53|region|Région Bretagne||"},
		{"dep:2A", "special-corse|particulier|Collectivité de Corse||"},
		{"reg:94", "special-corse|particulier|Collectivité de Corse||"},
		{"dep:972", "special-martinique|particulier|Collectivité territoriale de Martinique|CTM|"},
		{"reg:03", "special-guyane|particulier|Collectivité territoriale de Guyane|CTG|"},
		{"dep:971", "dep-971|departement|Département de la Guadeloupe||"},
		{"reg:01", "reg-01|region|Région Guadeloupe||"},
		{"dep:976", "special-mayotte|particulier|Département-Région de Mayotte||"},
		{"dep:977", "special-saint-barthelemy|particulier|Collectivité de Saint-Barthélemy||"},
		{"commune:97701", "special-saint-barthelemy|particulier|Collectivité de Saint-Barthélemy||"},
		{"commune:98735", "commune-98735|commune|Commune de Papeete||"},
		{"commune:98613", "special-wallis-et-futuna|particulier|Territoire des îles Wallis et Futuna||"},
		{"dep:984", ""}, {"commune:98901", ""}, {"commune:98412", ""},
		{"bv:22266", ""}, {"ze:5301", ""}, {"arr:221", ""}, {"pays:FR", ""}, {"commune:99999", ""}, {"arm:75101", ""},
	} {
		id, _ := territory.ParseID(c.of)
		var got []string
		for _, o := range people.Collectivites(f, id) {
			got = append(got, strings.Join([]string{o.ID, string(o.Kind), o.Name, o.ShortName, o.SIREN}, "|"))
		}
		if s := strings.Join(got, " + "); s != c.want {
			t.Errorf("%s is governed by %q, want %q", c.of, s, c.want)
		}
	}
}

// Every commune and intercommunalité of the country has a number that is right and
// leads back to it; every collectivité is what a service would keep.
func TestEveryCollectivite(t *testing.T) {
	f := realdata.Snapshot(t).France
	seen := map[string]people.Organisation{}
	for _, l := range []territory.Level{territory.Commune, territory.EPCI, territory.EPT, territory.Departement, territory.Region} {
		for _, u := range f.Level(l) {
			for _, o := range people.Collectivites(f, u.ID) {
				seen[o.ID] = o
			}
		}
	}
	if len(seen) < 36000 {
		t.Fatalf("only %d collectivités", len(seen))
	}
	numbers := map[string]string{}
	for id, o := range seen {
		again, ok := people.CollectiviteByID(f, id)
		if !ok || again.Name != o.Name || !slices.Equal(again.Territories, o.Territories) {
			t.Errorf("%s leads to %+v", id, again)
		}
		if !people.IsCollectiviteID(id) || o.Version != 0 {
			t.Errorf("%s: %+v", id, o)
		}
		tidied, err := o.Tidied(f)
		if err != nil || len(o.Differs(&tidied)) > 0 {
			t.Errorf("%s would be kept otherwise: %v, %v", id, o.Differs(&tidied), err)
		}
		if o.SIREN != "" {
			if other := numbers[o.SIREN]; other != "" {
				t.Errorf("%s and %s have the number %s", id, other, o.SIREN)
			}
			numbers[o.SIREN] = id
		}
	}
	for _, siren := range []string{"212202667", "200067981", "200057867", "217500016", "200046977"} {
		if o, ok := people.CollectiviteBySIREN(f, siren); !ok || o.ID != numbers[siren] {
			t.Errorf("%s is %s, want %s", siren, o.ID, numbers[siren])
		}
	}
	for _, siren := range []string{"", "443157722"} {
		if o, ok := people.CollectiviteBySIREN(f, siren); ok {
			t.Errorf("%q is %s", siren, o.ID)
		}
	}
	for _, id := range []string{"", "-", "commune-99999", "bv-22266", "dep-67", "special-x", "00112233445566aa", "commune", "pays-FR"} {
		if o, ok := people.CollectiviteByID(f, id); ok {
			t.Errorf("%q is %s", id, o.Name)
		}
	}
}
