package observatoryweb

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"bassin/internal/browsertest"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// inOrder looks for the first of each text in a page, which must be there.
func inOrder(t *testing.T, address, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		_, rest, ok := strings.Cut(text, p)
		if !ok {
			t.Errorf("%s: %q is missing, or comes too early", address, p)
			return
		}
		text = rest
	}
}

func TestDiagnosisPage(t *testing.T) {
	site := observatorySite(t)
	d := read(t, site, "/bv/22266/diagnostic", http.StatusOK)
	inOrder(t, "Rostrenen", seen(d.Find("main")), "Bassin de vie de Rostrenen", "24 communes", "4 intercommunalités", "2 départements", "Chiffres de",
		"Entre", "personnes de 15 ans ou plus", "Là où elles seraient les plus nombreuses : Rostrenen", "1 France services à guichet fixe et 1 itinérante",
		"Le besoin et l’aide sur la carte", "Les lieux d’aide", "France services de Rostrenen", "lundi", "Signaler une erreur", "Où aller d’abord", "Saint-Nicolas-du-Pélem",
		"Douze chiffres", "Illectronisme", "médiane", "Réseaux", "Donnée absente", "Communes très peu denses", "Limites et sources")
	if n := d.Find(".twelve .figure").Length(); n == 0 || n > 12 {
		t.Errorf("%d figures", n)
	}
	d.Find(".twelve .figure").Each(func(_ int, f *goquery.Selection) {
		for _, part := range []string{".sentence", ".value strong", ".source"} {
			if seen(f.Find(part)) == "" {
				t.Errorf("a figure has no %s: %s", part, seen(f))
			}
		}
	})
	if h, _ := d.Find(`a[href^="mailto:"]`).Attr("href"); !strings.HasPrefix(h, "mailto:contact@example.fr?subject=") {
		t.Errorf("the report goes to %q", h)
	}
	en := read(t, site, "/en/bv/22266/diagnosis", http.StatusOK)
	inOrder(t, "Rostrenen in English", seen(en.Find("main")), "24 communes", "4 intercommunalities", "Between", "people aged 15 or over", "an estimate, not a count",
		"Need and help on the map", "Places of help", "Where to go first", "Twelve figures", "Networks", "No data", "Limits and sources")
}

func TestDiagnosisWhereFiguresAreMissing(t *testing.T) {
	site := observatorySite(t)
	for address, want := range map[string]string{
		"/dep/976/diagnostic":                   "n’est pas estimé ici",
		"/commune/97701/diagnostic":             "ne couvre pas ce territoire",
		"/commune/55039/diagnostic":             "n’est pas estimé ici",
		"/bv/97105/diagnostic":                  "Outre-mer, plusieurs sources manquent",
		"/arm/75101/diagnostic":                 "Entre",
		"/pays/FR/diagnostic":                   "France services à guichet fixe",
		"/bv/75056/diagnostic":                  "par territoire (intercommunalités)",
		"/set/22113,22278/diagnostic":           "2 communes, dont Saint-Brieuc",
		"/commune/29155/diagnostic":             "Ouessant",
		"/ze/5311/diagnostic":                   "Zone d’emploi",
		"/dep/2A/diagnostic":                    "Corse-du-Sud",
		"/set/bv:22113~22113/diagnostic":        "25 communes",
		"/epci/200065928/diagnostic?lieux=tous": "Lannion-Trégor",
	} {
		if d := read(t, site, address, http.StatusOK); !strings.Contains(seen(d.Find("main")), want) {
			t.Errorf("%s does not say %q", address, want)
		}
	}
	for address, status := range map[string]int{
		"/bv/99999/diagnostic": http.StatusNotFound, "/qpv/QN02201M/diagnostic": http.StatusNotFound, "/set/nulle-part/diagnostic": http.StatusBadRequest,
		"/commune/22017/diagnostic": http.StatusMovedPermanently, // Brélévenez, in Lannion since 1961
	} {
		if w := ask(site, address); w.Code != status {
			t.Errorf("%s answers %d, want %d", address, w.Code, status)
		}
	}
}

// A page weighs less than what the weakest line can bear.
func TestDiagnosisWeight(t *testing.T) {
	site := observatorySite(t)
	for _, address := range []string{"/bv/22113/diagnostic", "/reg/53/diagnostic", "/bv/75056/diagnostic", "/pays/FR/diagnostic", "/epci/200054781/diagnostic", "/dep/62/diagnostic", "/reg/44/diagnostic", "/aav/001/diagnostic", "/reg/32/diagnostic", "/reg/75/diagnostic"} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(ask(site, address).Body.Bytes())
		z.Close()
		if kb := float64(b.Len()) / 1000; kb > 46 { // styles and scripts take 13
			t.Errorf("%s weighs %.0f KB", address, kb)
		}
	}
}

func TestDiagnosisLeaves(t *testing.T) {
	site := observatorySite(t)
	w := ask(site, "/bv/22113/diagnostic.xlsx")
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "diagnostic-bv-22113.xlsx") {
		t.Fatalf("answers %d, %v", w.Code, w.Header())
	}
	f, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), ", "); got != "Douze chiffres, Réseaux, Parties, France services, Tous les indicateurs, Métadonnées" {
		t.Errorf("sheets: %s", got)
	}
	rows, err := f.GetRows("Tous les indicateurs", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) < 200 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		if strings.Contains(strings.Join(row, " "), "rail-stations") {
			t.Errorf("a figure made of data under the ODbL is in the workbook: %v", row)
		}
	}
	s := realdata.Snapshot(t)
	pharmacies, _ := s.Panel.Definition("pharmacies")
	lannion, _ := s.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	want := s.Panel.Latest(lannion, pharmacies).Value
	var told struct {
		Territory struct{ ID string }
		Figures   []struct {
			Key   string
			Value *float64
		}
	}
	if err := json.Unmarshal(ask(site, "/bv/22113/diagnostic.json").Body.Bytes(), &told); err != nil || told.Territory.ID != "bv:22113" || len(told.Figures) != 12 {
		t.Errorf("JSON: %+v, %v", told, err)
	}
	found := false
	for _, row := range rows {
		if row[0] == "pharmacies" {
			found = row[4] == inDigits(want)
		}
	}
	if !found {
		t.Errorf("the workbook does not give %v pharmacies", want)
	}
	for end, begins := range map[string]string{"csv": "territory,part,key", "md": "# "} {
		if body := ask(site, "/bv/22113/diagnostic."+end).Body.String(); !strings.HasPrefix(body, begins) {
			t.Errorf("%s begins with %.40q", end, body)
		}
	}
	if !strings.Contains(ask(site, "/en/bv/22113/diagnosis.md").Body.String(), "Twelve figures") {
		t.Error("the English address gives another language")
	}
}

func inDigits(x float64) string { return digits(&x) }

func TestDiagnosisInABrowser(t *testing.T) {
	s := httptest.NewServer(observatorySite(t))
	t.Cleanup(s.Close)
	for _, width := range []int{320, 1280} {
		for _, path := range []string{"/bv/22266/diagnostic", "/en/bv/97105/diagnosis"} {
			p := browsertest.Open(t, browsertest.Options{Width: width, Height: 900, NoScript: width == 320}, s.URL+path)
			for _, violation := range p.Axe() {
				t.Errorf("%s at %d px: %v", path, width, violation)
			}
			if wide := browsertest.Eval[int](p, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("%s is %d px wide on a screen of %d", path, wide, width)
			}
			for _, noise := range p.Noises() {
				t.Errorf("%s: %s", path, noise)
			}
		}
	}
}
