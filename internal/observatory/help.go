package observatory

import (
	"slices"

	"bassin/internal/place"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// Help is what is known of the places of help of a territory.
type Help struct {
	Sites     []int32 // France services with a fixed counter, numbers in the index of places
	Itinerant []int32 // itinerant ones that have their seat here
	Beyond    []Beyond
	Listed    []Listed
}

// Beyond says how many inhabitants live in communes whose centre is farther than
// a distance from any fixed France services, as the crow flies.
type Beyond struct {
	Km       float64
	Communes int
	People   int
	Known    int // communes whose distance is known
}

// Listed is how many places of an uneven census are known here: recensés.
type Listed struct {
	Kind   place.Kind
	Places []int32
}

// beyondKm are the distances told.
var beyondKm = []float64{5, 10, 15}

// listedKinds are the uneven censuses of places of help.
var listedKinds = []place.Kind{place.Mediation, place.AidantsConnect, place.Conseillers, place.ThirdPlace, place.Library}

func (o *Observatory) help(t *territory.Territory) Help {
	var h Help
	for _, i := range o.in(place.FranceServices, t) {
		if o.places.At(i).Itinerant {
			h.Itinerant = append(h.Itinerant, i)
		} else {
			h.Sites = append(h.Sites, i)
		}
	}
	for _, kind := range listedKinds {
		if in := o.in(kind, t); len(in) > 0 {
			h.Listed = append(h.Listed, Listed{kind, in})
		}
	}
	if !t.Level.Whole() {
		return h
	}
	communes := o.France.Level(territory.Commune)
	for _, km := range beyondKm {
		b := Beyond{Km: km}
		for _, n := range t.Communes() {
			v := o.Latest(communes[n], franceServicesKm)
			if !v.Shown() {
				continue
			}
			if b.Known++; v.Value > km {
				people, _ := communes[n].Population()
				b.Communes++
				b.People += people
			}
		}
		if b.Known > 0 {
			h.Beyond = append(h.Beyond, b)
		}
	}
	return h
}

// in lists the places of a kind in a territory. Those of a municipal
// arrondissement are the places of its city whose point lies in its outline.
func (o *Observatory) in(kind place.Kind, t *territory.Territory) []int32 {
	all := o.places.In(kind, t.Communes())
	if t.Level.Whole() {
		return all
	}
	return slices.DeleteFunc(all, func(i int32) bool {
		lon, lat, ok := o.places.Point(i)
		if !ok {
			return true
		}
		for _, near := range o.Snapshot.NearArrondissement(shape.Point{Lon: lon, Lat: lat}) {
			if near.Territory == t {
				return false
			}
		}
		return true
	})
}

// sites is how many fixed France services a part has.
func (o *Observatory) sites(t *territory.Territory) int {
	n := 0
	for _, i := range o.in(place.FranceServices, t) {
		if !o.places.At(i).Itinerant {
			n++
		}
	}
	return n
}

// listed is how many places of digital mediation are listed in a part.
func (o *Observatory) listed(t *territory.Territory) int {
	return len(o.in(place.Mediation, t))
}
