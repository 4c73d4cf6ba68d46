package observatory

import (
	"context"
	"slices"
	"strconv"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// IndexStanding is what the default index says of one territory.
type IndexStanding struct {
	Index       *Index
	Territory   *territory.Territory
	At          int // its place among the ranked, -1 where it is not ranked
	Rank        int // 1 for the most fragile
	Low, High   float64
	Of          int    // how many are ranked
	Factor      string // that moves its rank most, see composite.FactorWeights and its like; "" where none does
	FactorShare float64
	Missing     []*indicator.Definition // components that do not count here: missing, imprecise or partial
}

// Ranked says whether the territory has a rank.
func (s *IndexStanding) Ranked() bool { return s.At >= 0 }

// IndexOf places a territory in the default index of its level. It is nil at a
// level that the index does not rank. The first call at a level makes its index.
func (o *Observatory) IndexOf(ctx context.Context, t *territory.Territory) (*IndexStanding, error) {
	if !slices.Contains(IndexLevels, t.Level) {
		return nil, nil
	}
	p := o.DefaultIndex()
	p.Level = t.Level
	x, err := o.Index(ctx, p, IndexDraws, IndexSeed)
	if err != nil {
		return nil, err
	}
	return o.StandingIn(x, t), nil
}

// StandingIn places a territory of the level of an index in it.
func (o *Observatory) StandingIn(x *Index, t *territory.Territory) *IndexStanding {
	s := &IndexStanding{Index: x, Territory: t, At: -1, Of: len(x.Territories)}
	if i, ok := x.At(t); ok {
		s.At, s.Rank = i, int(x.Rank[i])
		if x.Low != nil {
			s.Low, s.High = x.Low[i], x.High[i]
		}
		s.Factor, s.FactorShare, _ = x.Strongest(i)
		for _, c := range x.Components {
			if c.Values[i] != c.Values[i] {
				s.Missing = append(s.Missing, c.Definition)
			}
		}
		return s
	}
	for _, c := range x.Components {
		v := o.Panel.Latest(t, c.Definition)
		if !v.Shown() || v.State != indicator.Whole || v.Imprecise || c.Definition.Estimate && v.Numerator < indicator.Least {
			s.Missing = append(s.Missing, c.Definition)
		}
	}
	return s
}

// WarmIndex makes the index that most readers ask for, so that none waits for it.
func (o *Observatory) WarmIndex(ctx context.Context) error {
	_, err := o.Index(ctx, o.DefaultIndex(), IndexDraws, IndexSeed)
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }
