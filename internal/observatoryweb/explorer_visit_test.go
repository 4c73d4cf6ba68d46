package observatoryweb

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
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
	kit, err := web.New(web.Config{Site: site, Catalog: c, Assets: files, Templates: Templates(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	pages := &Pages{Kit: kit, Site: site, Observatory: &observatory.Service{Perimeters: addressed{}, Unit: atlas.Unit}}
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
