package api

import (
	"strings"

	"bassin/internal/observatory"
)

type twinsInput struct {
	SheetInput
	Limit           int  `query:"limit" minimum:"1" maximum:"50" default:"10"`
	SkipNeighbours  bool `query:"skipNeighbours"`
	SkipDepartement bool `query:"skipDepartement"`
}

// Twins are the territories most like another.
type Twins struct {
	List[Twin]
	Level   string       `json:"level"`
	Quality *TwinQuality `json:"quality"`
}

// Twin is a territory like another, the most alike first.
type Twin struct {
	Territory
	Distance float64    `json:"distance"`
	Alike    []Likeness `json:"alike"`
	Differ   []Likeness `json:"differ"`
}

// Likeness is how a territory and its twin compare on a trait.
type Likeness struct {
	Trait string  `json:"trait"`
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Own   float64 `json:"own"`
	Other float64 `json:"other"`
	Apart float64 `json:"apart"`
}

// TwinQuality is how good the twins of the level were found to be.
type TwinQuality struct {
	OverClass      float64 `json:"overClass"`
	OverRegression float64 `json:"overRegression"`
	Outcomes       int     `json:"outcomes"`
	BeatClass      int     `json:"beatClass"`
	BeatRegression int     `json:"beatRegression"`
	Stability      float64 `json:"stability"`
}

func twinsOf(q *query, in *twinsInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	list, err := q.observatory().Twins(t, in.Limit, observatory.TwinOptions{NotNeighbours: in.SkipNeighbours, NotSameDepartement: in.SkipDepartement})
	if err != nil {
		return nil, rename(err, "t", "id")
	}
	level, _ := observatory.TwinLevel(t)
	out := make([]Twin, len(list))
	for i, w := range list {
		out[i] = Twin{q.territory(w.Territory), w.Distance, q.likenesses(w.Alike), q.likenesses(w.Differ)}
	}
	answer := Twins{List: listOf(q, out), Level: string(level)}
	if x, ok := observatory.QualityOfTwins(level); ok {
		quality := TwinQuality(x)
		answer.Quality = &quality
	}
	return &reply{total: len(out), value: answer, csv: func(s *table) {
		s.row(territoryHead("distance", "alike", "differ")...)
		for i := range out {
			s.row(out[i].cells(out[i].Distance, traitKeys(out[i].Alike), traitKeys(out[i].Differ))...)
		}
	}}, nil
}

func (q *query) likenesses(list []observatory.Likeness) []Likeness {
	out := make([]Likeness, len(list))
	for i, x := range list {
		o := Likeness{Trait: x.Trait.Key, Own: x.Own, Other: x.Other, Apart: x.Apart}
		if d, ok := q.snap.Panel.Definition(x.Trait.Key); ok {
			o.Name, o.Unit = d.Name.In(q.local.Lang()), string(d.Unit)
		} else {
			o.Name, o.Unit = q.local.T("api.trait."+x.Trait.Key), "km"
		}
		out[i] = o
	}
	return out
}

func traitKeys(list []Likeness) string {
	keys := make([]string, len(list))
	for i, x := range list {
		keys[i] = x.Trait
	}
	return strings.Join(keys, " ")
}
