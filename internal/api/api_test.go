package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/atlas"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
)

var update = flag.Bool("update", false, "write the golden files")

// shelf keeps perimeters in memory.
type shelf map[string]atlas.Perimeter

func (s shelf) Perimeter(_ context.Context, code string) (atlas.Perimeter, error) {
	p, ok := s[code]
	if !ok {
		return p, fault.New(fault.NotFound, "territory.not_found", "set:"+code)
	}
	return p, nil
}

func (s shelf) SavePerimeter(_ context.Context, p atlas.Perimeter) error {
	s[p.Code] = p
	return nil
}

func open(t testing.TB) (*API, http.Handler) {
	t.Helper()
	return serve(t, realdata.Snapshot(t))
}

func serve(t testing.TB, snap *snapshot.Snapshot) (*API, http.Handler) {
	t.Helper()
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	live := new(snapshot.Live)
	live.Swap(snap)
	now := func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }
	sets := &atlas.Service{Store: shelf{}, Now: now}
	a, err := New(Config{Live: live, Sets: sets, Figures: &observatory.Service{Perimeters: sets, Unit: atlas.Unit}, Catalog: catalog, Build: "test"})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, r := range a.Routes() {
		mux.HandleFunc(r.Method+" "+r.Pattern, func(w http.ResponseWriter, q *http.Request) {
			if err := r.Handler(w, q); err != nil {
				t.Errorf("%s: %v", q.URL, err)
			}
		})
	}
	return a, mux
}

func get(t testing.TB, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, Prefix+target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s changed (run with -update if meant):\n%s", name, diff)
	}
}

func TestSpec(t *testing.T) {
	a, h := open(t)
	golden(t, "openapi.golden.json", string(a.Spec(i18n.EN)))
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		if text := string(a.Spec(lang)); strings.Contains(text, "⟦") {
			i := strings.Index(text, "⟦")
			t.Errorf("%s: a text is missing: %s", lang, text[i:min(len(text), i+60)])
		}
	}
	w := get(t, h, "/openapi.json?lang=en")
	if w.Code != 200 || w.Body.String() != string(a.Spec(i18n.EN)) {
		t.Errorf("openapi.json answers %d", w.Code)
	}
}

