package orgweb

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"bassin/internal/browsertest"
	"bassin/internal/people"
)

// A real browser finds nothing wrong with any page, in either language, on a phone or
// a screen.
func TestPagesInABrowser(t *testing.T) {
	x := open(t)
	a := x.made(people.Organisation{Name: "Centre social Le Cap", Commune: "22266", SIREN: "443157722", Email: "a@example.fr"})
	b := x.made(people.Organisation{Name: "Le Cap (centre social)", Commune: "22266", Email: "b@example.fr"})
	c := x.made(people.Organisation{Name: "Radio", Commune: "22266"})
	d := x.made(people.Organisation{Name: "Radio associative", Commune: "22266"})
	x.sent("root", address(d.ID)+"/fusionner", form("dans", c.ID, "kept", "1", "merged", "1"))
	signed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "who", Value: "root"})
		x.ServeHTTP(w, r)
	}))
	defer signed.Close()
	for _, o := range []browsertest.Options{{Width: 360, Height: 740}, {Width: 1280, Height: 900, Dark: true}} {
		t.Run(o.String(), func(t *testing.T) {
			p := browsertest.New(t, o)
			for _, path := range []string{
				"/organisations", "/en/organisations?q=rostrenen", "/organisations?territoire=bv:22266", "/organisations?ou=saint-denis", "/organisations?q=xyzzy",
				address(c.ID), "/en" + address(a.ID), "/organisations/commune-22266", "/organisations/nouvelle?numero=443157723", "/en/organisations/new?numero=356000000",
				"/organisations/nouvelle/fiche", "/organisations/importer", "/en/organisations/import?ajoutees=2", "/en" + address(a.ID) + "/edit", address(b.ID) + "/fusionner", "/en" + address(b.ID) + "/merge?dans=" + a.ID, "/organisations/doublons",
			} {
				p.Go(signed.URL + path)
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", path, v)
				}
				for _, noise := range p.Noises() {
					if !strings.Contains(noise, "status of 422") { // of the number that is wrong
						t.Errorf("%s: %s", path, noise)
					}
				}
				if n, who := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels too wide: %s", path, n, who)
				}
			}
		})
	}
}

// A file far beyond what is taken: a real browser shows the form again with what was
// typed, and the limit, though it was still sending.
func TestAFileFarTooLargeInABrowser(t *testing.T) {
	x := open(t)
	o := x.made(people.Organisation{Name: "Centre social Le Cap", Commune: "22266"})
	large := filepath.Join(t.TempDir(), "photo.jpg")
	if err := os.WriteFile(large, make([]byte, 24<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	signed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "who", Value: "root"})
		x.ServeHTTP(w, r)
	}))
	defer signed.Close()
	p := browsertest.New(t, browsertest.Options{Width: 360, Height: 740, NoScript: true})
	p.Go(signed.URL + address(o.ID))
	p.Do("fill in", chromedp.SendKeys(chromedp.CSS("#alt"), "La façade du centre"), chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{large}))
	p.Click("form[enctype] button")
	p.WaitURL("the form again", func(url string) bool { return strings.HasSuffix(url, "/documents") })
	p.Settle()
	if alt := browsertest.Eval[string](p, `document.getElementById('alt').value`); alt != "La façade du centre" {
		t.Errorf("what was typed is lost: %q", alt)
	}
	if said := browsertest.Eval[string](p, `document.querySelector('#file-help .error').textContent`); !strings.Contains(said, "1\u00a0Mo") {
		t.Errorf("the limit is not told: %q", said)
	}
}
