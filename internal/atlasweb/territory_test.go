package atlasweb

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// judged are the territories on which pages are looked at: ordinary ones, and
// every kind of exception.
var judged = []string{
	"/commune/22146", "/commune/22278", "/bv/22113", "/commune/75056", "/bv/75056", "/arm/75111", "/dep/2A", "/reg/53", "/pays/FR", "/epci/200065928",
	"/qpv/QN02201M", "/ti/ti-5304", "/commune/97411", "/commune/97502", "/commune/98735", "/commune/22016", "/commune/55039", "/set/22113,22278",
	"/dep/975", "/dep/976", "/reg/04", "/bv/34003", "/ze/5315", "/aav/001", "/uu/00851", "/ept/200057867", "/arr/221", "/commune/93066", "/commune/85194",
}

func TestGoldenFactsOfTerritoryPages(t *testing.T) {
	v := newVisitor(t)
	for _, c := range []struct {
		address, title string
		says           []string // in the main part
		lies           []string // must not be there
		action         string
	}{
		{"/commune/22146", "Mellionnec", []string{"Mellionnec vit au quotidien dans le bassin de vie de Rostrenen : 24 communes, 18 577 habitants.", "443 habitants", "recensement de 2023", "FRR+", "Aucun quartier prioritaire", "Rural à habitat très dispersé", "22110", "24,2 km²"}, []string{"Ce qui le compose"}, "/bv/22266"},
		{"/en/commune/22146", "Mellionnec", []string{"Day to day, Mellionnec lives in the living basin of Rostrenen: 24 communes, 18,577 inhabitants.", "No priority district", "Rural, very scattered housing"}, nil, "/en/bv/22266"},
		{"/commune/22278", "Saint-Brieuc", []string{"Saint-Brieuc est au centre du bassin de vie qui porte son nom", "3 quartiers prioritaires", "Action cœur de ville", "chef-lieu de département"}, nil, "/bv/22278"},
		{"/bv/22113", "Bassin de vie de Lannion", []string{"réunit 26 communes et 64 553 habitants", "Son périmètre tient dans les Côtes-d'Armor et dans la communauté d’agglomération Lannion-Trégor Communauté.", "5 cantons", "4 sur 5 débordent", "Perros-Guirec", "1 commune est hors de l’attraction des villes"}, []string{"à cheval sur 1"}, ""},
		{"/en/bv/22113", "Living basin of Lannion", []string{"brings together 26 communes and 64,553 inhabitants", "Its perimeter lies in Côtes-d'Armor"}, nil, ""},
		{"/commune/75056", "Paris", []string{"Paris fait partie de la métropole du Grand Paris : 130 communes", "le bassin de vie de Paris : 439 communes", "20 arrondissements municipaux", "21 quartiers prioritaires"}, []string{"Toutes les communes en fichier"}, "/epci/200054781"},
		{"/commune/93066", "Saint-Denis", []string{"fait partie de Plaine Commune"}, nil, "/ept/200057867"},
		{"/bv/75056", "Bassin de vie de Paris", []string{"439 communes", "elles sont d’abord regroupées", "à cheval sur 8 départements"}, nil, ""},
		{"/arm/75111", "Paris 11e Arrondissement", []string{"est un arrondissement de Paris : 138 170 habitants", "nos sources ne suivent que la commune entière"}, []string{"Programmes"}, "/commune/75056"},
		{"/dep/2A", "Corse-du-Sud", []string{"La Corse-du-Sud réunit 124 communes", "Région : Corse."}, nil, ""},
		{"/dep/22", "Côtes-d'Armor", []string{"Les Côtes-d'Armor réunissent 344 communes"}, nil, ""},
		{"/reg/53", "Bretagne", []string{"La Bretagne réunit 1 202 communes", "Elle compte 4 départements", "14 sur 135 débordent"}, nil, ""},
		{"/reg/04", "La Réunion", []string{"24 communes", "le même territoire"}, nil, ""},
		{"/pays/FR", "France", []string{"34 875 communes", "1 707 bassins de vie", "101 départements", "Mayotte"}, []string{"À quoi il appartient"}, ""},
		{"/epci/200065928", "Lannion-Trégor Communauté", []string{"La communauté d’agglomération Lannion-Trégor Communauté réunit 57 communes"}, nil, ""},
		{"/qpv/QN02201M", "Ar Santé - Les Fontaines", []string{"quartier prioritaire de la politique de la ville, à Lannion", "Aucun chiffre n’est publié ici pour ce quartier"}, []string{"habitants au départ", "Son poids", "Ce qui le compose"}, "/commune/22113"},
		{"/ti/ti-5304", "Territoire d’industrie Lannion-Trégor", []string{"57 communes", "101 029 habitants"}, nil, ""},
		{"/commune/97411", "Saint-Denis", []string{"La Réunion", "chef-lieu de région"}, nil, ""},
		{"/commune/97502", "Saint-Pierre", []string{"est une commune de Saint-Pierre-et-Miquelon", "L’Insee n’a pas dessiné de bassins de vie", "OpenStreetMap", "Les programmes suivis ici ne sont pas renseignés"}, []string{"Aucun quartier prioritaire", "chef-lieu de région"}, ""},
		{"/commune/98735", "Papeete", []string{"de la Polynésie française", "26 654 habitants"}, nil, ""},
		{"/commune/22016", "Île-de-Bréhat", []string{"n’appartient à aucune intercommunalité", "Aucune intercommunalité."}, nil, "/bv/22162"},
		{"/commune/55039", "Beaumont-en-Verdunois", []string{"Ce zéro est un vrai zéro"}, []string{"par an", "−100"}, ""},
		{"/commune/85194", "Les Sables-d'Olonne", []string{"Les Sables-d'Olonne sont au centre"}, nil, "/bv/85194"},
		{"/set/22113,22278", "2 communes, dont Saint-Brieuc", []string{"Ce territoire sur mesure réunit 2 communes", "Modifier ce périmètre"}, nil, ""},
		{"/en/set/22113,22278", "2 communes, including Saint-Brieuc", []string{"Change this perimeter"}, nil, ""},
		{"/dep/976", "Mayotte", []string{"recensement de 2017"}, nil, ""},
		{"/commune/22209", "Beaussais-sur-Mer", []string{"1er janvier 2017", "Plessix-Balisson, Ploubalay et Trégon se réunissent sous le nom de Beaussais-sur-Mer.", "Communes déléguées"}, nil, ""},
		{"/commune/22113?depuis=22017", "Lannion", []string{"Brélévenez (22017) fait partie de Lannion depuis le 27 avril 1961."}, nil, ""},
		{"/commune/22209?depuis=22192", "Beaussais-sur-Mer", []string{"Plessix-Balisson (22192) est une commune déléguée de Beaussais-sur-Mer depuis le 1er janvier 2017"}, nil, ""},
		{"/commune/22113?depuis=%3Cscript%3E", "Lannion", nil, []string{"script"}, ""},
	} {
		d := v.get(c.address, http.StatusOK)
		if got := seen(d.Find("main h1")); got != c.title {
			t.Errorf("%s: title %q, want %q", c.address, got, c.title)
		}
		// Fields makes plain spaces of the no-break ones; the rest must be as written.
		text := seen(d.Find("main"))
		for _, s := range c.says {
			if !strings.Contains(text, strings.Join(strings.Fields(s), " ")) && !strings.Contains(spaced(text), spaced(s)) {
				t.Errorf("%s does not say %q", c.address, s)
			}
		}
		for _, s := range c.lies {
			if strings.Contains(spaced(text), spaced(s)) {
				t.Errorf("%s says %q", c.address, s)
			}
		}
		if got := href(d.Find(".territory .action a")); c.action != "" && got != c.action {
			t.Errorf("%s: main action leads to %q, want %q", c.address, got, c.action)
		}
		if strings.Contains(text, "⟦") {
			t.Errorf("%s shows a missing key", c.address)
		}
	}
}