func TestAnswers(t *testing.T) {
	_, h := open(t)
	var b strings.Builder
	for _, target := range []string{
		"/levels?lang=en",
		"/territories?level=reg&limit=2",
		"/territories?level=bv&dep=22&q=lan",
		"/territories?q=cotes-d%27armor",
		"/territories/22113",
		"/territories/bv:22113",
		"/territories/commune:22191",
		"/territories/22113,bv:22266~commune:22146",
		"/territories/qpv:QN02201M",
		"/territories/bv:22266/members?format=csv",
		"/territories/bv:22266/relations?level=epci",
		"/territories/epci:200065928/relations?level=bv&format=csv",
		"/territories/22046/history?format=csv",
		"/territories/22046/population",
		"/territories/qpv:QN02201M/population",
		"/territories/97701/geometry",
		"/territories/22278/geometry?precision=2000",
		"/territories/22278/neighbours?format=csv",
		"/territories/bv:22278/neighbours?format=csv",
		"/search?q=saint%20brieuc%20agglo&limit=2",
		"/search?q=22300&levels=commune",
		"/reverse?lon=-3.4566&lat=48.7326&format=csv",
		"/reverse?lon=-30&lat=40",
	} {
		w := get(t, h, target)
		if w.Code != 200 {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
		b.WriteString(target + "\n  " + strings.ReplaceAll(strings.TrimSpace(w.Body.String()), "\r\n", "\n  ") + "\n")
	}
	golden(t, "answers.golden", b.String())
}

func TestProblems(t *testing.T) {
	_, h := open(t)
	for _, c := range []struct {
		target      string
		status      int
		code, field string
	}{
		{"/territories/bv:00000", 404, "not_found", "id"},
		{"/territories/xx:1", 400, "invalid", "id"},
		{"/territories/set:0123456789", 404, "not_found", "id"},
		{"/territories/22113~22113", 400, "invalid", "id"},
		{"/territories?level=xx", 400, "invalid", "level"},
		{"/territories?limit=0", 400, "invalid", "limit"},
		{"/territories?limit=1001", 400, "invalid", "limit"},
		{"/territories?limit=x", 400, "invalid", "limit"},
		{"/territories?cursor=x", 400, "invalid", "cursor"},
		{"/territories?level=bv&cursor=dep:22", 400, "invalid", "cursor"},
		{"/territories?dep=666", 400, "invalid", "dep"},
		{"/territories?format=xml", 400, "invalid", "format"},
		{"/levels?format=geojson", 400, "invalid", "format"},
		{"/territories/pays:FR/members?format=geojson", 413, "too_large", "format"},
		{"/territories/qpv:QN02201M/history", 400, "invalid", "id"},
		{"/territories/22113/geometry?precision=-1", 400, "invalid", "precision"},
		{"/territories/22113/geometry?format=csv", 400, "invalid", "format"},
		{"/search", 400, "invalid", "q"},
		{"/search?q=a&levels=commune,xx", 400, "invalid", "levels"},
		{"/reverse?lon=1", 400, "invalid", "lat"},
		{"/reverse?lon=181&lat=0", 400, "invalid", "lon"},
		{"/indicators/nothing", 404, "not_found", "key"},
		{"/indicators/nothing/values?level=bv", 404, "not_found", "key"},
		{"/indicators?axis=nothing", 400, "invalid", "axis"},
		{"/indicators?format=parquet", 400, "invalid", "format"},
		{"/indicators/density/values", 400, "invalid", "level"},
		{"/indicators/density/values?level=qpv", 400, "invalid", "level"},
		{"/indicators/density/values?level=bv&period=1900", 400, "invalid", "period"},
		{"/indicators/density/values?level=bv&dep=666", 400, "invalid", "dep"},
		{"/indicators/density/values?level=bv&reg=666", 400, "invalid", "reg"},
		{"/indicators/density/values?level=bv&limit=0", 400, "invalid", "limit"},
		{"/indicators/density/values?level=bv&cursor=dep:22", 400, "invalid", "cursor"},
		{"/indicators/density/distribution?level=bv&territory=bv:0", 404, "not_found", "territory"},
		{"/indicators/density/distribution?level=bv&territory=dep:22", 400, "invalid", "territory"},
		{"/indicators/population/distribution?level=bv&territory=bv:22113", 400, "invalid", "territory"},
		{"/indicators/bulk", 400, "invalid", "level"},
		{"/indicators/bulk?level=bv&format=json", 400, "invalid", "format"},
		{"/indicators/dictionary.csv?format=json", 400, "invalid", "format"},
		{"/territories/bv:22113/indicators?keys=density,nothing", 400, "invalid", "keys"},
		{"/territories/bv:0/indicators", 404, "not_found", "id"},
		{"/territories/bv:22113/indicators/nothing", 404, "not_found", "key"},
		{"/territories/reg:53/twins", 400, "invalid", "id"},
		{"/territories/bv:97611/twins", 404, "not_found", "id"},
		{"/territories/bv:22113/twins?limit=51", 400, "invalid", "limit"},
		{"/territories/bv:22113/twins?skipNeighbours=maybe", 400, "invalid", "skipNeighbours"},
		{"/nothing", 404, "not_found", ""},
	} {
		for _, lang := range []string{"fr", "en"} {
			w := get(t, h, c.target, "Accept-Language", lang)
			var p Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Errorf("%s: %v: %s", c.target, err, w.Body)
				continue
			}
			if w.Code != c.status || p.Status != c.status || p.Code != c.code || p.Field != c.field ||
				w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: %d %+v %v", c.target, w.Code, p, w.Header())
			}
			if p.Detail == "" || p.Title == "" || strings.Contains(p.Detail+p.Title, "⟦") {
				t.Errorf("%s: %s: no words: %+v", c.target, lang, p)
			}
		}
	}
}

