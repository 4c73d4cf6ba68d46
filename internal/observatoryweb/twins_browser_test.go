package observatoryweb

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/browsertest"
)

// Twins and comparisons in a real browser, narrow and wide, by day and by night, in
// both languages, with and without scripts.
func TestTwinsAndComparisonsInABrowser(t *testing.T) {
	s := httptest.NewServer(observatorySite(t))
	t.Cleanup(s.Close)
	for i, c := range []struct {
		path string
		o    browsertest.Options
	}{
		{"/jumeaux", browsertest.Options{Width: 360, Height: 900}},
		{"/jumeaux?t=bv:22113", browsertest.Options{Width: 1280, Height: 3200}},
		{"/en/twins?t=epci:200065928&sans=voisins", browsertest.Options{Width: 360, Height: 4000, Dark: true, NoScript: true}},
		{"/en/twins?t=bv:97411", browsertest.Options{Width: 1280, Height: 900}},
		{"/comparer?q=Lannion", browsertest.Options{Width: 360, Height: 1400, NoScript: true}},
		{"/comparer?t=bv:22113&t=bv:29151&t=dep:22&t=commune:22113&t=bv:97411&t=22113,22278", browsertest.Options{Width: 1280, Height: 3600}},
		{"/en/compare-territories?t=bv:22113&t=bv:35238&t=bv:0", browsertest.Options{Width: 360, Height: 3600, Dark: true}},
	} {
		p := browsertest.Open(t, c.o, s.URL+c.path)
		for _, n := range p.Noises() {
			if !strings.Contains(n, "40") { // the status of what cannot be found
				t.Errorf("%s: %s", c.path, n)
			}
		}
		for _, v := range p.Axe() {
			t.Errorf("%s: axe-core: %v", c.path, v)
		}
		widths := []int{c.o.Width}
		if c.o.Width < 600 {
			widths = []int{360, 320}
		}
		for _, w := range widths {
			p.Resize(w, c.o.Height)
			if px, who := p.Overflow(); px > 0 {
				t.Errorf("%s at %d px is %d px too wide: %s", c.path, w, px, who)
			}
		}
		if dir := os.Getenv("BASSIN_TEST_IMAGES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("twins%d.png", i)), p.Screenshot(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
