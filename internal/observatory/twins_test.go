package observatory

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/fault"
	"bassin/internal/place"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func named(t testing.TB, o *Observatory, text string) *territory.Territory {
	t.Helper()
	at, err := o.France.Resolve(text, nil)
	if err != nil {
		t.Fatal(text, err)
	}
	return at
}

func twinsOf(t testing.TB, o *Observatory, at *territory.Territory, k int, opt TwinOptions) []Twin {
	t.Helper()
	list, err := o.Twins(at, k, opt)
	if err != nil {
		t.Fatal(at.ID, err)
	}
	return list
}

func codes(list []Twin) []string {
	var out []string
	for _, w := range list {
		out = append(out, w.Territory.ID.String())
	}
	return out
}

// every calls do for territories of each level at equal steps.
func every(o *Observatory, about int, do func(*territory.Territory)) {
	for _, l := range TwinLevels {
		ts := o.France.Level(l)
		for _, i := range steps(len(ts), about) {
			do(ts[i])
		}
	}
}

func TestTwinLaws(t *testing.T) {
	o := (&Service{}).Of(realdata.Snapshot(t))
	asked := 0
	every(o, 40, func(at *territory.Territory) {
		list, err := o.Twins(at, 10, TwinOptions{})
		if err != nil {
			if e, ok := errors.AsType[*fault.Error](err); !ok || e.Key != "twinsof.error.unknown" {
				t.Error(at.ID, err)
			}
			return
		}
		asked++
		if len(list) != 10 {
			t.Errorf("%s has %d twins", at.ID, len(list))
		}
		for i, w := range list {
			if w.Territory == at || w.Territory.Level != at.Level || i > 0 && w.Distance < list[i-1].Distance || w.Distance < 0 {
				t.Errorf("%s: twin %d is %s at %v", at.ID, i, w.Territory.ID, w.Distance)
			}
			// The gaps make the distance, and each trait is on one side.
			sum := 0.0
			for _, x := range slices.Concat(w.Alike, w.Differ) {
				sum += x.Apart * x.Apart
			}
			n := len(w.Alike) + len(w.Differ)
			if math.Abs(math.Sqrt(sum/float64(n))-w.Distance) > 1e-9 || n < 10 {
				t.Errorf("%s and %s: %d traits make %v, not %v", at.ID, w.Territory.ID, n, math.Sqrt(sum/float64(n)), w.Distance)
			}
			for _, x := range w.Alike {
				if math.Abs(x.Apart) >= Apart {
					t.Error(at.ID, "alike", x)
				}
			}
			for _, x := range w.Differ {
				if math.Abs(x.Apart) < Apart {
					t.Error(at.ID, "differs", x)
				}
			}
			// A twin is as far seen from the other side.
			if back := twinsOf(t, o, w.Territory, 60, TwinOptions{}); i == 0 && back[59].Distance > w.Distance && !slices.ContainsFunc(back, func(b Twin) bool {
				return b.Territory == at && b.Distance == w.Distance
			}) {
				t.Errorf("%s is not a twin of its twin %s", at.ID, w.Territory.ID)
			}
		}
		few := twinsOf(t, o, at, 4, TwinOptions{})
		if d := cmp.Diff(codes(list)[:4], codes(few)); d != "" {
			t.Errorf("%s: fewer twins are others: %s", at.ID, d)
		}
	})
	if asked < 100 {
		t.Error("only", asked, "territories had twins")
	}
}

// Whoever is asked first, the answer is the same.
func TestTwinsWhateverTheOrder(t *testing.T) {
	s := realdata.Snapshot(t)
	a, b := (&Service{}).Of(s), (&Service{}).Of(s)
	ask := []string{"bv:22113", "commune:22113", "bv:59350", "epci:200065928", "22113,22278"}
	first, second := map[string][]string{}, map[string][]string{}
	for _, x := range ask {
		first[x] = codes(twinsOf(t, a, named(t, a, x), 10, TwinOptions{}))
	}
	slices.Reverse(ask)
	for _, x := range ask {
		second[x] = codes(twinsOf(t, b, named(t, b, x), 10, TwinOptions{}))
	}
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
}

