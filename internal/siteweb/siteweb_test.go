package siteweb

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/parquet-go/parquet-go"

	"bassin/internal/i18n"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

// filled is an installation whose installer filled everything in.
var filled = web.Site{
	Name: "Bassin des Monts", Publisher: "Syndicat des Monts", Address: "1, place du Marché", Director: "Camille Martin",
	Host: "Hébergeur, Rennes", Contact: "contact@example.fr", BaseURL: "https://bassin.example.fr", Version: "1.2.3",
}

func serve(t testing.TB, site web.Site) http.Handler {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := assets.LoadFS(fstest.MapFS{"site.css": {Data: []byte("a{}")}, "site.js": {Data: []byte("0")}})
	if err != nil {
		t.Fatal(err)
	}
	kit, err := web.New(web.Config{Site: web.Always(site), Catalog: c, Assets: files, Templates: []web.Templates{Templates()}})
	if err != nil {
		t.Fatal(err)
	}
	pages := &Pages{Kit: kit, Site: web.Always(site)}
	router, err := kit.Router(append(kit.Routes(), pages.Routes()...))
	if err != nil {
		t.Fatal(err)
	}
	s := realdata.Snapshot(t)
	seeing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		router.ServeHTTP(w, r.WithContext(snapshot.WithContext(r.Context(), s)))
	})
	return kit.Stack(seeing, web.NewMetrics(), time.Now, web.Limits{})
}

func get(h http.Handler, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func page(t *testing.T, h http.Handler, address string) *goquery.Document {
	t.Helper()
	w := get(h, address)
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d", address, w.Code)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(d.Text(), "⟦") || d.Find("h1").Length() != 1 {
		t.Errorf("%s lacks a text or has not one title", address)
	}
	return d
}

func TestDataPageTellsEverySource(t *testing.T) {
	h, s := serve(t, filled), realdata.Snapshot(t)
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		d := page(t, h, map[i18n.Lang]string{i18n.FR: "/donnees", i18n.EN: "/en/data"}[lang])
		for _, source := range s.Manifest.Sources {
			sheet := d.Find("#source-" + source.Key)
			text := sheet.Text()
			for _, part := range []string{source.Title.In(lang), source.Producer, source.Vintage.In(lang), source.Credit, source.SHA256} {
				if !strings.Contains(text, part) {
					t.Errorf("%s: %s does not tell %q", lang, source.Key, part)
				}
			}
			for _, treated := range source.Treatment {
				if !strings.Contains(text, treated.In(lang)) {
					t.Errorf("%s: %s does not tell %q", lang, source.Key, treated.In(lang))
				}
			}
			if a, _ := sheet.Find("a[rel=license]").Attr("href"); a != licenceAddress(source.Licence) {
				t.Errorf("%s: %s links to licence %q", lang, source.Key, a)
			}
			apart := sheet.PrevAllFiltered("#odbl").Length() > 0
			if apart != (source.Licence == "ODbL-1.0") {
				t.Errorf("%s: %s is on the wrong side of the licences", lang, source.Key)
			}
		}
		links := d.Find("td.files a")
		if links.Length() < 60 {
			t.Errorf("%s: %d files offered", lang, links.Length())
		}
	}
}

func TestEveryFileOfferedAnswers(t *testing.T) {
	h := serve(t, filled)
	page(t, h, "/donnees").Find("td.files a").Each(func(_ int, a *goquery.Selection) {
		address, _ := a.Attr("href")
		r := httptest.NewRequest(http.MethodHead, address, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("ETag") == "" || !strings.Contains(w.Header().Get("Link"), "license") {
			t.Errorf("%s answers %d, ETag %q, Link %q", address, w.Code, w.Header().Get("ETag"), w.Header().Get("Link"))
		}
	})
	for _, wrong := range []string{"/donnees/tables/nothing.csv", "/donnees/tables/communes", "/donnees/tables/communes.exe", "/donnees/tables/outlines-communes-arcs.csv",
		"/donnees/tables/..%2f..%2fmanifest.json", "/donnees/contours/bv-3m.geojson", "/donnees/contours/set-200m.geojson", "/donnees/contours/bv-200m", "/donnees/contours/%00"} {
		if w := get(h, wrong); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", wrong, w.Code)
		}
	}
}

