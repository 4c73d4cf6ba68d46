package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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
	return stack(t, nil)
}

// stack is the site behind the middleware, if stacked is not nil.
func stack(t *testing.T, stacked func(k *web.Renderer, h http.Handler) http.Handler) http.Handler {
	t.Helper()
	a, _ := open(t)
	set, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	kit, err := web.New(web.Config{Site: web.Always(web.Site{Name: "Bassin"}), Catalog: a.catalog, Assets: set, Templates: []web.Templates{Templates()}, Failures: a.Failures()})
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
	if stacked == nil {
		return router
	}
	return stacked(kit, router)
}

// Whatever refuses below /api/, programs read why.
func TestRefusalsAreProblems(t *testing.T) {
	h := stack(t, func(k *web.Renderer, h http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/", h)
		mux.HandleFunc("/api/v1/panic", func(http.ResponseWriter, *http.Request) { panic("test") })
		return k.Stack(mux, web.NewMetrics(), time.Now, web.Limits{Body: 1000})
	})
	for _, c := range []struct {
		method, target, origin, body string
		status                       int
		code, allow                  string
	}{
		{"DELETE", "/api/v1/levels", "", "", 405, "invalid", "GET, HEAD, OPTIONS"},
		{"PUT", "/api/v1/sets", "", "{}", 405, "invalid", "GET, HEAD, OPTIONS, POST"},
		{"DELETE", "/api/v1/nothing", "", "", 405, "invalid", "GET, HEAD, OPTIONS"},
		{"POST", "/api/v1/sets", "https://elsewhere.example", "{}", 403, "forbidden", ""},
		{"POST", "/api/v1/sets", "", strings.Repeat(" ", 1001), 413, "too_large", ""},
		{"GET", "/api/v2/levels", "", "", 404, "not_found", ""},
		{"GET", "/api/v1/panic", "", "", 500, "internal", ""},
	} {
		for _, lang := range []string{"fr", "en"} {
			r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
			r.Header.Set("Accept-Language", lang)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var p Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != c.status || p.Status != c.status || p.Code != c.code ||
				w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Allow") != c.allow {
				t.Errorf("%s %s: %d %v %v %.200s", c.method, c.target, w.Code, err, w.Header(), w.Body)
			}
			if p.Detail == "" || strings.Contains(p.Detail, "⟦") || w.Header().Get("Content-Language") != lang {
				t.Errorf("%s %s: %s: %+v", c.method, c.target, lang, p)
			}
		}
	}
	// Elsewhere an error stays a page.
	r := httptest.NewRequest("DELETE", "/api", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 405 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("DELETE /api: %d %v", w.Code, w.Header())
	}
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
		if text := page.Find("#rules").Parent().Text(); !strings.Contains(text, "POST /api/v1/sets") || !strings.Contains(text, "403") {
			t.Errorf("%s: nothing says that a page of another site may not write", target)
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
	if n := len(a.Routes()); n != 33 {
		t.Errorf("%d routes", n)
	}
}
