package atlasweb

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/parquet-go/parquet-go"

	"bassin/internal/realdata"
	"bassin/internal/territory"
	"bassin/internal/web/naming"
)

func listed(d *goquery.Document, table string) []string {
	var out []string
	d.Find(table + " tbody th a").Each(func(_ int, s *goquery.Selection) { out = append(out, seen(s)) })
	return out
}

func TestListsOfEveryLevel(t *testing.T) {
	v, f := newVisitor(t), realdata.Snapshot(t).France
	for _, l := range listLevels {
		d := v.get("/liste/"+string(l), http.StatusOK)
		if got, want := len(listed(d, "#t-liste")), min(len(f.Level(l)), pageRows); got != want {
			t.Errorf("the list of %s shows %d rows, want %d", l, got, want)
		}
		if (d.Find("nav.pages").Length() == 1) != (len(f.Level(l)) > pageRows) {
			t.Errorf("the list of %s: pages", l)
		}
	}
	d := v.get("/en/list/bv?tri=population&ordre=decroissant", http.StatusOK)
	if got := listed(d, "#t-liste"); got[0] != "Paris" || href(d.Find("#t-liste tbody a").First()) != "/en/bv/75056" {
		t.Errorf("the most populated basin is %q", got[0])
	}
}

func TestListsKeepTheirOrderAndFilter(t *testing.T) {
	v := newVisitor(t)
	d := v.get("/liste/bv?dep=22&tri=communes&ordre=decroissant", http.StatusOK)
	if title := seen(d.Find("h1")); !strings.Contains(title, "dans les Côtes-d'Armor") {
		t.Errorf("title %q", title)
	}
	sorted, _ := d.Find("#t-liste th[aria-sort]").Attr("aria-sort")
	if sorted != "descending" || d.Find("#dep option[selected]").Length() != 1 {
		t.Errorf("the order is %q, the chosen département is not kept", sorted)
	}
	d.Find("#t-liste thead a").Each(func(_ int, s *goquery.Selection) {
		if !strings.Contains(href(s), "dep=22") {
			t.Errorf("sorting by %s loses the département: %s", seen(s), href(s))
		}
	})
	// Pages: every commune is on one of them, once.
	seenOnce, address := map[string]bool{}, "/liste/epci?dep=59"
	for address != "" {
		d := v.get(address, http.StatusOK)
		for _, n := range listed(d, "#t-liste") {
			if seenOnce[n] {
				t.Errorf("%s is listed twice", n)
			}
			seenOnce[n] = true
		}
		address = href(d.Find("nav.pages a[rel=next]"))
	}
	if len(seenOnce) < 15 {
		t.Errorf("%d EPCI in the Nord", len(seenOnce))
	}
	for _, address := range []string{"/liste/bv?page=9999", "/liste/bv?page=-1", "/liste/bv?tri=x&ordre=y", "/liste/qpv?dep=2A", "/liste/ti?dep=975"} {
		v.get(address, http.StatusOK)
	}
}

func TestMembersAreSortedWithoutScript(t *testing.T) {
	v, f := newVisitor(t), realdata.Snapshot(t).France
	d := v.get("/bv/22113?tri=nom&ordre=croissant", http.StatusOK)
	got := listed(d, "#t-membres")
	want := slices.Clone(got)
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(naming.SortKey(a), naming.SortKey(b)) })
	if len(got) != 26 || !slices.Equal(got, want) {
		t.Errorf("members by name: %v", got)
	}
	d = v.get("/reg/53?unite=commune&page=2", http.StatusOK)
	if n := len(listed(d, "#t-membres")); n != pageRows || d.Find("#membres nav.pages a").Length() != 2 {
		t.Errorf("second page of the communes of Bretagne has %d rows", n)
	}
	if to := href(d.Find("#membres nav.pages a[rel=next]")); !strings.Contains(to, "unite=commune") || !strings.HasSuffix(to, "#membres") {
		t.Errorf("the next page is at %s", to)
	}
	// A perimeter that crosses borders says which members it holds in part only.
	bv, _ := f.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	partial := 0
	for _, r := range f.Relations(bv, territory.Canton) {
		if r.Communes < len(r.Other.Communes()) {
			partial++
		}
	}
	d = v.get("/bv/22113?unite=cv", http.StatusOK)
	if n := d.Find("#t-membres tbody th small").Length(); n != partial || n == 0 {
		t.Errorf("%d cantons said to be partial, want %d", n, partial)
	}
}

