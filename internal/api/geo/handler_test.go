package geo

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/i18n"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

func TestStatuses(t *testing.T) {
	h := handler(t)
	for _, c := range []struct {
		target string
		status int
	}{
		{"/communes", 200},
		{"/communes?fields=contour", 400},
		{"/communes?format=geojson", 400},
		{"/communes?format=geojson&codeDepartement=976", 200},
		{"/communes?fields=contour&lat=48.5&lon=-2.7", 200},
		{"/communes?fields=contour&lat=1000&lon=-2.7", 400},
		{"/communes?lat=200&lon=500", 400},
		{"/communes?lat=91&lon=0", 400},
		{"/communes?lat=48.5", 400},
		{"/communes?lon=-2.7", 400},
		{"/communes?lat=48.5&lon=", 400},
		{"/communes?lat=x&lon=-2.7", 400},
		{"/communes?lat=NaN&lon=NaN", 400},
		{"/communes?lat=&lon=", 200}, // as if they were not there
		{"/communes_associees_deleguees?lat=91&lon=0", 400},
		{"/epcis?lat=91&codeEpci=200065928", 200}, // no parameter there
		{"/departements/22/communes?lat=91", 200},
		{"/communes?limit=x", 400},
		{"/communes?limit=-1", 400},
		{"/communes?limit=10x", 200},
		{"/communes?limit=", 200},
		{"/communes/?code=22278", 200},
		{"/communes/", 200},
		{"/communes/99999", 404},
		{"/communes/2a004", 404},
		{"/communes/22278/communes", 404},
		{"/communes_associees_deleguees?format=geojson", 400},
		{"/communes_associees_deleguees/00000", 404},
		{"/epcis?fields=contour", 400},
		{"/epcis/1", 404},
		{"/epcis/1/communes", 404},
		{"/epcis/200065928/departements", 404},
		{"/departements?format=geojson&limit=1", 200}, // GeoJSON is not offered: JSON
		{"/departements/666", 404},
		{"/departements/666/communes", 404},
		{"/departements/22/communes?limit=x", 400},
		{"/departements/75/communes?format=geojson", 200},
		{"/regions/666/departements", 404},
		{"/regions/53/communes", 404},
		{"/no-where", 404},
		{"/", 404},
	} {
		if got := get(t, h, c.target).Code; got != c.status {
			t.Errorf("%s: status %d, want %d", c.target, got, c.status)
		}
	}
}

func TestRefusalsFollowTheDefinition(t *testing.T) {
	w := get(t, handler(t), "/communes/99999")
	var got struct {
		Code                 int
		Message, Description string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Code != 404 || got.Message != "Not Found" || got.Description == "" || strings.Contains(got.Description, "⟦") {
		t.Errorf("got %+v", got)
	}
}

func TestMethods(t *testing.T) {
	h := handler(t)
	for method, status := range map[string]int{"POST": 405, "DELETE": 405, "OPTIONS": 204, "HEAD": 200} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/api/geo/communes/22278", nil))
		if w.Code != status || w.Header().Get("Access-Control-Allow-Origin") != "*" && status != 405 {
			t.Errorf("%s: status %d, headers %v", method, w.Code, w.Header())
		}
	}
}

func TestNoSnapshotYet(t *testing.T) {
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, NewHandler(new(snapshot.Live), "test", catalog.Localizer(i18n.EN)), "/communes/22278").Code; got != 503 {
		t.Errorf("status %d", got)
	}
}

func TestHeaders(t *testing.T) {
	h := handler(t)
	w := get(t, h, "/communes/22278")
	for name, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Access-Control-Allow-Origin": "*",
		"Bassin-Vintage": "2026", "Cache-Control": "public, max-age=3600",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	tag := w.Header().Get("ETag")
	for _, target := range []string{"/communes/22278", "/departements/22/communes", "/communes?zone=metro"} {
		again := get(t, h, target, "If-None-Match", tag)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s: %d with %d bytes for a reader who has it", target, again.Code, again.Body.Len())
		}
	}
	if got := get(t, h, "/communes/99999", "If-None-Match", tag).Code; got != 404 {
		t.Errorf("a missing commune answers %d", got)
	}
}

