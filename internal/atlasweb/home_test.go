package atlasweb

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func TestHomeAsksFirst(t *testing.T) {
	v := newVisitor(t)
	for _, c := range []struct{ address, search, basins, prefix string }{
		{"/", "/recherche", "1\u202f707", ""},
		{"/en/", "/en/search", "1,707", "/en"},
	} {
		d := v.get(c.address, http.StatusOK)
		form := d.Find("main form.search")
		if action, _ := form.Attr("action"); action != c.search || form.Find("input[name=q]").Length() != 1 {
			t.Errorf("%s: the search box leads to %q", c.address, action)
		}
		if d.Find("header form.search").Length() != 0 {
			t.Errorf("%s has two search boxes", c.address)
		}
		if !strings.Contains(d.Find(".home-what").Text(), c.basins) {
			t.Errorf("%s does not count %s basins", c.address, c.basins)
		}
		if n := d.Find(".home-ways h3 a").Length(); n != 6 {
			t.Errorf("%s has %d ways in, want 6", c.address, n)
		}
		if got, want := d.Find(".home-map details li a").Length(), len(realdata.Snapshot(t).France.Level(territory.Departement)); got != want {
			t.Errorf("%s lists %d départements, want %d", c.address, got, want)
		}
		d.Find("main a").Each(func(_ int, a *goquery.Selection) {
			if !strings.HasPrefix(href(a), c.prefix+"/") {
				t.Errorf("%s leads out of its language: %s", c.address, href(a))
			}
		})
		d.Find("input[type=image]").Each(func(_ int, i *goquery.Selection) {
			src, _ := i.Attr("src")
			if w := v.do(httptest.NewRequest(http.MethodGet, src, nil)); w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("the map %s answers %d, %q", src, w.Code, w.Header().Get("Cache-Control"))
			}
			if alt, _ := i.Attr("alt"); len(alt) < 40 {
				t.Errorf("the map is described as %q", alt)
			}
		})
	}
}

func TestHomeMapFollowsTheTheme(t *testing.T) {
	v := newVisitor(t)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "apparence", Value: "dark"})
	d := v.page(v.do(r), "/", http.StatusOK)
	if src, _ := d.Find("input[type=image]").Attr("src"); !strings.Contains(src, "theme=dark") {
		t.Errorf("in the dark theme the map is %s", src)
	}
}

func BenchmarkHome(b *testing.B) {
	v := newVisitor(b)
	b.ReportAllocs()
	for b.Loop() {
		if w := v.do(httptest.NewRequest(http.MethodGet, "/", nil)); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

func TestHomeListsHyphensAsSpaces(t *testing.T) {
	text := newVisitor(t).get("/", http.StatusOK).Find(".home-map details").Text()
	if haute, maritimes := strings.Index(text, "Alpes-de-Haute-Provence"), strings.Index(text, "Alpes-Maritimes"); haute < 0 || haute > maritimes {
		t.Errorf("Alpes-de-Haute-Provence is at %d, Alpes-Maritimes at %d", haute, maritimes)
	}
}