// spaced makes ordinary spaces of every kind of space.
func spaced(s string) string {
	return strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(s)
}

func TestOldCodesLeadToToday(t *testing.T) {
	v := newVisitor(t)
	for _, c := range []struct{ address, to string }{
		{"/commune/22017", "/commune/22113?depuis=22017"},
		{"/en/commune/22017", "/en/commune/22113?depuis=22017"},
		{"/commune/22357", "/commune/22209?depuis=22357"}, // commune déléguée
		{"/commune/75111", "/arm/75111"},
		{"/commune/2a004", "/commune/2A004"},
		{"/dep/2b", "/dep/2B"},
		{"/qpv/qn02201m", "/qpv/QN02201M"},
	} {
		w := v.do(httptest.NewRequest(http.MethodGet, c.address, nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || got != c.to {
			t.Errorf("%s: %d %s, want %s", c.address, w.Code, got, c.to)
		}
	}
	w := v.do(httptest.NewRequest(http.MethodGet, "/set/bv:22113", nil))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/bv/22113" {
		t.Errorf("a set that is a published territory: %d %s", w.Code, w.Header().Get("Location"))
	}
}

func TestCommunesThatWereSplitListWhatTheyBecame(t *testing.T) {
	v, f, found := newVisitor(t), realdata.Snapshot(t).France, 0
	for _, old := range []string{"08227", "45117", "51385", "51606", "97123", "97127", "22008"} {
		today := f.Current(old)
		if len(today) < 2 {
			continue
		}
		found++
		d := v.get("/commune/"+old, http.StatusOK)
		if n := d.Find("main li a").Length(); n != len(today) {
			t.Errorf("/commune/%s lists %d communes, want %d", old, n, len(today))
		}
	}
	if found == 0 {
		t.Error("no code of the sample became several communes: choose others")
	}
}

func TestWrongCodesAreHelped(t *testing.T) {
	v := newVisitor(t)
	for _, c := range []struct{ address, near string }{
		{"/bv/22146", "/bv/22266"},            // a commune that is no pole: its basin
		{"/commune/22114x", "/commune/22114"}, // one character too many
		{"/epci/200065982", "/epci/200065928"},
		{"/dep/022", "/dep/22"},
		{"/en/bv/22146", "/en/bv/22266"},
	} {
		d := v.get(c.address, http.StatusNotFound)
		var near []string
		d.Find("main li a").Each(func(_ int, s *goquery.Selection) { near = append(near, href(s)) })
		if !slices.Contains(near, c.near) {
			t.Errorf("%s offers %v, not %s", c.address, near, c.near)
		}
	}
	for _, address := range []string{"/commune/99999", "/qpv/zzz", "/set/zzzzzzzzzz", "/set/99999", "/liste/planete", "/liste/bv?dep=999", "/pays/DE", "/bv/" + strings.Repeat("9", 300)} {
		if v.get(address, http.StatusNotFound).Find("main form[role=search], main .search, .top .search").Length() == 0 {
			t.Errorf("%s has no search", address)
		}
	}
	for _, address := range []string{"/set/~22113", "/set/22113~22113", "/set/qpv:QN02201M,22113"} {
		v.get(address, http.StatusBadRequest)
	}
}

// TestEveryLinkAnswers follows the links inside the product of the pages looked
// at: each once, a sample of those to one level.
func TestEveryLinkAnswers(t *testing.T) {
	v := newVisitor(t)
	asked := map[string]bool{}
	level := map[string]int{}
	follow := func(from, to string) {
		to, _, _ = strings.Cut(to, "#")
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || !strings.HasPrefix(to, "/") || asked[to] || elsewhere(u.Path) {
			return
		}
		asked[to] = true
		kind := strings.Join(strings.SplitAfterN(strings.TrimPrefix(u.Path, "/en"), "/", 3)[:2], "") + u.Query().Get("tri") + u.Query().Get("unite")
		if level[kind]++; level[kind] > 6 {
			return
		}
		if w := v.do(httptest.NewRequest(http.MethodGet, to, nil)); w.Code != http.StatusOK {
			t.Errorf("%s links to %s, which answers %d", from, to, w.Code)
		}
	}
	for _, page := range judged {
		for _, address := range []string{page, "/en" + page} {
			d := v.get(address, http.StatusOK)
			d.Find("main a[href], .crumbs a[href]").Each(func(_ int, s *goquery.Selection) {
				to := href(s)
				if anchor, ok := strings.CutPrefix(to, "#"); ok && d.Find("[id='"+anchor+"']").Length() != 1 {
					t.Errorf("%s links to #%s, which is not on the page", address, anchor)
				}
				follow(address, to)
			})
			ids := map[string]bool{}
			d.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				id, _ := s.Attr("id")
				if ids[id] {
					t.Errorf("%s has the id %q twice", address, id)
				}
				ids[id] = true
			})
		}
	}
	if len(asked) < 1000 {
		t.Errorf("only %d links", len(asked))
	}
}

