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

// The pages of lists in a real browser: narrow and wide, by day and by night, in
// both languages, with and without scripts.
func TestListsInABrowser(t *testing.T) {
	s := httptest.NewServer(observatorySite(t))
	t.Cleanup(s.Close)
	for i, c := range []struct {
		path string
		o    browsertest.Options
	}{
		{"/observatoire", browsertest.Options{Width: 1280, Height: 1400}},
		{"/en/observatory?q=lannion", browsertest.Options{Width: 360, Height: 2400, NoScript: true, Dark: true}},
		{"/indicateurs", browsertest.Options{Width: 360, Height: 2400, NoScript: true}},
		{"/en/indicators?axe=magie", browsertest.Options{Width: 1280, Height: 1400, Dark: true}},
		{"/indicateurs/jobseekers", browsertest.Options{Width: 1280, Height: 2600}},
		{"/en/indicators/age_75", browsertest.Options{Width: 360, Height: 3000, Dark: true}},
		{"/bv/22113/indicateurs", browsertest.Options{Width: 360, Height: 3000, NoScript: true}},
		{"/en/dep/976/indicators?axe=tous", browsertest.Options{Width: 1280, Height: 3000, Dark: true}},
		{"/qpv/QN00101M/indicateurs", browsertest.Options{Width: 1280, Height: 1000}},
		{"/classement", browsertest.Options{Width: 1280, Height: 1600, Dark: true}},
		{"/classement?indicateur=rsa_share&niveau=commune&trouver=saint-denis", browsertest.Options{Width: 360, Height: 2600}},
		{"/en/ranking?indicateur=zz&niveau=yy&reg=99", browsertest.Options{Width: 360, Height: 2600, NoScript: true}},
		{"/evolutions?indicateur=population&niveau=commune", browsertest.Options{Width: 360, Height: 2600, NoScript: true}},
		{"/en/changes?indicateur=jobseekers_share&niveau=bv", browsertest.Options{Width: 1280, Height: 2600, Dark: true}},
	} {
		p := browsertest.Open(t, c.o, s.URL+c.path)
		for _, n := range p.Noises() {
			if !strings.Contains(n, "400") && !strings.Contains(n, "favicon") { // the status of a form that is wrong
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
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("lists%d.png", i)), p.Screenshot(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