func TestCompression(t *testing.T) {
	h := handler(t)
	for _, target := range []string{"/departements/22/communes", "/departements/22/communes?fields=nom", "/communes?zone=metro&fields=population"} {
		plain := get(t, h, target).Body.String()
		for range 2 { // the second is kept, for some
			w := get(t, h, target, "Accept-Encoding", "br, gzip")
			if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > len(plain)/2 {
				t.Fatalf("%s: %v, %d bytes of %d", target, w.Header(), w.Body.Len(), len(plain))
			}
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(z)
			if err != nil || string(got) != plain {
				t.Errorf("%s: the compressed answer differs: %v", target, err)
			}
		}
	}
	if w := get(t, h, "/communes/22278", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Error("a short answer is compressed")
	}
}

type item struct {
	Nom, Code, CodeDepartement, CodeRegion, CodeEpci string
	CodesPostaux                                     []string
	Population                                       *int
	Score                                            *float64 `json:"_score"`
}

func list(t testing.TB, h http.Handler, target string) []item {
	t.Helper()
	w := get(t, h, target)
	var out []item
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 {
		t.Fatalf("%s: %d %v", target, w.Code, err)
	}
	return out
}

func codesOf(items []item) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, i.Code)
	}
	return out
}

// The lists by code, postal code, EPCI and département hold exactly the communes
// of the tables, and with the parameters fields or limit the same ones.
func TestListsAreThoseOfTheTables(t *testing.T) {
	h := handler(t)
	f := realdata.Snapshot(t).France
	want := map[string][]string{}
	for n := range int32(f.Len()) {
		c := f.Commune(n)
		want["/departements/"+c.Departement+"/communes"] = append(want["/departements/"+c.Departement+"/communes"], c.Code)
		if c.EPCI != "" {
			want["/epcis/"+c.EPCI+"/communes"] = append(want["/epcis/"+c.EPCI+"/communes"], c.Code)
		}
		for _, p := range c.PostalCodes {
			if n%40 == 0 {
				want["/communes?codePostal="+p] = nil
			}
		}
	}
	for n := range int32(f.Len()) {
		c := f.Commune(n)
		for _, p := range c.PostalCodes {
			if _, ok := want["/communes?codePostal="+p]; ok {
				want["/communes?codePostal="+p] = append(want["/communes?codePostal="+p], c.Code)
			}
		}
	}
	if len(want) < 1255+101 {
		t.Fatalf("only %d lists", len(want))
	}
	for target, codes := range want {
		if diff := cmp.Diff(codes, codesOf(list(t, h, target))); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
	}
	for _, dep := range f.Level(territory.Departement) {
		whole := list(t, h, "/departements/"+dep.Code+"/communes")
		apart := list(t, h, "/communes?codeDepartement="+dep.Code+"&fields=nom,codeDepartement,codeRegion,codeEpci,codesPostaux,population")
		if diff := cmp.Diff(whole, apart); diff != "" {
			t.Fatalf("département %s: whole and assembled answers differ: %s", dep.Code, diff)
		}
	}
}

// Every item answers alike alone and in a list.
func TestOneAnswersAsInLists(t *testing.T) {
	h := handler(t)
	w := get(t, h, "/communes?type=commune-actuelle,arrondissement-municipal")
	var all []json.RawMessage
	if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if want := realdata.Snapshot(t).France.Len() + 45; len(all) != want {
		t.Fatalf("%d communes, want %d", len(all), want)
	}
	for i := 0; i < len(all); i += 50 {
		var one item
		if err := json.Unmarshal(all[i], &one); err != nil {
			t.Fatal(err)
		}
		if got := get(t, h, "/communes/"+one.Code).Body.String(); got != string(all[i]) {
			t.Errorf("%s: alone %s, in the list %s", one.Code, got, all[i])
		}
	}
}

func TestEveryCentreIsInItsList(t *testing.T) {
	h := handler(t)
	f := realdata.Snapshot(t).France
	wrong := 0
	for n := int32(0); n < int32(f.Len()); n += 97 {
		c := f.Commune(n)
		v := url.Values{"lat": {jsonNumber(c.Lat)}, "lon": {jsonNumber(c.Lon)}, "fields": {"code"}}
		if got := codesOf(list(t, h, "/communes?"+v.Encode())); !slices.Contains(got, c.Code) {
			wrong++ // a centre may lie outside of a twisted commune
		}
	}
	if wrong > 12 {
		t.Errorf("%d centres of 361 are not in their commune", wrong)
	}
}