// A refusal says what would be accepted.
func TestProblemsSayWhatIsPossible(t *testing.T) {
	_, h := open(t)
	density, _ := realdata.Snapshot(t).Panel.Definition("density")
	var all []string
	for _, v := range density.Vintages {
		all = append(all, v.Period)
	}
	periods := strings.Join(all, ", ")
	for _, c := range []struct{ target, field, fr, en string }{
		{"/territories?limit=1001", "limit", "« limit » doit être un nombre entier de 1 à 1 000.", "“limit” must be a whole number from 1 to 1,000."},
		{"/territories?limit=x", "limit", "« limit » doit être un nombre entier de 1 à 1 000.", "“limit” must be a whole number from 1 to 1,000."},
		{"/search?q=a&limit=0", "limit", "« limit » doit être un nombre entier de 1 à 100.", "“limit” must be a whole number from 1 to 100."},
		{"/search", "q", "« q » est obligatoire.", "“q” is required."},
		{"/search?q=" + strings.Repeat("a", 201), "q", "« q » est trop long : 200 caractères au plus.", "“q” is too long: 200 characters at most."},
		{"/reverse?lat=1", "lon", "« lon » est obligatoire.", "“lon” is required."},
		{"/reverse?lon=181&lat=1", "lon", "« lon » doit être un nombre de -180 à 180.", "“lon” must be a number from -180 to 180."},
		{"/reverse?lon=NaN&lat=1", "lon", "« lon » doit être un nombre de -180 à 180.", "“lon” must be a number from -180 to 180."},
		{"/reverse?lon=1&lat=nan", "lat", "« lat » doit être un nombre de -90 à 90.", "“lat” must be a number from -90 to 90."},
		{"/territories/22113/geometry?precision=NaN", "precision", "« precision » doit être un nombre de 0 à 20 000.", "“precision” must be a number from 0 to 20,000."},
		{"/indicators/bulk?level=reg&format=json", "format", "Le format « json » n’est pas proposé ici.", "The format “json” is not offered here."},
		{"/indicators/bulk?level=reg&format=xls", "format", "« format » n’a pas une valeur possible. Les valeurs possibles : csv, parquet.", "“format” has no possible value. The possible values are: csv, parquet."},
		{"/indicators/density/values?level=bv&period=1900", "period", "Cet indicateur n’a pas de période « 1900 ». Ses périodes : " + periods + ".", "This indicator has no period “1900”. Its periods are: " + periods + "."},
		{"/levels?lang=de", "lang", "« lang » n’a pas une valeur possible. Les valeurs possibles : fr, en.", "“lang” has no possible value. The possible values are: fr, en."},
		{"/territories/" + strings.Repeat("22113,", 4001), "id", "Cette expression est trop longue : 4 000 termes et 24 000 caractères au plus. Nommez des territoires plutôt que leurs communes : bv:22113.",
			"This expression is too long: 4,000 terms and 24,000 characters at most. Name territories rather than their communes: bv:22113."},
	} {
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			w := get(t, h, c.target, "Accept-Language", lang)
			var p Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatalf("%.60s: %v", c.target, err)
			}
			// Spaces that do not break and the true minus are the house's typography.
			got := strings.NewReplacer("\u00a0", " ", "\u202f", " ", "−", "-", "\u2011", "-").Replace(p.Detail)
			if w.Code != 400 || p.Status != 400 || p.Field != c.field || got != want {
				t.Errorf("%.60s: %d %+v", c.target, w.Code, p)
			}
		}
	}
}

func TestOtherMediaAreRefusedAsSuch(t *testing.T) {
	_, h := open(t)
	r := httptest.NewRequest(http.MethodPost, Prefix+"/sets", strings.NewReader(`{"communes":["22113"]}`))
	r.Header.Set("Content-Type", "text/plain")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 415 || p.Status != 415 || !strings.Contains(p.Detail, "application/json") {
		t.Errorf("%d %v %+v", w.Code, err, p)
	}
}

