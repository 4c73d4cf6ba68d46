package atlasweb

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/atlas"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

// notebook keeps perimeters in memory: what the pages do with a real store is
// tested in the store's own contract.
type notebook struct {
	mu   sync.Mutex
	kept map[string]atlas.Perimeter
}

func (n *notebook) Perimeter(_ context.Context, code string) (atlas.Perimeter, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p, ok := n.kept[code]
	if !ok {
		return p, fault.New(fault.NotFound, "territory.not_found", "set:"+code)
	}
	return p, nil
}

func (n *notebook) SavePerimeter(_ context.Context, p atlas.Perimeter) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.kept[p.Code] = p
	return nil
}

// visitor reads the atlas on the project's own data, behind the whole middleware.
type visitor struct {
	t    testing.TB
	site http.Handler
	kept *notebook
}

func newVisitor(t testing.TB) *visitor {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := assets.LoadFS(fstest.MapFS{"site.css": {Data: []byte("a{}")}, "site.js": {Data: []byte("0")}})
	if err != nil {
		t.Fatal(err)
	}
	kit, err := web.New(web.Config{Site: web.Always(web.Site{Name: "Bassin"}), Catalog: c, Assets: files, Templates: Templates()})
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, kept: &notebook{kept: map[string]atlas.Perimeter{}}}
	now := func() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }
	pages := &Pages{Kit: kit, Atlas: &atlas.Service{Store: v.kept, Now: now}}
	router, err := kit.Router(append(kit.Routes(), pages.Routes()...))
	if err != nil {
		t.Fatal(err)
	}
	s := realdata.Snapshot(t)
	seeing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		router.ServeHTTP(w, r.WithContext(snapshot.WithContext(r.Context(), s)))
	})
	v.site = kit.Stack(seeing, web.NewMetrics(), now, web.Limits{})
	return v
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	v.site.ServeHTTP(w, r)
	return w
}

// get returns the page at an address, which must answer with that status.
func (v *visitor) get(address string, status int) *goquery.Document {
	v.t.Helper()
	return v.page(v.do(httptest.NewRequest(http.MethodGet, address, nil)), address, status)
}

// post sends a form as a browser does from a page of the site.
func (v *visitor) post(address string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(r)
}

func (v *visitor) page(w *httptest.ResponseRecorder, address string, status int) *goquery.Document {
	v.t.Helper()
	if w.Code != status {
		v.t.Fatalf("%s answers %d, want %d", address, w.Code, status)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		v.t.Fatalf("%s: %v", address, err)
	}
	if strings.Contains(d.Text(), "⟦") {
		v.t.Errorf("%s shows a text that the catalogue lacks: %s", address, between(d.Text(), "⟦", "⟧"))
	}
	if n := d.Find("h1").Length(); n != 1 {
		v.t.Errorf("%s has %d titles of the first level, want 1", address, n)
	}
	return d
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// seen is what a reader sees, with single spaces.
func seen(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func href(s *goquery.Selection) string {
	h, _ := s.Attr("href")
	return h
}
