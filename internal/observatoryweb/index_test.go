package observatoryweb

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/atlas"
	"bassin/internal/browsertest"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func indexSite(t testing.TB) (http.Handler, *observatory.Observatory) {
	t.Helper()
	return observatorySite(t), (&observatory.Service{Unit: atlas.Unit}).Of(realdata.Snapshot(t))
}

// The page says what the index says: who comes first, how many, and of the
// reader's own territory its rank, its range and its components.
func TestThePageOfTheIndexSaysTheIndex(t *testing.T) {
	site, o := indexSite(t)
	x, err := o.Index(t.Context(), o.DefaultIndex(), observatory.IndexDraws, observatory.IndexSeed)
	if err != nil {
		t.Fatal(err)
	}
	basin, _ := o.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	i, ok := x.At(basin)
	if !ok {
		t.Fatal("Lannion has no rank")
	}
	low, high := ranks(x.Low[i], x.High[i])
	for address, own := range map[string]string{
		"/fragilite?t=bv:22113":    fmt.Sprintf("Rang %d sur 1 700", x.Rank[i]),
		"/en/fragility?t=bv:22113": fmt.Sprintf("Rank %d of 1,700", x.Rank[i]),
	} {
		d := read(t, site, address, http.StatusOK)
		first := x.Territories[x.Order()[0]]
		if answer := seen(d.Find("#essentiel")); !strings.Contains(answer, first.Name) || !strings.Contains(answer, strconv.Itoa(x.Always(170))) {
			t.Errorf("%s answers %q", address, answer)
		}
		section := strings.ReplaceAll(seen(d.Find("section[aria-labelledby=ici]")), "\u202f", " ")
		if !strings.Contains(section, own) || !strings.Contains(section, strconv.Itoa(low)) || !strings.Contains(section, strconv.Itoa(high)) {
			t.Errorf("%s says %q, want %s, %d and %d", address, section, own, low, high)
		}
		if n := d.Find("#composantes-ici tbody tr").Length(); n != len(x.Components) {
			t.Errorf("%s: %d bars of %d", address, n, len(x.Components))
		}
		if n := d.Find("#t-rangs tbody tr").Length(); n != indexRows {
			t.Errorf("%s: %d rows", address, n)
		}
		if n := d.Find("#t-composantes tbody tr").Length(); n != len(x.Components) {
			t.Errorf("%s: %d components in the method", address, n)
		}
		src, _ := d.Find("input[type=image]").First().Attr("src")
		if w := ask(site, src); w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s answers %d", src, w.Code)
		}
		if strings.Contains(strings.ToLower(seen(d.Find("article"))), "mediation places") {
			t.Errorf("%s speaks of listed places", address)
		}
	}
}

// What the form sends becomes the short address of the same index, which reads back.
func TestTheFormLeadsToAShortAddress(t *testing.T) {
	site, _ := indexSite(t)
	for sent, want := range map[string]string{
		"/fragilite?changer=1&niveau=bv&norme=percentile&moyenne=geometric&c.ftth=1&c.illectronisme=1&c.single_households=1&c.lone_parents=1&c.rsa_share=1&c.aah_share=1&c.jobseekers_share=1&c.france_services_km=1&a.networks=1&a.help=1": "/fragilite",
		"/fragilite?changer=1&niveau=epci&norme=min-max&moyenne=arithmetic&c.ftth=0&c.illectronisme=2,5&a.capability=3&plus=apl_gp&t=epci:200065928":                                                                                        "/fragilite?niveau=epci&composantes=illectronisme:2.5,apl_gp&poids=capability:3&norme=min-max&moyenne=arithmetic&t=epci%3A200065928",
		"/fragilite?t=22266": "/fragilite?t=bv%3A22266",
		"/en/fragility?changer=1&niveau=dep&norme=percentile&moyenne=geometric&c.ftth=1": "/en/fragility?niveau=dep&composantes=ftth",
	} {
		w := ask(site, sent)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("%s leads to %d %s, want %s", sent, w.Code, got, want)
			continue
		}
		read(t, site, want, http.StatusOK)
	}
}

func TestWhatIsWrongIsSaidAboveTheForm(t *testing.T) {
	site, _ := indexSite(t)
	for _, address := range []string{
		"/fragilite?composantes=mediation_places", "/en/fragility?composantes=ftth:x", "/fragilite?niveau=moon", "/fragilite?poids=moon:2", "/fragilite?norme=borda",
		"/fragilite?changer=1&niveau=bv&c.ftth=0", "/fragilite?niveau=bv&composantes=under_8&norme=robust&moyenne=arithmetic",
	} {
		d := read(t, site, address, http.StatusBadRequest)
		if d.Find("[role=alert] li").Length() != 1 || d.Find("form details[open]").Length() == 0 || d.Find("#t-rangs tbody tr").Length() == 0 {
			t.Errorf("%s does not say what is wrong above the default index", address)
		}
	}
}

func TestFindingOneself(t *testing.T) {
	site, _ := indexSite(t)
	for address, want := range map[string]string{
		"/fragilite?t=xqzwkv":                        "Rien ne répond",
		"/fragilite?niveau=commune&t=commune:22146":  "Pas de rang ici",
		"/fragilite?t=dep:22":                        "n’est pas au niveau affiché",
		"/en/fragility?niveau=commune&t=Saint-Denis": "which is yours",
	} {
		d := read(t, site, address, http.StatusOK)
		if text := seen(d.Find("section[aria-labelledby=ici]")); !strings.Contains(text, want) {
			t.Errorf("%s says %q, want %q", address, text, want)
		}
	}
	w := ask(site, "/fragilite/ici?w=560&x=280&y=200&niveau=dep")
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(got, "/fragilite?niveau=dep&t=dep%3A") {
		t.Errorf("a click leads to %d %s", w.Code, got)
	}
}

func TestTheTableTakenAwayIsWhole(t *testing.T) {
	site, o := indexSite(t)
	w := ask(site, "/en/fragility/csv?niveau=dep")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || w.Code != http.StatusOK {
		t.Fatal(w.Code, err)
	}
	if len(rows) != 1+len(o.France.Level(territory.Departement)) || rows[1][3] != "1" || rows[len(rows)-1][3] != "" {
		t.Errorf("%d rows, first %v, last %v", len(rows), rows[1], rows[len(rows)-1])
	}
}

// The page in a real browser, narrow and wide, in both languages, with and without
// scripts.
func TestTheIndexInABrowser(t *testing.T) {
	site, _ := indexSite(t)
	s := httptest.NewServer(site)
	t.Cleanup(s.Close)
	for i, c := range []struct {
		path string
		o    browsertest.Options
	}{
		{"/fragilite?t=bv:22113", browsertest.Options{Width: 1280, Height: 3200}},
		{"/en/fragility?niveau=epci&t=epci:200065928&composantes=ftth,illectronisme:2,age_75,apl_gp&norme=min-max", browsertest.Options{Width: 360, Height: 3200, NoScript: true, Dark: true}},
		{"/fragilite?composantes=mediation_places", browsertest.Options{Width: 1280, Height: 2600, Dark: true}},
		{"/en/fragility?niveau=dep&t=Guyane", browsertest.Options{Width: 1280, Height: 3200}},
	} {
		lookAt(t, s.URL, c.path, c.o, fmt.Sprintf("index%d", i))
	}
}