// The CSV holds what the Parquet holds, cell for cell.
func TestTablesConvertWhole(t *testing.T) {
	h, s := serve(t, filled), realdata.Snapshot(t)
	for i := range s.Manifest.Tables {
		table := s.Manifest.Tables[i]
		if !tabular(table) {
			continue
		}
		w := get(h, "/donnees/tables/"+table.Name+".csv")
		records, err := csv.NewReader(w.Body).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", table.Name, err)
		}
		if len(records)-1 != table.Rows || len(records[0]) != len(table.Columns) {
			t.Errorf("%s: %d rows of %d columns, want %d of %d", table.Name, len(records)-1, len(records[0]), table.Rows, len(table.Columns))
		}
		if table.Name != "communes" {
			continue
		}
		at := map[string]int{}
		for i, c := range records[0] {
			at[c] = i
		}
		for n, row := range records[1:] {
			c := s.France.Commune(int32(n))
			population := ""
			if c.Population != nil {
				population = strconv.Itoa(int(*c.Population))
			}
			if row[at["code"]] != c.Code || row[at["name"]] != c.Name || row[at["population"]] != population ||
				row[at["postal_codes"]] != strings.Join(c.PostalCodes, " ") || row[at["bv"]] != c.BassinDeVie ||
				row[at["acv"]] != strconv.FormatBool(c.ACV) || row[at["lat"]] != strconv.FormatFloat(c.Lat, 'f', -1, 64) {
				t.Fatalf("commune %s is written %q", c.Code, row)
			}
		}
	}
	w := get(h, "/donnees/tables/zones.parquet")
	f, err := parquet.OpenFile(strings.NewReader(w.Body.String()), int64(w.Body.Len()))
	if err != nil {
		t.Fatalf("the Parquet file does not open: %v", err)
	}
	if table, _ := s.Manifest.Table("zones"); f.NumRows() != int64(table.Rows) {
		t.Errorf("zones has %d rows", f.NumRows())
	}
	if w := get(h, "/donnees/tables/zones.parquet", "Range", "bytes=0-3"); w.Code != http.StatusPartialContent || w.Body.String() != "PAR1" {
		t.Errorf("a part of a Parquet file answers %d %q", w.Code, w.Body.String())
	}
}

