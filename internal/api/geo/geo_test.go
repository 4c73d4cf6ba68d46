package geo

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/i18n"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
)

var update = flag.Bool("update", false, "write the golden files")

func handler(t testing.TB) *Handler {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var live snapshot.Live
	live.Swap(realdata.Snapshot(t))
	h := NewHandler(&live, "test", catalog.Localizer(i18n.FR))
	h.Prepare(live.Load())
	return h
}

func get(t testing.TB, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/api/geo"+target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// answers are the golden requests: each parameter, format and tricky place.
var answers = []string{
	"/communes/22278",
	"/communes/22278?fields=nom,code,type,zone,centre,mairie,surface,bbox,codesPostaux,siren,codeEpci,epci,departement,region,population,anciensCodes,deleguees,associees",
	"/communes/22046?fields=deleguees,associees,anciensCodes",
	"/communes/2A004",
	"/communes/75056?fields=codesPostaux,epci,codeParent",
	"/communes/75101?fields=nom,codeParent,type,population,codesPostaux,epci,siren,departement,centre",
	"/communes/97411?fields=zone,region,departement",
	"/communes/97502?fields=nom,zone,population,mairie,codeRegion",
	"/communes/55039",
	"/communes/22016?fields=codeEpci,epci,nom",
	"/communes/22278?format=geojson",
	"/communes/22278?format=geojson&geometry=bbox&fields=code,contour,surface",
	"/communes/22278?format=geojson&geometry=mairie",
	"/communes/22278?fields=population,unknown,code",
	"/communes?codePostal=22000",
	"/communes?codePostal=75001",
	"/communes?codePostal=75001&type=arrondissement-municipal",
	"/communes?codePostal=97133",
	"/communes?nom=saint-brieuc",
	"/communes?nom=lann&boost=population&limit=3",
	"/communes?nom=paris&type=commune-actuelle,arrondissement-municipal&limit=3&fields=type",
	"/communes?nom=Saint%20Denis&boost=population&limit=2&fields=departement",
	"/communes?nom=rennes&codeDepartement=35&format=geojson&fields=code",
	"/communes?lat=48.5141&lon=-2.7603",
	"/communes?lat=48.8566&lon=2.3522&type=commune-actuelle,arrondissement-municipal&fields=nom",
	"/communes?lon=55.4504&lat=-20.8789&fields=code",
	"/communes?code=22278&fields=nom",
	"/communes?siren=212202782&fields=nom",
	"/communes?codeEpci=200065928&limit=3&fields=nom",
	"/communes?codeRegion=94&codePostal=20000&fields=nom",
	"/communes?codeParent=69123&type=arrondissement-municipal&fields=code&limit=2",
	"/communes?ancienCode=49144&fields=nom,anciensCodes",
	"/communes?zone=com&codeDepartement=975",
	"/communes?zone=metro&codeDepartement=971",
	"/communes?code=75101",
	"/communes?limit=2&fields=code",
	"/communes?codeDepartement=75",
	"/communes?codeDepartement=977&format=geojson&geometry=contour&fields=code",
	"/communes_associees_deleguees?codeDepartement=22&limit=2",
	"/communes_associees_deleguees?type=commune-associee&limit=1&fields=type,chefLieu,epci,departement,region",
	"/communes_associees_deleguees?nom=arbignieu",
	"/communes_associees_deleguees/01015",
	"/communes_associees_deleguees/01015?format=geojson",
	"/epcis/200065928",
	"/epcis/200065928?fields=nom,type,financement,zone,centre,surface,bbox",
	"/epcis?nom=saint-brieuc&fields=population",
	"/epcis?codeDepartement=976",
	"/epcis?codeEpci=200065928",
	"/epcis?zone=drom&codeRegion=02&fields=zone",
	"/epcis/200065928/communes?limit=2",
	"/departements/22",
	"/departements/2A?fields=region,chefLieu,zone",
	"/departements?codeRegion=94",
	"/departements?nom=cotes",
	"/departements?zone=com&fields=zone",
	"/departements/975/communes",
	"/departements/2B/communes?limit=1",
	"/regions",
	"/regions/53?fields=chefLieu,zone",
	"/regions?nom=bretagne",
	"/regions?zone=drom",
	"/regions/53/departements",
	"/regions/975/departements?fields=nom",
	"/communes?codePostal=",
	"/communes?codePostal=99999",
	"/communes?nom=",
	"/communes?limit=0",
}

func TestAnswers(t *testing.T) {
	h := handler(t)
	var b strings.Builder
	for _, target := range answers {
		w := get(t, h, target)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", target, w.Code, w.Body)
			continue
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: not JSON: %.300s", target, w.Body)
		}
		b.WriteString(target + "\n  " + w.Body.String() + "\n")
	}
	golden := filepath.Join("testdata", "answers.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("answers changed (run with -update if meant):\n%s", diff)
	}
}