func TestTwinsExclusions(t *testing.T) {
	o := (&Service{}).Of(realdata.Snapshot(t))
	left := 0
	departements := func(at *territory.Territory) map[string]bool {
		in := map[string]bool{}
		for _, n := range at.Communes() {
			in[o.France.Commune(n).Departement] = true
		}
		return in
	}
	every(o, 20, func(at *territory.Territory) {
		free, err := o.Twins(at, 10, TwinOptions{})
		if err != nil || at.Level == territory.Departement {
			return
		}
		touching := map[*territory.Territory]bool{}
		for _, n := range o.Snapshot.Neighbours(at) {
			for _, u := range o.France.Of(n, at.Level) {
				touching[u] = true
			}
		}
		own := departements(at)
		for _, w := range twinsOf(t, o, at, 10, TwinOptions{NotNeighbours: true}) {
			if touching[w.Territory] {
				t.Errorf("%s touches its twin %s", at.ID, w.Territory.ID)
			}
		}
		for _, w := range twinsOf(t, o, at, 10, TwinOptions{NotSameDepartement: true}) {
			for d := range departements(w.Territory) {
				if own[d] {
					t.Errorf("%s and its twin %s are both in %s", at.ID, w.Territory.ID, d)
				}
			}
		}
		for _, w := range free {
			if touching[w.Territory] {
				left++
			}
		}
	})
	if left == 0 {
		t.Error("no neighbour was ever a twin: the exclusion was not tried")
	}
}

// A set with the communes of a basin has the twins of the basin, and not the basin itself.
func TestTwinsOfASet(t *testing.T) {
	o := (&Service{}).Of(realdata.Snapshot(t))
	basin := named(t, o, "bv:22113")
	set := o.France.Set(basin.Communes())
	if d := cmp.Diff(codes(twinsOf(t, o, basin, 10, TwinOptions{})), codes(twinsOf(t, o, set, 10, TwinOptions{}))); d != "" {
		t.Error(d)
	}
	// A set that takes from two basins has neither for a twin.
	two := named(t, o, "22113,22278")
	for _, w := range twinsOf(t, o, two, 50, TwinOptions{}) {
		for _, n := range two.Communes() {
			if o.France.One(n, territory.BassinDeVie) == w.Territory {
				t.Error("a basin of the set is its twin:", w.Territory.Name)
			}
		}
	}
}

func TestTwinsRefused(t *testing.T) {
	o := (&Service{}).Of(realdata.Snapshot(t))
	for text, want := range map[string]string{
		"reg:53": "twinsof.error.level", "arm:75101": "twinsof.error.level", "pays:FR": "twinsof.error.level",
		"bv:97411": "twinsof.error.unknown", "97411,97415": "twinsof.error.unknown", "55039": "twinsof.error.unknown", // no inhabitants since 1916
	} {
		_, err := o.Twins(named(t, o, text), 10, TwinOptions{})
		if e, ok := errors.AsType[*fault.Error](err); !ok || e.Key != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// The distances of a few towns, against a plain search through all urban units.
func TestRemoteness(t *testing.T) {
	o := (&Service{}).Of(realdata.Snapshot(t))
	for _, tr := range Traits {
		if tr.beyond == 0 {
			continue
		}
		got := o.remoteness(tr.Key)
		for _, n := range steps(o.France.Len(), 300) {
			c := o.France.Commune(int32(n))
			want := math.Inf(1)
			for _, u := range o.France.Level(territory.UniteUrbaine) {
				if people, _ := u.Population(); people < tr.beyond {
					continue
				}
				var main *territory.CommuneRow
				for _, m := range u.Communes() {
					if x := o.France.Commune(m); x.Population != nil && (main == nil || *x.Population > *main.Population) {
						main = x
					}
				}
				want = min(want, place.Km(c.Lon, c.Lat, main.Lon, main.Lat))
			}
			if math.Abs(got[n]-want) > 1e-6 {
				t.Errorf("%s of %s is %v, not %v", tr.Key, c.Name, got[n], want)
			}
		}
	}
	for code, want := range map[string]float64{"29019": 0, "75056": 0} { // Brest, Paris
		n, _ := o.France.CommuneNumber(code)
		if got := o.remoteness(CityKm)[n]; got != want {
			t.Errorf("%s is %v km from a city", code, got)
		}
	}
}

func BenchmarkTwins(b *testing.B) {
	o := (&Service{}).Of(realdata.Snapshot(b))
	for _, text := range []string{"bv:22113", "commune:22113", "commune:75056", "dep:22", "22113,22278"} {
		at := named(b, o, text)
		twinsOf(b, o, at, 10, TwinOptions{})
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				twinsOf(b, o, at, 10, TwinOptions{NotNeighbours: true, NotSameDepartement: true})
			}
		})
	}
}