func TestExports(t *testing.T) {
	v, f := newVisitor(t), realdata.Snapshot(t).France
	body := func(address, kind string) string {
		t.Helper()
		w := v.do(httptest.NewRequest(http.MethodGet, address, nil))
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s: %d %s %s", address, w.Code, w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition"))
		}
		return w.Body.String()
	}
	for address, comma := range map[string]rune{"/bv/22113/communes.csv": ';', "/en/bv/22113/communes.csv": ',', "/set/bv:22113/communes.csv": ';'} {
		text, ok := strings.CutPrefix(body(address, "text/csv"), "\ufeff")
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = comma
		rows, err := r.ReadAll()
		if !ok || err != nil || len(rows) != 27 || !slices.Equal(rows[0], memberColumns) || rows[1][0] != "22030" {
			t.Errorf("%s: %v, %d rows, first %v", address, err, len(rows), rows[1])
		}
	}
	if text := body("/dep/986/communes.csv", "text/csv"); strings.Contains(text, ";0;0;") {
		t.Errorf("what is not published is written as zero: %s", text)
	}
	file := filepath.Join(t.TempDir(), "a.parquet")
	if err := os.WriteFile(file, []byte(body("/bv/22113/communes.parquet", "application/vnd.apache.parquet")), 0o600); err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.ReadFile[memberRow](file)
	if err != nil || len(rows) != 26 || *rows[0].Population <= 0 {
		t.Errorf("parquet: %v, %d rows", err, len(rows))
	}
	for _, address := range []string{"/bv/22113/contour.geojson", "/qpv/QN02201M/contour.geojson", "/arm/75111/contour.geojson", "/pays/FR/contour.geojson", "/set/22113,97502/contour.geojson"} {
		var g struct {
			Type       string
			Properties map[string]any
			Geometry   struct {
				Type        string
				Coordinates []any
			}
		}
		if err := json.Unmarshal([]byte(body(address, "application/geo+json")), &g); err != nil || g.Type != "Feature" || len(g.Geometry.Coordinates) == 0 {
			t.Errorf("%s: %v %s", address, err, g.Geometry.Type)
		}
		if strings.Contains(address, "97502") && !strings.Contains(g.Properties["credit"].(string), "OpenStreetMap") {
			t.Errorf("%s does not credit OpenStreetMap", address)
		}
	}
	text, _ := strings.CutPrefix(body("/liste/bv/csv?dep=22", "text/csv"), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	list, err := r.ReadAll()
	if err != nil || len(list) < 15 || len(strings.Split(list[1][6], "|")) < 1 {
		t.Errorf("list: %v, %d rows", err, len(list))
	}
	for _, row := range list[1:] {
		if u, ok := f.Territory(territory.ID{Level: territory.BassinDeVie, Code: row[1]}); !ok || strings.Join(f.Codes(u), "|") != row[6] {
			t.Errorf("row %v", row)
		}
	}
	for _, address := range []string{"/bv/1/communes.csv", "/set/zzzzzzzzzz/contour.geojson", "/liste/x/csv"} {
		if w := v.do(httptest.NewRequest(http.MethodGet, address, nil)); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", address, w.Code)
		}
	}
}

func TestDifferByOne(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"22113", "22113", false}, {"22113", "22114", true}, {"22113", "2213", true}, {"22113", "221130", true}, {"22113", "21213", true},
		{"22113", "31113", false}, {"22113", "", false}, {"2", "", true}, {"ab", "ba", true}, {"ab", "cd", false},
	} {
		if got := differByOne(c.a, c.b); got != c.want {
			t.Errorf("differByOne(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

func FuzzDifferByOne(f *testing.F) {
	f.Add("22113", "2213")
	f.Add("é", "e")
	f.Fuzz(func(t *testing.T, a, b string) {
		if differByOne(a, b) && (a == b || len(a)-len(b) > 1 || len(b)-len(a) > 1) {
			t.Fatalf("%q and %q are said to differ by one", a, b)
		}
	})
}
