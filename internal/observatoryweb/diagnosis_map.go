package observatoryweb

import (
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
	limits := d.o.Fifths(x.Unit, need)
	o := carto.Options{
		Unit: x.Unit, Label: l.T("diagnosis.map.label", d.heading(t)), Scale: true,
		Title: func(u *territory.Territory) string {
			v := d.o.Panel.Latest(u, need)
			if !v.Shown() {
				return l.T("diagnosis.map.none", d.heading(u))
			}
			return l.T("diagnosis.map.value", d.heading(u), amount(l, need, v.Value))
		},
	}
	if t.Level.Whole() {
		o.Fill = func(u *territory.Territory) int {
			v := d.o.Panel.Latest(u, need)
			if !v.Shown() {
				return carto.Hatched
			}
			return fifth(limits, v.Value)
		}
	}
	from, to := d.s.Places.Of(place.FranceServices)
	for i := from; i < to; i++ {
		if at := d.s.Places.At(i); !at.Itinerant && at.Located() && !at.Doubt {
			o.Points = append(o.Points, carto.Point{Lon: at.Lon, Lat: at.Lat, Class: "place", Title: at.Name})
		}
	}
	m := &diagnosisMap{Drawing: carto.Territory(d.s, t, o), Caption: l.T("diagnosis.map.caption", d.level(x.Unit, 2))}
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
