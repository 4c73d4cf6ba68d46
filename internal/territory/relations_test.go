package territory_test

import (
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// A municipal arrondissement lies in a commune that holds many districts: none of
// them is its own for that, nor is it theirs.
func TestNothingIsToldBetweenTwoTerritoriesSmallerThanACommune(t *testing.T) {
	f := realdata.Snapshot(t).France
	smaller := []territory.Level{territory.ArrondissementMunicipal, territory.QPV}
	for _, id := range []territory.ID{
		{Level: territory.ArrondissementMunicipal, Code: "75101"}, {Level: territory.QPV, Code: "QN02201M"},
	} {
		u, ok := f.Territory(id)
		if !ok {
			t.Fatalf("%s does not exist", id)
		}
		for _, l := range smaller {
			if rs := f.Relations(u, l); len(rs) > 0 {
				t.Errorf("%s is told to cross %d %s", id, len(rs), l)
			}
		}
		for _, l := range []territory.Level{territory.Commune, territory.EPCI, territory.Departement} {
			if rs := f.Relations(u, l); len(rs) != 1 || rs[0].Known {
				t.Errorf("%s in %s: %+v", id, l, rs)
			}
		}
	}
	paris, _ := f.Territory(territory.ID{Level: territory.Commune, Code: "75056"})
	if n := len(f.Relations(paris, territory.ArrondissementMunicipal)); n != 20 {
		t.Errorf("Paris has %d arrondissements", n)
	}
}
