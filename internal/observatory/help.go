package observatory

import (
	"math"

	"bassin/internal/place"
	"bassin/internal/territory"
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
	for _, i := range o.places.In(place.FranceServices, t.Communes()) {
		if o.places.At(i).Itinerant {
			h.Itinerant = append(h.Itinerant, i)
		} else {
			h.Sites = append(h.Sites, i)
		}
	}
	for _, kind := range listedKinds {
		if in := o.places.In(kind, t.Communes()); len(in) > 0 {
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
			if v.Shown() && !math.IsNaN(v.Value) && v.Value > km {
				people, _ := communes[n].Population()
				b.Communes++
				b.People += people
			}
		}
		h.Beyond = append(h.Beyond, b)
	}
	return h
}

// sites is how many fixed France services a part has.
func (o *Observatory) sites(t *territory.Territory) int {
	n := 0
	for _, i := range o.places.In(place.FranceServices, t.Communes()) {
		if !o.places.At(i).Itinerant {
			n++
		}
	}
	return n
}

// listed is how many places of digital mediation are listed in a part.
func (o *Observatory) listed(t *territory.Territory) int {
	return o.places.Count(place.Mediation, t.Communes())
}
