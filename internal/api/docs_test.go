package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/api/geo"
	"bassin/internal/i18n"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

// site joins both interfaces and the page, as the program does.
func site(t *testing.T) http.Handler {
	t.Helper()
	a, _ := open(t)
	set, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	kit, err := web.New(web.Config{Site: web.Site{Name: "Bassin"}, Catalog: a.catalog, Assets: set, Templates: []web.Templates{Templates()}})
	if err != nil {
		t.Fatal(err)
	}
	live := new(snapshot.Live)
	live.Swap(realdata.Snapshot(t))
	routes := append(a.Routes(), a.DocsRoutes(kit)...)
	routes = append(routes, geo.NewHandler(live, "test", a.catalog.Localizer(i18n.FR)).Routes()...)
	router, err := kit.Router(routes)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

func TestDocsPage(t *testing.T) {
	h := site(t)
	ask := func(target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		return w
	}
	for _, target := range []string{"/api", "/en/api"} {
		w := ask(target)
		page, err := goquery.NewDocumentFromReader(w.Body)
		if err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", target, w.Code, err)
		}
		if text := page.Text(); strings.Contains(text, "⟦") {
			t.Errorf("%s: a text is missing near %q", target, text[strings.Index(text, "⟦"):][:40])
		}
		if n := page.Find("main h3, h3").Length(); n < 13 {
			t.Errorf("%s: %d operations", target, n)
		}
		ids := map[string]bool{}
		page.Find("[id]").Each(func(_ int, s *goquery.Selection) {
			if id := s.AttrOr("id", ""); ids[id] {
				t.Errorf("%s: id %s is used twice", target, id)
			} else {
				ids[id] = true
			}
		})
		tried := 0
		page.Find(`a[href^="/api/"]`).Each(func(_ int, s *goquery.Selection) {
			tried++
			if w := ask(s.AttrOr("href", "")); w.Code != 200 {
				t.Errorf("%s: the example %s answers %d: %.200s", target, s.Text(), w.Code, w.Body)
			}
		})
		if tried < 20 {
			t.Errorf("%s: only %d examples", target, tried)
		}
	}
}

func TestRoutesAreWhole(t *testing.T) {
	a, _ := open(t)
	for _, r := range a.Routes() {
		if r.Who != web.Everyone || !r.Single || !strings.HasPrefix(r.Pattern, Prefix) || r.Action == "" {
			t.Errorf("%+v", r)
		}
	}
	if n := len(a.Routes()); n != 16 {
		t.Errorf("%d routes", n)
	}
}