// Following next gives every territory once, in order, whatever the size of pages.
func TestPages(t *testing.T) {
	_, h := open(t)
	f := realdata.Snapshot(t).France
	for _, start := range []string{"/territories?level=bv&limit=500", "/territories?limit=1000&dep=75", "/territories?level=dep&limit=7"} {
		seen := map[string]bool{}
		var order []string
		total := -1
		for target := start; target != ""; {
			w := get(t, h, target)
			var p Page[Territory]
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 200 {
				t.Fatalf("%s: %d %v", target, w.Code, err)
			}
			for _, i := range p.Items {
				if seen[i.ID] {
					t.Fatalf("%s: %s comes twice", start, i.ID)
				}
				seen[i.ID] = true
				order = append(order, i.Code)
			}
			total, target = p.Total, ""
			if p.Next != nil {
				target = strings.TrimPrefix(*p.Next, Prefix)
				if link := w.Header().Get("Link"); link != "<"+*p.Next+`>; rel="next"` {
					t.Errorf("Link is %s", link)
				}
			}
		}
		if len(seen) != total || total == 0 {
			t.Errorf("%s: %d of %d", start, len(seen), total)
		}
		if strings.Contains(start, "level=") && !slices.IsSorted(order) {
			t.Errorf("%s: out of order", start)
		}
	}
	if n := len(f.Level("bv")); n != 1707 {
		t.Errorf("%d basins", n)
	}
}

func TestHeaders(t *testing.T) {
	_, h := open(t)
	for _, target := range []string{"/levels", "/territories/bv:22113", "/territories/bv:22113/members?format=csv", "/territories/22113/geometry", "/sources",
		"/indicators", "/indicators/density/values?level=bv", "/indicators/bulk?level=reg", "/indicators/bulk?level=reg&format=parquet"} {
		w := get(t, h, target)
		head := w.Header()
		if head.Get("Bassin-Vintage") != "2026" || head.Get("Bassin-Snapshot") == "" || head.Get("Access-Control-Allow-Origin") != "*" || head.Get("Cache-Control") == "" {
			t.Errorf("%s: %v", target, head)
		}
		again := get(t, h, target, "If-None-Match", head.Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: %d for who has it", target, again.Code)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodOptions, Prefix+"/levels", nil))
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
}

// A tag names one representation: whoever holds the CSV of an address does not
// hold its JSON, nor the same in another language, nor another address.
func TestTagIsOfOneRepresentation(t *testing.T) {
	_, h := open(t)
	asked := [][]string{
		{"/levels", "Accept-Language", "fr"},
		{"/levels", "Accept-Language", "en"},
		{"/levels", "Accept", "text/csv", "Accept-Language", "fr"},
		{"/levels?lang=en"},
		{"/levels?format=csv"},
		{"/territories/bv:22113/members"},
		{"/territories/bv:22113/members", "Accept", "application/geo+json"},
		{"/territories/bv:22113/members", "Accept", "text/csv"},
		{"/territories/bv:22266/members"},
		{"/search?q=lannion"},
		{"/search?q=rostrenen"},
	}
	of := map[string]int{}
	for i, one := range asked {
		w := get(t, h, one[0], one[1:]...)
		tag := w.Header().Get("ETag")
		if tag == "" || w.Header().Get("Vary") != "Accept, Accept-Language, Accept-Encoding" {
			t.Errorf("%v: %v", one, w.Header())
		}
		if j, taken := of[tag]; taken {
			t.Errorf("%v and %v have the same tag", asked[j], one)
		}
		of[tag] = i
	}
	for tag, i := range of {
		for j, one := range asked {
			w := get(t, h, one[0], append([]string{"If-None-Match", `"other", ` + tag}, one[1:]...)...)
			if want := map[bool]int{true: 304, false: 200}[i == j]; w.Code != want {
				t.Errorf("%v answers %d to who has %v", one, w.Code, asked[i])
			}
		}
	}
	// A refusal is no representation.
	if w := get(t, h, "/territories/pays:FR/members?format=geojson"); w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a refusal may be kept: %v", w.Header())
	}
}

func TestForms(t *testing.T) {
	_, h := open(t)
	for _, c := range []struct{ target, accept, want string }{
		{"/territories/bv:22113/members", "", "application/json; charset=utf-8"},
		{"/territories/bv:22113/members", "text/csv", "text/csv; charset=utf-8"},
		{"/territories/bv:22113/members", "application/geo+json;q=0.9, */*", "application/geo+json"},
		{"/territories/bv:22113/members?format=json", "text/csv", "application/json; charset=utf-8"},
		{"/territories/bv:22113/members", "text/html,*/*", "application/json; charset=utf-8"},
		{"/territories/bv:22113/geometry", "application/json", "application/geo+json"},
		{"/territories/bv:22113/geometry?format=geojson", "", "application/geo+json"},
	} {
		w := get(t, h, c.target, "Accept", c.accept)
		if got := w.Header().Get("Content-Type"); got != c.want {
			t.Errorf("%s, %q: %s", c.target, c.accept, got)
		}
		if strings.HasSuffix(c.want, "json") && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: not JSON", c.target)
		}
	}
}

