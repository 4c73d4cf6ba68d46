package observatory

import (
	"math"

	"bassin/internal/indicator"
	"bassin/internal/indicator/twins"
	"bassin/internal/place"
	"bassin/internal/territory"
)

// Trait is what territories are compared on to find twins: of the place, and never
// a thing that twins are meant to compare.
type Trait struct {
	Key       string
	Transform twins.Transform
	beyond    int // of a distance: least inhabitants of the urban units it leads to
}

// Traits are those that twins rest on. Two are distances, in km, as the crow flies:
// the mean over the inhabitants of the distance from their commune's centre to that
// of the main commune of the nearest urban unit of so many inhabitants.
var Traits = []Trait{
	{Key: populationKey, Transform: twins.Log}, {Key: "density", Transform: twins.Log}, {Key: "population_growth"},
	{Key: "age_0_14"}, {Key: "age_15_24"}, {Key: "age_65"}, {Key: "age_80"}, {Key: "household_size"},
	{Key: "median_income", Transform: twins.Log}, {Key: "jobs_per_employed"}, {Key: "social_housing"}, {Key: "immigrants"},
	{Key: TownKm, beyond: 50_000}, {Key: CityKm, beyond: 200_000},
}

// Keys of the traits that are not in the catalogue.
const (
	TownKm = "town_km" // to an urban unit of at least 50,000 inhabitants
	CityKm = "city_km" // of at least 200,000
)

// remoteness is by commune the distance to the nearest urban unit of at least some
// inhabitants. Those abroad are not known here.
func remoteness(f *territory.France, least int) []float64 {
	type point struct{ x, y, z, lon, lat float64 } // on the unit sphere, and in degrees
	at := func(n int32) point {
		c := f.Commune(n)
		sinLon, cosLon := math.Sincos(c.Lon * math.Pi / 180)
		sinLat, cosLat := math.Sincos(c.Lat * math.Pi / 180)
		return point{cosLat * cosLon, cosLat * sinLon, sinLat, c.Lon, c.Lat}
	}
	var towns []point
	for _, u := range f.Level(territory.UniteUrbaine) {
		if n, _ := u.Population(); n < least {
			continue
		}
		main, most := int32(-1), int32(-1)
		for _, n := range u.Communes() {
			if p := f.Commune(n).Population; p != nil && *p > most {
				main, most = n, *p
			}
		}
		if main >= 0 {
			towns = append(towns, at(main))
		}
	}
	out := make([]float64, f.Len())
	for n := range out {
		p, best, near := at(int32(n)), math.Inf(-1), -1
		for i, q := range towns {
			if dot := p.x*q.x + p.y*q.y + p.z*q.z; dot > best {
				best, near = dot, i
			}
		}
		if out[n] = math.NaN(); near >= 0 {
			out[n] = place.Km(p.lon, p.lat, towns[near].lon, towns[near].lat)
		}
	}
	return out
}

// meanOver is the mean of a column over the inhabitants of communes.
func meanOver(f *territory.France, column []float64, communes []int32) float64 {
	sum, people := 0.0, 0.0
	for _, n := range communes {
		weight := 0.0
		if p := f.Commune(n).Population; p != nil {
			weight = float64(*p)
		}
		if len(communes) == 1 {
			weight = 1
		}
		sum += weight * column[n]
		people += weight
	}
	return sum / people // NaN where nobody lives
}

// trait is the values of a trait over a level, NaN where missing.
func (o *Observatory) trait(tr Trait, l territory.Level) []float64 {
	ts := o.France.Level(l)
	out := make([]float64, len(ts))
	if tr.beyond > 0 {
		column := o.remoteness(tr.Key)
		for i, t := range ts {
			out[i] = meanOver(o.France, column, t.Communes())
		}
		return out
	}
	d, ok := o.Panel.Definition(tr.Key)
	if !ok {
		for i := range out {
			out[i] = math.NaN()
		}
		return out
	}
	a := o.Panel.Across(l, d, d.Latest())
	for i, x := range a.Values {
		out[i] = tr.usable(x, a.States[i])
	}
	return out
}

// own is the values of the traits of one territory.
func (o *Observatory) own(t *territory.Territory) []float64 {
	out := make([]float64, len(Traits))
	for i, tr := range Traits {
		if tr.beyond > 0 {
			out[i] = meanOver(o.France, o.remoteness(tr.Key), t.Communes())
			continue
		}
		v := o.Latest(t, tr.Key)
		out[i] = tr.usable(v.Value, v.State)
	}
	return out
}

// usable is a value that may tell twins: one that speaks of the whole perimeter.
func (tr Trait) usable(x float64, s indicator.State) float64 {
	if s != indicator.Whole || tr.Transform == twins.Log && x <= 0 {
		return math.NaN()
	}
	return x
}
