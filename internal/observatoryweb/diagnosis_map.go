package observatoryweb

import (
	"math"

	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/place"
	"bassin/internal/territory"
	"bassin/internal/web/carto"
)

type diagnosisMap struct {
	Drawing carto.Drawing
	Caption string
	Legend  []legendView
	Hidden  string
}

// legendView is one class of a map.
type legendView struct{ CSS, Text string }

// plan maps the need against the fixed France services.
func (d diagnoser) plan(x *observatory.Diagnosis) *diagnosisMap {
	l, t := d.l, x.Territory
	need, ok := d.o.Panel.Definition("illectronisme")
	if !ok {
		return nil
	}
	limits, caption := d.bounds(x, need)
	// A part is told for what lies inside; what is around, for itself.
	rates := map[*territory.Territory]float64{}
	for _, p := range x.Parts {
		rates[p.Territory] = p.Rate
	}
	rate := func(u *territory.Territory) float64 {
		if r, ok := rates[u]; ok {
			return r
		}
		return d.o.Panel.Latest(u, need).Value
	}
	o := carto.Options{
		Unit: x.Unit, Label: l.T("diagnosis.map.label", d.heading(t)), Scale: true,
		Title: func(u *territory.Territory) string {
			r := rate(u)
			if math.IsNaN(r) {
				return l.T("diagnosis.map.none", d.heading(u))
			}
			return l.T("diagnosis.map.value", d.heading(u), amount(l, need, r))
		},
	}
	if t.Level.Whole() {
		o.Fill = func(u *territory.Territory) int {
			r := rate(u)
			if math.IsNaN(r) {
				return carto.Hatched
			}
			return fifth(limits, r)
		}
	}
	from, to := d.s.Places.Of(place.FranceServices)
	for i := from; i < to; i++ {
		if at := d.s.Places.At(i); !at.Itinerant && at.Located() && !at.Doubt {
			o.Points = append(o.Points, carto.Point{Lon: at.Lon, Lat: at.Lat, Class: "place", Title: at.Name})
		}
	}
	m := &diagnosisMap{Drawing: carto.Territory(d.s, t, o), Caption: l.T(caption, d.level(x.Unit, 2))}
	if m.Drawing.SVG == "" {
		return nil
	}
	if m.Drawing.Hidden > 0 {
		m.Hidden = l.T("territory.map.hidden", m.Drawing.Hidden)
	}
	if t.Level.Whole() {
		for i := range 5 {
			m.Legend = append(m.Legend, legendView{"s" + itoa(i+1), d.class(need, limits, i)})
		}
	}
	return m
}

// bounds are those of the five classes: fifths of France, or of the territory's own
// parts where these fill fewer than three of the former and the map would be of one
// colour. The key of the caption that says which goes with them.
func (d diagnoser) bounds(x *observatory.Diagnosis, need *indicator.Definition) ([]float64, string) {
	const france, least = "diagnosis.map.caption", 5
	limits := d.o.Fifths(x.Unit, need)
	var values []float64
	classes := map[int]bool{}
	for _, p := range x.Parts {
		if !math.IsNaN(p.Rate) {
			values = append(values, p.Rate)
			classes[fifth(limits, p.Rate)] = true
		}
	}
	if len(classes) >= 3 || len(values) < least {
		return limits, france
	}
	all := indicator.NewDistribution(values, nil)
	var own []float64
	for i := range limits {
		q := all.Quantile(float64(i+1) / 5)
		if i > 0 && amount(d.l, need, q) == amount(d.l, need, own[i-1]) {
			return limits, france // they differ by less than what is written
		}
		own = append(own, q)
	}
	return own, "diagnosis.map.caption_own"
}

// fifth is the class of a value among five.
func fifth(limits []float64, x float64) int {
	k := 0
	for k < len(limits) && x >= limits[k] {
		k++
	}
	return k
}

// class says a class of a map in words.
func (d diagnoser) class(of *indicator.Definition, limits []float64, i int) string {
	switch i {
	case 0:
		return d.l.T("diagnosis.map.under", amount(d.l, of, limits[0]))
	case len(limits):
		return d.l.T("diagnosis.map.over", amount(d.l, of, limits[i-1]))
	}
	return d.l.T("diagnosis.map.from_to", amount(d.l, of, limits[i-1]), amount(d.l, of, limits[i]))
}