func jsonNumber(v float64) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestNames(t *testing.T) {
	h := handler(t)
	for _, c := range []struct{ query, first string }{
		{"nom=Lannion", "22113"},
		{"nom=paris", "75056"},
		{"nom=PARIS&boost=population", "75056"},
		{"nom=st+brieuc", "22278"},
		{"nom=L%27Ha%C3%BF&boost=population", "94038"},
		{"nom=marse&boost=population", "13055"},
		{"nom=bord&boost=population", "33063"},
		{"nom=ajacc&boost=population", "2A004"},
		{"nom=Saint-Denis&codeDepartement=93", "93066"},
		{"nom=Saint-Denis&zone=drom", "97411"},
		{"nom=noumea", "98818"},
	} {
		got := list(t, h, "/communes?"+c.query+"&limit=5")
		if len(got) == 0 || got[0].Code != c.first || got[0].Score == nil {
			t.Errorf("%s: %v, want %s first", c.query, codesOf(got), c.first)
		}
		all := list(t, h, "/communes?"+c.query)
		if diff := cmp.Diff(got, all[:min(5, len(all))]); diff != "" {
			t.Errorf("%s: a limit changes the order: %s", c.query, diff)
		}
	}
}

func FuzzQuery(f *testing.F) {
	for _, a := range answers {
		path, query, _ := strings.Cut(a, "?")
		f.Add(path, query)
	}
	f.Add("/communes", "nom=%zz&limit=1")
	f.Add("/communes", "lat=NaN&lon=1e999&fields=contour")
	f.Add("/communes", "&&=&fields=,,contour&limit=99999999999999999999")
	h := handler(f)
	f.Fuzz(func(t *testing.T, path, query string) {
		if len(path) == 0 || path[0] != '/' || !strings.Contains(query, "limit=") {
			query += "&limit=20" // keep each run short
		}
		r := httptest.NewRequest(http.MethodGet, "/api/geo/", nil)
		r.URL.Path, r.URL.RawQuery = "/api/geo/"+strings.TrimPrefix(path, "/"), query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 && w.Code != 404 {
			t.Fatalf("status %d", w.Code)
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("not JSON: %.200q", w.Body)
		}
	})
}

// sink is a ResponseWriter that costs nothing.
type sink struct {
	head http.Header
	n    int
}

func (s *sink) Header() http.Header         { return s.head }
func (s *sink) Write(b []byte) (int, error) { s.n += len(b); return len(b), nil }
func (s *sink) WriteHeader(int)             {}

func BenchmarkHandler(b *testing.B) {
	h := handler(b)
	for _, c := range []struct{ name, target string }{
		{"code", "/communes/22278"},
		{"fields", "/communes/22278?fields=nom,centre,surface,departement"},
		{"postal", "/communes?codePostal=22300"},
		{"point", "/communes?lat=48.7326&lon=-3.4566"},
		{"name", "/communes?nom=lannion"},
		{"prefix", "/communes?nom=lann&boost=population&limit=10"},
		{"prefix-unlimited", "/communes?nom=mont&boost=population"},
		{"departement", "/departements/22/communes"},
		{"departement-fields", "/departements/22/communes?fields=nom,centre"},
		{"region", "/communes?codeRegion=53"},
		{"epci", "/epcis/200065928/communes"},
		{"contour", "/departements/22/communes?format=geojson&geometry=contour"},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/api/geo"+c.target, nil)
			w := &sink{head: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				w.n = 0
				clear(w.head)
				h.ServeHTTP(w, r)
			}
			b.ReportMetric(float64(w.n), "bytes/answer")
		})
	}
}

func BenchmarkNew(b *testing.B) {
	s := realdata.Snapshot(b)
	b.ReportAllocs()
	for b.Loop() {
		New(s, "test")
	}
}

// An application that asks for no field gets those that the definition names.
func TestStandardFieldsAreThoseOfTheDefinition(t *testing.T) {
	h := handler(t)
	for target, want := range map[string][]string{
		"/communes/22278":           {"code", "codeDepartement", "codeEpci", "codeRegion", "codesPostaux", "nom", "population", "siren"},
		"/epcis/200065928":          {"code", "codesDepartements", "codesRegions", "nom"},
		"/departements/22":          {"code", "codeRegion", "nom"},
		"/regions/53":               {"code", "nom"},
		"/epcis?codeEpci=200065928": {"code", "codesDepartements", "codesRegions", "nom"},
	} {
		body := bytes.Trim(get(t, h, target).Body.Bytes(), "[]")
		var item map[string]any
		if err := json.Unmarshal(body, &item); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		if got := slices.Sorted(maps.Keys(item)); !slices.Equal(got, want) {
			t.Errorf("%s has %v", target, got)
		}
	}
}

func TestPrefixWithoutSlash(t *testing.T) {
	h := handler(t).Before(http.NotFoundHandler())
	r := httptest.NewRequest(http.MethodGet, "/api/geo", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 404 || !json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
