package api

import (
	"math"

	"bassin/internal/territory"
)

// Territory is a territory in a list.
type Territory struct {
	ID         string   `json:"id"`
	Level      string   `json:"level"`
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Zone       string   `json:"zone,omitempty" enum:"metro,drom,com"`
	Population *int     `json:"population"`
	Communes   int      `json:"communes"`
	Lon        *float64 `json:"lon"`
	Lat        *float64 `json:"lat"`
	Page       string   `json:"page"`
}

func (q *query) territory(t *territory.Territory) Territory {
	out := Territory{
		ID: t.ID.String(), Level: string(t.Level), Code: t.Code, Name: t.Name, Zone: t.Zone,
		Communes: len(t.Communes()), Page: t.Path(),
	}
	if out.Name == "" {
		out.Name = q.local.T("api.set.name", len(t.Communes()))
	}
	if n, known := t.Population(); known {
		out.Population = &n
	}
	if t.Lon != 0 || t.Lat != 0 {
		out.Lon, out.Lat = &t.Lon, &t.Lat
	}
	return out
}

func territoryHead(more ...any) []any {
	return append([]any{"id", "level", "code", "name", "zone", "population", "communes", "lon", "lat"}, more...)
}

func (t *Territory) cells(more ...any) []any {
	return append([]any{t.ID, t.Level, t.Code, t.Name, t.Zone, t.Population, t.Communes, t.Lon, t.Lat}, more...)
}

// share rounds a share to a millionth.
func share(v float64, known bool) *float64 {
	if !known {
		return nil
	}
	v = math.Round(v*1e6) / 1e6
	return &v
}

// Level is a kind of territory.
type Level struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Names string `json:"names"`
	What  string `json:"what"`
	Whole bool   `json:"whole"`
	Total int    `json:"total"`
}

func levels(q *query, _ *struct{ Shared }) (*reply, error) {
	var out []Level
	for _, l := range territory.Levels {
		k := "level." + string(l)
		out = append(out, Level{string(l), q.local.T(k + ".name"), q.local.T(k + ".names"), q.local.T(k + ".what"), l.Whole(), len(q.france().Level(l))})
	}
	return &reply{total: len(out), value: listOf(q, out), csv: func(t *table) {
		t.row("key", "name", "names", "what", "whole", "total")
		for _, l := range out {
			t.row(l.Key, l.Name, l.Names, l.What, l.Whole, l.Total)
		}
	}}, nil
}

// OneInput names a territory.
type OneInput struct {
	Shared
	ID string `path:"id" maxLength:"24000" example:"bv:22113"`
}

// Detail is a territory and what it lies in.
type Detail struct {
	Territory
	Vintage     int         `json:"vintage"`
	Type        string      `json:"type,omitempty"`
	Financing   string      `json:"financing,omitempty"`
	Seat        string      `json:"seat,omitempty"`
	Siren       string      `json:"siren,omitempty"`
	PostalCodes []string    `json:"postalCodes,omitempty"`
	AreaKm2     *float64    `json:"areaKm2,omitempty"`
	Density     int         `json:"density,omitempty"`
	Year        int         `json:"populationYear,omitempty"`
	Programmes  []string    `json:"programmes,omitempty"`
	Parts       []Part      `json:"parts,omitempty"`
	Within      []Territory `json:"within"`
	Links       Links       `json:"links"`
}

// Part is a place with a name of its own inside a commune.
type Part struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// Links lead to what else is told of a territory.
type Links struct {
	Members    string `json:"members"`
	Relations  string `json:"relations"`
	History    string `json:"history"`
	Population string `json:"population"`
	Geometry   string `json:"geometry"`
	Neighbours string `json:"neighbours"`
}

func one(q *query, in *OneInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	return &reply{value: q.detail(t), geojson: func(dst []byte) ([]byte, error) {
		return q.appendFeature(dst, t, defaultPrecision), nil
	}}, nil
}

func (q *query) detail(t *territory.Territory) Detail {
	f := q.france()
	base := Prefix + "/territories/" + t.ID.String()
	d := Detail{
		Territory: q.territory(t), Vintage: f.Vintage(), Type: t.Type, Financing: t.Financing, Seat: t.Seat, Within: []Territory{},
		Links: Links{base + "/members", base + "/relations", base + "/history", base + "/population", base + "/geometry", base + "/neighbours"},
	}
	for _, l := range territory.Levels {
		if o := holder(f, t, l); o != nil && o != t {
			d.Within = append(d.Within, q.territory(o))
		}
	}
	if t.Level != territory.Commune {
		return d
	}
	n := t.Communes()[0]
	row := f.Commune(n)
	d.Siren, d.PostalCodes, d.AreaKm2, d.Density, d.Year = row.Siren, row.PostalCodes, row.AreaKm2, int(row.Density), int(row.PopulationYear)
	for _, p := range f.Parts(n) {
		d.Parts = append(d.Parts, Part{p.Code, p.Name, p.Type})
	}
	for _, m := range []struct {
		has  bool
		name string
	}{{row.ACV, "acv"}, {row.PVD, "pvd"}, {row.ORT, "ort"}, {row.FRR != "" && row.FRR != notFRR, "frr"}} {
		if m.has {
			d.Programmes = append(d.Programmes, m.name)
		}
	}
	return d
}

// notFRR is the wording of the DGCL list for communes outside the classification.
const notFRR = "Non classée"

// holder is the one territory of a level that holds every commune of t, or nil.
func holder(f *territory.France, t *territory.Territory, l territory.Level) *territory.Territory {
	if !l.Whole() || len(t.Communes()) == 0 {
		return nil
	}
	var one *territory.Territory
	for i, n := range t.Communes() {
		of := f.Of(n, l)
		if len(of) != 1 || i > 0 && of[0] != one {
			return nil
		}
		one = of[0]
	}
	if len(one.Communes()) < len(t.Communes()) {
		return nil
	}
	return one
}
