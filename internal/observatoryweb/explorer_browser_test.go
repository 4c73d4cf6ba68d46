package observatoryweb

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"bassin/internal/browsertest"
)

// Every mode of the explorer in a real browser, narrow and wide, by day and by
// night, in both languages, without scripts.
func TestExplorerInABrowser(t *testing.T) {
	s := httptest.NewServer(observatorySite(t))
	t.Cleanup(s.Close)
	for i, c := range []struct {
		path string
		o    browsertest.Options
	}{
		{"/explorer", browsertest.Options{Width: 1280, Height: 1600}},
		{"/en/explorer", browsertest.Options{Width: 360, Height: 2400, NoScript: true}},
		{"/explorer?niveau=bv&indicateur=density&avec=age_75&echelle=x&lieux=france-services&ici=bv:22113", browsertest.Options{Width: 1280, Height: 2000}},
		{"/explorer?niveau=commune&indicateur=age_75&zone=reg:53&avec=density&echelle=y", browsertest.Options{Width: 360, Height: 3000}},
		{"/en/explorer?niveau=epci&indicateur=population_growth&classes=jenks&nombre=6", browsertest.Options{Width: 1280, Height: 1600, Dark: true}},
		{"/explorer?niveau=bv&indicateur=unemployment_ilo", browsertest.Options{Width: 1280, Height: 1200}},
		{"/explorer?niveau=pays&indicateur=density&classes=limites&limites=10+9", browsertest.Options{Width: 360, Height: 1800}},
		{"/explorer?niveau=commune&indicateur=age_75&avec=density&echelle=y&lieux=france-services&zone=dep:22", browsertest.Options{Width: 1280, Height: 2200, Dark: true, NoScript: true}},
		{"/en/explorer?niveau=commune&indicateur=density&avec=higher_ed&echelle=x", browsertest.Options{Width: 1280, Height: 2200}},
	} {
		lookAt(t, s.URL, c.path, c.o, fmt.Sprintf("explorer%d", i))
	}
}