func TestSpreadsheetCells(t *testing.T) {
	cells := []any{"=A1", "+33", "-1", "@x", "\tx", "plain", "", -1.5, 3}
	var safe, raw table
	safe.harmless = true
	safe.row(cells...)
	raw.row(cells...)
	if diff := cmp.Diff([]string{"'=A1", "'+33", "'-1", "'@x", "'\tx", "plain", "", "-1.5", "3"}, safe.rows[0]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"=A1", "+33", "-1", "@x", "\tx", "plain", "", "-1.5", "3"}, raw.rows[0]); diff != "" {
		t.Error(diff)
	}
	_, h := open(t)
	w := get(t, h, "/territories/bv:22113/members?format=csv&spreadsheet=true")
	text, found := strings.CutPrefix(w.Body.String(), "\uFEFF")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if !found || err != nil || len(rows) < 2 || !strings.Contains(text, "\r\n") {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestKeepSet(t *testing.T) {
	_, h := open(t)
	post := func(body string) (*httptest.ResponseRecorder, Detail) {
		r := httptest.NewRequest(http.MethodPost, Prefix+"/sets", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var d Detail
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
			t.Fatalf("%s: %v: %s", body, err, w.Body)
		}
		return w, d
	}
	w, kept := post(`{"communes":["22278","22113"]}`)
	if w.Code != 201 || kept.Level != "set" || kept.Communes != 2 || w.Header().Get("Location") != Prefix+"/territories/"+kept.ID {
		t.Fatalf("%d %+v %v", w.Code, kept, w.Header())
	}
	if _, same := post(`{"expression":"22113,22278"}`); same.ID != kept.ID {
		t.Errorf("the same set has two addresses: %s, %s", same.ID, kept.ID)
	}
	if again := get(t, h, "/territories/"+kept.ID); again.Code != 200 {
		t.Errorf("%d %s", again.Code, again.Body)
	}
	if w, d := post(`{"expression":"bv:22113"}`); w.Code != 200 || d.ID != "bv:22113" {
		t.Errorf("%d %+v", w.Code, d)
	}
	for _, bad := range []string{`{}`, `{"communes":[]}`, `{"communes":["1"]}`, `{"communes":["99999","22113"]}`, `{"expression":"a","communes":["22113"]}`, `{"x":1}`, `[`, ``} {
		if w, _ := post(bad); w.Code != 400 && w.Code != 404 || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", bad, w.Code, w.Header())
		}
	}
}

func TestSharesAddUp(t *testing.T) {
	_, h := open(t)
	for _, id := range []string{"bv:22266", "epci:200065928", "dep:22", "75056"} {
		for _, level := range []string{"bv", "dep", "reg", "ze"} {
			var l List[Relation]
			w := get(t, h, "/territories/"+id+"/relations?level="+level)
			if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || l.Total == 0 || l.Total != len(l.Items) {
				t.Fatalf("%s in %s: %v %s", id, level, err, w.Body)
			}
			var sum float64
			for _, r := range l.Items {
				sum += *r.ShareOfThis
			}
			if sum < 0.99999 || sum > 1.00001 {
				t.Errorf("%s in %s: shares add up to %v", id, level, sum)
			}
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"bv:22113", "22113,bv:22266~commune:22278", "set:0123456789", "~", ",,", "qpv:QN02201M", "2A004", "\x00", "é"} {
		f.Add(s)
	}
	_, h := open(f)
	f.Fuzz(func(t *testing.T, id string) {
		r := httptest.NewRequest(http.MethodGet, Prefix+"/territories/x", nil)
		r.URL = &url.URL{Path: Prefix + "/territories/" + id}
		r.RequestURI = ""
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%q: %d %s", id, w.Code, w.Body)
		}
	})
}
