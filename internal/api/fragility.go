package api

import (
	"bassin/internal/indicator"
	"bassin/internal/observatory"
)

// indexInput are the parameters of the index of fragility: those of its page.
type indexInput struct {
	Shared
	Level       string `query:"level" enum:"bv,epci,dep,commune" default:"bv"`
	Components  string `query:"components" maxLength:"2000" example:"ftth,illectronisme:2,france_services_km"`
	Weights     string `query:"weights" maxLength:"1000" example:"networks:2"`
	Norm        string `query:"norm" enum:"percentile,min-max,z-score,robust,borda" default:"percentile"`
	Mean        string `query:"mean" enum:"geometric,arithmetic,harmonic" default:"geometric"`
	Draws       int    `query:"draws" minimum:"0" maximum:"2000" default:"1000"`
	Seed        int    `query:"seed" minimum:"0" maximum:"1000000" default:"1"`
	Spreadsheet bool   `query:"spreadsheet"`
}

// Index is the index of fragility over the territories of a level, the most
// fragile first.
type Index struct {
	List[IndexRank]
	Level      string       `json:"level"`
	Unranked   int          `json:"unranked"`
	Norm       string       `json:"norm"`
	Mean       string       `json:"mean"`
	Components []IndexPart  `json:"components"`
	Draws      int          `json:"draws"`
	Seed       int          `json:"seed"`
	Noise      float64      `json:"noise"`
	Norms      []string     `json:"norms"`
	Means      []string     `json:"means"`
	Closest    *IndexLikely `json:"closest"`
}

// IndexPart is a component of the index.
type IndexPart struct {
	Key       string  `json:"key"`
	Axis      string  `json:"axis"`
	Weight    float64 `json:"weight"`
	Share     float64 `json:"share"`
	Direction string  `json:"direction" enum:"more,less"`
	Period    string  `json:"period"`
	Logged    bool    `json:"logged"`
}

// IndexLikely is the pair of components that are most alike.
type IndexLikely struct {
	Keys []string `json:"keys"`
	Rho  float64  `json:"rho"`
}

// IndexRank is a ranked territory.
type IndexRank struct {
	ID      string              `json:"id"`
	Code    string              `json:"code"`
	Name    string              `json:"name"`
	Rank    int                 `json:"rank"`
	Low     *float64            `json:"low"`
	Median  *float64            `json:"median"`
	High    *float64            `json:"high"`
	Score   float64             `json:"score"`
	Axes    map[string]*float64 `json:"axes"`
	Values  map[string]*float64 `json:"values"`
	Factors map[string]float64  `json:"factors"`
}

func fragility(q *query, in *indexInput) (*reply, error) {
	o := q.service.figures.Of(q.snap)
	p, err := o.ParseIndex(observatory.IndexText{Level: in.Level, Components: in.Components, Weights: in.Weights, Norm: in.Norm, Mean: in.Mean})
	if err != nil {
		return nil, err
	}
	x, err := o.Index(q.ctx, p, in.Draws, uint64(in.Seed)) //nolint:gosec // 0 to a million, see above
	if err != nil {
		return nil, err
	}
	out := Index{
		Level: string(p.Level), Unranked: x.Unranked, Norm: string(p.Norm), Mean: string(p.Mean), Draws: x.Draws, Seed: in.Seed, Noise: observatory.IndexNoise,
		Components: []IndexPart{}, Norms: texts(x.Norms), Means: texts(x.Means),
	}
	for _, c := range x.Components {
		d := c.Definition
		direction := "more"
		if d.Polarity == indicator.Better {
			direction = "less"
		}
		out.Components = append(out.Components, IndexPart{d.Key, string(c.Axis), c.Weight, c.Share, direction, d.Vintages[d.Latest()].Period, c.Logged})
	}
	if pairs := x.Pairs(); len(pairs) > 0 {
		out.Closest = &IndexLikely{[]string{x.Components[pairs[0].A].Definition.Key, x.Components[pairs[0].B].Definition.Key}, pairs[0].Rho}
	}
	items := make([]IndexRank, 0, len(x.Territories))
	for _, i := range x.Order() {
		items = append(items, indexRank(x, int(i)))
	}
	out.List = listOf(q, items)
	return &reply{total: len(items), value: out, csv: func(s *table) {
		head := []any{"id", "code", "name", "rank", "low", "median", "high", "score"}
		for _, a := range x.Axes {
			head = append(head, "axis_"+string(a.Axis))
		}
		for _, c := range x.Components {
			head = append(head, c.Definition.Key)
		}
		for _, f := range x.Factors {
			head = append(head, "share_"+f.Name)
		}
		s.row(head...)
		for i := range items {
			r := &items[i]
			row := []any{r.ID, r.Code, r.Name, r.Rank, r.Low, r.Median, r.High, r.Score}
			for _, a := range x.Axes {
				row = append(row, r.Axes[string(a.Axis)])
			}
			for _, c := range x.Components {
				row = append(row, r.Values[c.Definition.Key])
			}
			for _, f := range x.Factors {
				row = append(row, r.Factors[f.Name])
			}
			s.row(row...)
		}
	}}, nil
}

func indexRank(x *observatory.Index, i int) IndexRank {
	t := x.Territories[i]
	r := IndexRank{ID: t.ID.String(), Code: t.Code, Name: t.Name, Rank: int(x.Rank[i]), Score: x.Score[i], Axes: map[string]*float64{}, Values: map[string]*float64{}, Factors: map[string]float64{}}
	if x.Low != nil {
		r.Low, r.Median, r.High = &x.Low[i], &x.Median[i], &x.High[i]
	}
	for _, a := range x.Axes {
		r.Axes[string(a.Axis)] = known(a.Scores[i])
	}
	for _, c := range x.Components {
		r.Values[c.Definition.Key] = known(c.Values[i])
	}
	for _, f := range x.Factors {
		r.Factors[f.Name] = f.Share[i]
	}
	return r
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}
