package snapshot

import (
	"sync"

	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// outlines joins commune numbers and faces, and finds places by position.
type outlines struct {
	face     []int32 // by commune number: its face among Communes, ^face among Overseas
	mainland []int32 // by face of Communes: commune number
	overseas []int32 // by face of Overseas: commune number
	inMain   *shape.Locator
	inOver   *shape.Locator
	inQPV    *shape.Locator
	inArm    *shape.Locator
}

// missing marks a commune without an outline.
const missing = -1 << 31

func (s *Snapshot) joinOutlines() {
	o := &s.outlines
	o.face = make([]int32, s.France.Len())
	o.mainland, o.overseas = make([]int32, s.Communes.Len()), make([]int32, s.Overseas.Len())
	for n := range o.face {
		code := s.France.Commune(int32(n)).Code
		o.face[n] = missing
		if f, ok := s.Communes.Face(code); ok {
			o.face[n], o.mainland[f] = f, int32(n)
		} else if f, ok := s.Overseas.Face(code); ok {
			o.face[n], o.overseas[f] = ^f, int32(n)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { o.inMain = shape.NewLocator(s.Communes) })
	wg.Go(func() {
		o.inOver, o.inQPV, o.inArm = shape.NewLocator(s.Overseas), shape.NewLocator(s.QPV), shape.NewLocator(s.Arrondissements)
	})
	wg.Wait()
}

// Regions returns where a territory lies: one region for each topology that
// holds a part of it, none where no outline is published. Those of Overseas are
// under the ODbL, to be credited where shown.
func (s *Snapshot) Regions(t *territory.Territory) []*shape.Region {
	switch t.Level {
	case territory.QPV:
		return regionOf(s.QPV, t.Code)
	case territory.ArrondissementMunicipal:
		return regionOf(s.Arrondissements, t.Code)
	}
	return s.RegionsOf(t.Communes())
}

// RegionsOf returns the dissolved outline of communes given by number.
func (s *Snapshot) RegionsOf(communes []int32) []*shape.Region {
	var main, over []int32
	for _, n := range communes {
		switch f := s.outlines.face[n]; {
		case f == missing:
		case f >= 0:
			main = append(main, f)
		default:
			over = append(over, ^f)
		}
	}
	var out []*shape.Region
	if len(main) > 0 {
		out = append(out, s.Communes.Region(main))
	}
	if len(over) > 0 {
		out = append(out, s.Overseas.Region(over))
	}
	return out
}

func regionOf(t *shape.Topology, code string) []*shape.Region {
	if f, ok := t.Face(code); ok {
		return []*shape.Region{t.FaceRegion(f)}
	}
	return nil
}

// ShareAlike says whether a region is under the ODbL: © OpenStreetMap contributors.
func (s *Snapshot) ShareAlike(r *shape.Region) bool { return r.Topology() == s.Overseas }

// CommuneOf returns the commune whose outline is that face of Communes or Overseas.
func (s *Snapshot) CommuneOf(t *shape.Topology, face int32) int32 {
	if t == s.Overseas {
		return s.outlines.overseas[face]
	}
	return s.outlines.mainland[face]
}

// Neighbours returns the communes that share a border with the territory,
// longest border first.
func (s *Snapshot) Neighbours(t *territory.Territory) []int32 {
	if !t.Level.Whole() {
		return nil
	}
	var out []int32
	for _, r := range s.Regions(t) {
		for _, n := range r.Neighbours() {
			out = append(out, s.CommuneOf(r.Topology(), n.Face))
		}
	}
	return out
}

// Locate returns the commune that holds a point, exactly on the outlines of the
// snapshot; a point on a border belongs to one commune only.
func (s *Snapshot) Locate(p shape.Point) (commune int32, ok bool) {
	if f, ok := s.outlines.inMain.Locate(p); ok {
		return s.outlines.mainland[f], true
	}
	if f, ok := s.outlines.inOver.Locate(p); ok {
		return s.outlines.overseas[f], true
	}
	return 0, false
}

// QPVEdge is the distance in metres from the edge of a QPV within which a point
// is said to be at its limit: its outlines are rounded to about 10 m.
const QPVEdge = 10

// NearQPV returns the QPV that hold a point or whose edge is within QPVEdge of it.
func (s *Snapshot) NearQPV(p shape.Point) []Near {
	return s.near(s.outlines.inQPV, s.QPV, territory.QPV, p)
}

// NearArrondissement is [Snapshot.NearQPV] for municipal arrondissements.
func (s *Snapshot) NearArrondissement(p shape.Point) []Near {
	return s.near(s.outlines.inArm, s.Arrondissements, territory.ArrondissementMunicipal, p)
}

// Near is a territory smaller than a commune at or next to a point.
type Near struct {
	Territory *territory.Territory
	Inside    bool // the point is in the outline
	AtLimit   bool // the point is within QPVEdge metres of its edge, on either side
}

func (s *Snapshot) near(l *shape.Locator, t *shape.Topology, level territory.Level, p shape.Point) []Near {
	var out []Near
	for _, h := range l.Near(p, QPVEdge) {
		if u, ok := s.France.Territory(territory.ID{Level: level, Code: t.Code(h.Face)}); ok {
			out = append(out, Near{u, h.Inside, h.Metres <= QPVEdge})
		}
	}
	return out
}