// elsewhere says whether another room answers at that address.
func elsewhere(path string) bool {
	path = strings.TrimPrefix(path, "/en")
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/donnees") || strings.HasPrefix(path, "/data")
}

// TestPagesSayWhatTheyKnow checks, on one territory of each level and more, that
// no page fails in a section, and that a perimeter's parts add up.
func TestNoSectionFails(t *testing.T) {
	v, f := newVisitor(t), realdata.Snapshot(t).France
	for _, l := range territory.Levels {
		all := f.Level(l)
		for i := 0; i < len(all); i += 1 + len(all)/6 {
			d := v.get(all[i].Path(), http.StatusOK)
			if text := d.Find("main").Text(); strings.Contains(text, "n’a pas pu") || strings.Contains(text, "⟦") || strings.Contains(text, "NaN") {
				t.Errorf("%s: a section failed", all[i].Path())
			}
			if d.Find(".part").Length() < 3 {
				t.Errorf("%s has %d sections", all[i].Path(), d.Find(".part").Length())
			}
		}
	}
}

func TestWeight(t *testing.T) {
	v := newVisitor(t)
	for _, page := range judged {
		r := httptest.NewRequest(http.MethodGet, page, nil)
		r.Header.Set("Accept-Encoding", "br")
		w := v.do(r)
		// Style, script and icon of the site weigh under 12 KB together.
		if n := w.Body.Len(); n > 48_000 {
			t.Errorf("%s weighs %d bytes", page, n)
		}
	}
}

func BenchmarkTerritoryPage(b *testing.B) {
	v := newVisitor(b)
	for _, page := range []string{"/commune/22146", "/bv/22113", "/bv/75056", "/dep/22", "/reg/75", "/pays/FR", "/liste/bv", "/liste/commune?tri=population"} {
		b.Run(page[1:], func(b *testing.B) {
			for b.Loop() {
				if w := v.do(httptest.NewRequest(http.MethodGet, page, nil)); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
