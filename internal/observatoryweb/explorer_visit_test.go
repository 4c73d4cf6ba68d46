package observatoryweb

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/atlas"
	"bassin/internal/browsertest"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Run(m)) }

// addressed resolves what an address holds; sets are given by expression only.
type addressed struct{}

func (addressed) Resolve(_ context.Context, f *territory.France, expr string) (*territory.Territory, error) {
	return f.Resolve(expr, nil)
}

// observatorySite serves the observatory on the project's own data, behind the
// whole middleware, with the real scripts and styles.
func observatorySite(t testing.TB) http.Handler {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := assets.Load()
	if err != nil {
		t.Fatal(err)
	}
	site := web.Site{Name: "Bassin", Contact: "contact@example.fr"}
	kit, err := web.New(web.Config{Site: web.Always(site), Catalog: c, Assets: files, Templates: Templates(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	pages := &Pages{Kit: kit, Site: web.Always(site), Observatory: &observatory.Service{Perimeters: addressed{}, Unit: atlas.Unit}}
	router, err := kit.Router(append(kit.Routes(), pages.Routes()...))
	if err != nil {
		t.Fatal(err)
	}
	s := realdata.Snapshot(t)
	seeing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.svg" {
			w.Header().Set("Content-Type", "image/svg+xml")
			w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
			return
		}
		router.ServeHTTP(w, r.WithContext(snapshot.WithContext(r.Context(), s)))
	})
	return kit.Stack(seeing, web.NewMetrics(), time.Now, web.Limits{})
}

// ask returns the answer at an address.
func ask(site http.Handler, address string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	return w
}

// read returns the page at an address, which must answer with that status.
func read(t testing.TB, site http.Handler, address string, status int) *goquery.Document {
	t.Helper()
	w := ask(site, address)
	if w.Code != status {
		t.Fatalf("%s answers %d, want %d", address, w.Code, status)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	text := d.Text()
	for _, bad := range []string{"⟦", "NaN", "%!", "+Inf", "<nil>"} {
		if i := strings.Index(text, bad); i >= 0 {
			t.Errorf("%s shows %q: …%s…", address, bad, text[max(0, i-60):min(len(text), i+60)])
		}
	}
	return d
}

// lookAt opens a page in a real browser: nothing is complained of but the status of
// a form that is wrong or names what does not exist, axe-core finds nothing, and nothing is wider than the
// screen, down to 320 px for a narrow one. A picture is kept under the name where
// BASSIN_TEST_IMAGES names a folder.
func lookAt(t *testing.T, base, path string, o browsertest.Options, name string) {
	t.Helper()
	p := browsertest.Open(t, o, base+path)
	for _, n := range p.Noises() {
		if !strings.Contains(n, "400") && !(strings.Contains(n, "404") && strings.HasSuffix(n, " "+base+path)) {
			t.Errorf("%s: %s", path, n)
		}
	}
	for _, v := range p.Axe() {
		t.Errorf("%s: axe-core: %v", path, v)
	}
	widths := []int{o.Width}
	if o.Width < 600 {
		widths = []int{360, 320}
	}
	for _, w := range widths {
		p.Resize(w, o.Height)
		if px, who := p.Overflow(); px > 0 {
			t.Errorf("%s at %d px is %d px too wide: %s", path, w, px, who)
		}
	}
	if dir := os.Getenv("BASSIN_TEST_IMAGES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), p.Screenshot(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
