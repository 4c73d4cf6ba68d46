package api

import (
	"cmp"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/territory/shape"
)

type searchInput struct {
	Shared
	Q           string `query:"q" required:"true" minLength:"1" maxLength:"200" example:"saint brieuc"`
	Levels      string `query:"levels" maxLength:"100" example:"commune,bv"`
	Dep         string `query:"dep" maxLength:"3"`
	Limit       int    `query:"limit" minimum:"1" maximum:"100" default:"10"`
	Spreadsheet bool   `query:"spreadsheet"`
}

// Match is a territory that answers a search.
type Match struct {
	Territory Territory `json:"territory"`
	Text      string    `json:"text"`
	Why       string    `json:"why" enum:"name,words,typo,former-name,part,postal-code,code,sigle"`
	Score     float64   `json:"score"`
}

func search(q *query, in *searchInput) (*reply, error) {
	o := names.Options{Limit: in.Limit, Departement: in.Dep}
	if in.Levels != "" {
		for one := range strings.SplitSeq(in.Levels, ",") {
			l := territory.Level(strings.TrimSpace(one))
			if !l.Valid() || l == territory.Custom {
				return nil, fault.New(fault.Invalid, "api.error.level", string(l)).In("levels")
			}
			o.Levels = append(o.Levels, l)
		}
	}
	var out []Match
	for _, m := range q.snap.Names.Search(in.Q, o) {
		if t, ok := q.france().Territory(m.ID); ok {
			out = append(out, Match{q.territory(t), m.Text, string(m.Why), *share(m.Score, true)})
		}
	}
	return &reply{total: len(out), value: listOf(q, out), csv: func(s *table) {
		s.row(territoryHead("text", "why", "score")...)
		for i := range out {
			m := &out[i]
			s.row(m.Territory.cells(m.Text, m.Why, m.Score)...)
		}
	}}, nil
}

type reverseInput struct {
	Shared
	Lon         float64 `query:"lon" required:"true" minimum:"-180" maximum:"180" example:"-3.4566"`
	Lat         float64 `query:"lat" required:"true" minimum:"-90" maximum:"90" example:"48.7326"`
	Spreadsheet bool    `query:"spreadsheet"`
}

// Place is what holds a position.
type Place struct {
	List[Around]
	Commune *Territory `json:"commune"`
}

// Around is a territory at a position. Inside and at the limit may both be true;
// only districts and municipal arrondissements have a limit here.
type Around struct {
	Territory Territory `json:"territory"`
	Inside    bool      `json:"inside"`
	AtLimit   bool      `json:"atLimit"`
}

func reverse(q *query, in *reverseInput) (*reply, error) {
	if err := cmp.Or(number("lon", in.Lon, -180, 180), number("lat", in.Lat, -90, 90)); err != nil {
		return nil, err
	}
	p := shape.Point{Lon: in.Lon, Lat: in.Lat}
	var out []Around
	place := Place{}
	for _, n := range q.snap.NearArrondissement(p) {
		out = append(out, Around{q.territory(n.Territory), n.Inside, n.AtLimit})
	}
	for _, n := range q.snap.NearQPV(p) {
		out = append(out, Around{q.territory(n.Territory), n.Inside, n.AtLimit})
	}
	if c, ok := q.snap.Locate(p); ok {
		t := q.territory(q.france().Level(territory.Commune)[c])
		place.Commune = &t
		for _, l := range territory.Levels {
			if !l.Whole() {
				continue
			}
			for _, o := range q.france().Of(c, l) {
				out = append(out, Around{Territory: q.territory(o), Inside: true})
			}
		}
	}
	place.List = listOf(q, out)
	return &reply{total: len(out), value: place, csv: func(s *table) {
		s.row(territoryHead("inside", "atLimit")...)
		for i := range out {
			s.row(out[i].Territory.cells(out[i].Inside, out[i].AtLimit)...)
		}
	}}, nil
}
