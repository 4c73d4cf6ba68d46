package atlasweb

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// says looks for sentences in the main part of a page, whatever their spaces.
func says(t *testing.T, v *visitor, address string, yes, no []string) {
	t.Helper()
	text := spaced(seen(v.get(address, http.StatusOK).Find("main")))
	for _, s := range yes {
		if !strings.Contains(text, spaced(s)) {
			t.Errorf("%s does not say %q", address, s)
		}
	}
	for _, s := range no {
		if strings.Contains(text, spaced(s)) {
			t.Errorf("%s says %q", address, s)
		}
	}
}

// The list of priority districts reaches some collectivities: it is not hidden
// with the programmes that do not.
func TestDistrictsOfOverseasCollectivitiesAreShown(t *testing.T) {
	v := newVisitor(t)
	for _, address := range []string{"/commune/98735", "/commune/97801", "/dep/987", "/en/commune/97801"} {
		d := v.get(address, http.StatusOK)
		if d.Find(`#programmes a[href*="/qpv/QN9"]`).Length() == 0 {
			t.Errorf("%s shows no priority district", address)
		}
	}
	says(t, v, "/commune/97502", []string{"Les programmes suivis ici ne sont pas renseignés"}, []string{"quartiers prioritaires (liste"})
}

func TestOneMemberIsCountedInTheSingular(t *testing.T) {
	v := newVisitor(t)
	for _, address := range []string{"/dep/22?unite=bv", "/reg/53?unite=bv", "/en/reg/53?unite=bv", "/dep/22?unite=epci"} {
		says(t, v, address, []string{", 1 commune "}, []string{" 1 communes", " 1 habitants", " 1 inhabitants", " 1 quartiers"})
	}
}

func TestOldCodesOfCollectivitiesLeadToThem(t *testing.T) {
	v := newVisitor(t)
	for old, today := range map[string]string{"97123": "97701", "97127": "97801"} {
		w := v.do(httptest.NewRequest(http.MethodGet, "/commune/"+old, nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusMovedPermanently || got != "/commune/"+today+"?depuis="+old {
			t.Errorf("/commune/%s: %d %s", old, w.Code, got)
		}
		says(t, v, "/commune/"+today+"?depuis="+old, []string{"23 février 2007", old}, []string{"n’est pas suivie"})
	}
}

// The head of a page and the end of its series are of two editions of the census.
func TestHeadlineAndSeriesAreToldApart(t *testing.T) {
	v := newVisitor(t)
	says(t, v, "/commune/22113", []string{"Cette série s’arrête à l’édition 2022 du recensement. L’édition 2023, plus récente, compte 20 315 habitants, soit −1,0 % de 2022 à 2023."}, nil)
	says(t, v, "/en/commune/22113", []string{"The 2023 edition, more recent, counts 20,315 inhabitants"}, nil)
	says(t, v, "/commune/98735", []string{"Année et source propres à chaque collectivité."}, []string{"Source : Insee, recensements"})
	says(t, v, "/dep/987", []string{"Année et source propres à chaque collectivité."}, nil)
}

func TestFranceSaysWhatItLeavesOut(t *testing.T) {
	v := newVisitor(t)
	says(t, v, "/pays/FR", []string{"Les 94 communes des 8 collectivités d’outre-mer sont comptées à part", "la série de 32 communes, dont 17 à Mayotte", "Entre 2006 et 2022, la population a augmenté"}, nil)
	if v.get("/pays/FR", http.StatusOK).Find(`#population a[href="/dep/987"]`).Length() == 0 {
		t.Error("the collectivities are not led to")
	}
}

func TestLicencesAreNamedInWords(t *testing.T) {
	v := newVisitor(t)
	says(t, v, "/commune/98735", []string{"Licence Ouverte 2.0", "ODbL 1.0"}, []string{"etalab", "ODbL-1.0"})
}

func TestPartsTakeTheArticleOfTheirCommune(t *testing.T) {
	f := realdata.Snapshot(t).France
	at := slices.IndexFunc(f.Level(territory.Commune), func(u *territory.Territory) bool { return u.Name == "Le Mené" })
	parts := slices.DeleteFunc(slices.Clone(f.Parts(int32(at))), func(p territory.PartRow) bool { return p.Code == "22046" })
	v := newVisitor(t)
	says(t, v, "/commune/22046?depuis="+parts[0].Code, []string{"commune déléguée du Mené"}, []string{"déléguée de Le"})
}

func TestSetsAreAroundOnlyWhatIsNear(t *testing.T) {
	v := newVisitor(t)
	for address, want := range map[string]string{
		"/set/22113,22278": "2 communes, dont Saint-Brieuc",
		"/set/22278,22215": "2 communes autour de Saint-Brieuc",
	} {
		if got := seen(v.get(address, http.StatusOK).Find("main h1")); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestPagesListOnlyTheSourcesTheyShow(t *testing.T) {
	v := newVisitor(t)
	for address, most := range map[string]int{"/commune/97701": 4, "/qpv/QN02201M": 9} {
		if n := v.get(address, http.StatusOK).Find("#sources p.source").Length(); n == 0 || n > most {
			t.Errorf("%s lists %d sources", address, n)
		}
	}
	says(t, v, "/qpv/QN02201M", []string{"Le quartier dans sa commune."}, []string{"Les mêmes en tableau"})
	says(t, v, "/arm/75111", []string{"L’arrondissement dans sa commune."}, nil)
}
