package observatoryweb

import (
	"fmt"
	"net/http/httptest"
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
		lookAt(t, s.URL, c.path, c.o, fmt.Sprintf("twins%d", i))
	}
}