func TestOutlines(t *testing.T) {
	h, s := serve(t, filled), realdata.Snapshot(t)
	for _, c := range []struct {
		file  string
		count int
	}{
		{"dep-1000m", 101}, {"bv-1000m", 1707}, {"qpv-50m", len(s.France.Level(territory.QPV))}, {"arm-200m", 45}, {"odbl-commune-200m", s.Overseas.Len()},
	} {
		w := get(h, "/donnees/contours/"+c.file+".geojson")
		var got struct {
			Type, Licence, Credit string
			Vintage               int
			Features              []struct {
				ID         string
				Properties struct{ Level, Code, Name string }
				Geometry   struct {
					Type        string
					Coordinates json.RawMessage
				}
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", c.file, err)
		}
		if got.Type != "FeatureCollection" || len(got.Features) != c.count || got.Credit == "" || got.Vintage != 2026 {
			t.Errorf("%s: %d features, want %d; credit %q", c.file, len(got.Features), c.count, got.Credit)
		}
		if odbl := strings.HasPrefix(c.file, "odbl"); odbl != (got.Licence == "ODbL-1.0") || odbl != strings.Contains(got.Credit, "OpenStreetMap") {
			t.Errorf("%s is under %s, credit %q", c.file, got.Licence, got.Credit)
		}
		for _, f := range got.Features {
			if f.ID != f.Properties.Level+":"+f.Properties.Code || f.Properties.Name == "" || len(f.Geometry.Coordinates) < 20 {
				t.Fatalf("%s: feature %q is not complete", c.file, f.ID)
			}
		}
	}
	tag := get(h, "/donnees/contours/dep-1000m.geojson").Header().Get("ETag")
	if w := get(h, "/donnees/contours/dep-1000m.geojson", "If-None-Match", tag); w.Code != http.StatusNotModified {
		t.Errorf("what the reader has is sent again: %d", w.Code)
	}
}

func TestLegalSaysWhatIsMissing(t *testing.T) {
	d := page(t, serve(t, filled), "/mentions-legales")
	for _, part := range []string{filled.Publisher, filled.Address, filled.Director, filled.Host, filled.Contact} {
		if !strings.Contains(d.Text(), part) {
			t.Errorf("the legal notice does not tell %q", part)
		}
	}
	if d.Find(".notice").Length() != 0 {
		t.Error("a complete notice is said incomplete")
	}
	bare := serve(t, web.Site{Name: "Bassin"})
	for address, missing := range map[string]string{"/mentions-legales": "non renseigné", "/en/legal": "not filled in"} {
		d := page(t, bare, address)
		if n := strings.Count(d.Find("main").Text(), missing); n != 5 || d.Find(".notice").Length() != 1 {
			t.Errorf("%s says %d things missing, want 5", address, n)
		}
	}
}

func TestAccessibilityClaimsNothing(t *testing.T) {
	for _, site := range []web.Site{filled, {Name: "Bassin"}} {
		h := serve(t, site)
		d := page(t, h, "/accessibilite")
		for _, part := range []string{"n’est pas conforme", "aucun audit n’a été réalisé", "Défenseur des droits", "2005-102"} {
			if !strings.Contains(d.Find("main").Text(), part) {
				t.Errorf("the statement does not say %q", part)
			}
		}
		if mail := d.Find(`main a[href^="mailto:"]`).Length() > 0; mail != (site.Contact != "") {
			t.Errorf("with contact %q, a link to write is there: %t", site.Contact, mail)
		}
		page(t, h, "/en/accessibility")
		page(t, h, "/a-propos")
		page(t, h, "/en/about")
	}
}

func TestMachinesFindTheirWay(t *testing.T) {
	h, s := serve(t, filled), realdata.Snapshot(t)
	if w := get(h, "/robots.txt"); !strings.Contains(w.Body.String(), "Sitemap: https://bassin.example.fr/sitemap.xml") || !strings.Contains(w.Body.String(), "Disallow: /en/search?") {
		t.Errorf("robots.txt is %q", w.Body.String())
	}
	if w := get(serve(t, web.Site{Name: "Bassin"}), "/robots.txt"); !strings.Contains(w.Body.String(), "Sitemap: http://example.com/sitemap.xml") {
		t.Errorf("without a public address, robots.txt is %q", w.Body.String())
	}
	var index struct {
		Maps []struct {
			Loc string `xml:"loc"`
		} `xml:"sitemap"`
	}
	if err := xml.Unmarshal(get(h, "/sitemap.xml").Body.Bytes(), &index); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, m := range index.Maps {
		var set struct {
			URLs []struct {
				Loc string `xml:"loc"`
			} `xml:"url"`
		}
		w := get(h, strings.TrimPrefix(m.Loc, filled.BaseURL))
		if err := xml.Unmarshal(w.Body.Bytes(), &set); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %v", m.Loc, w.Code, err)
		}
		if len(set.URLs) == 0 || len(set.URLs) > 50_000 || w.Body.Len() > 50<<20 {
			t.Errorf("%s holds %d addresses in %d bytes", m.Loc, len(set.URLs), w.Body.Len())
		}
		for _, u := range set.URLs {
			if !strings.HasPrefix(u.Loc, filled.BaseURL+"/") {
				t.Fatalf("%s lists %s", m.Loc, u.Loc)
			}
		}
		total += len(set.URLs)
	}
	want := 2 * len(plainPages)
	for _, level := range territory.Levels {
		want += 2 * len(s.France.Level(level))
	}
	if total != want {
		t.Errorf("the sitemap lists %d addresses, want %d", total, want)
	}
	for _, wrong := range []string{"/sitemaps/commune-0.xml", "/sitemaps/commune-5.xml", "/sitemaps/commune--1.xml", "/sitemaps/nonsense-1.xml", "/sitemaps/pages", "/sitemaps/commune-9223372036854775807.xml"} {
		if w := get(h, wrong); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", wrong, w.Code)
		}
	}
	if w := get(h, "/favicon.svg"); w.Code != http.StatusOK || xml.Unmarshal(w.Body.Bytes(), new(struct{})) != nil {
		t.Errorf("the icon answers %d or is no XML", w.Code)
	}
}
