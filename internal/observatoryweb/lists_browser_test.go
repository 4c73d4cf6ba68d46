package observatoryweb

import (
	"fmt"
	"net/http/httptest"
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
		lookAt(t, s.URL, c.path, c.o, fmt.Sprintf("lists%d", i))
	}
}
