package carto

import (
	"math"
	"sync"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// Plan is where each place of a map is drawn, and back from a point of the drawing
// to a place. The map is that of the whole country or of a part of it. It never
// changes once made.
type Plan struct {
	s             *snapshot.Snapshot
	width, height float64
	frames        []*frame
	part          bool
	units         sync.Map // unitKey → *shape.Topology, for shaded maps

	quiet  sync.Once
	ground []byte // départements drawn quietly, for marks to lie on
}

type unitKey struct {
	frame *frame
	level territory.Level
}

// frame is a rectangle of a plan with a projection of its own.
type frame struct {
	place
	faces      []int32 // drawn in it
	projection *shape.Projection
	has        []bool // by commune number
}

func (fr *frame) shows(n int32) bool { return fr.has[n] }

// NewFrance plans the map of the country.
func NewFrance(s *snapshot.Snapshot) *Plan {
	p := &Plan{s: s, width: franceWidth, height: franceHeight}
	for _, pl := range places {
		var communes []int32
		for n := range int32(s.France.Len()) {
			c := s.France.Commune(n)
			if pl.dep == "" && c.Zone == "metro" || pl.dep != "" && c.Departement == pl.dep {
				communes = append(communes, n)
			}
		}
		p.add(pl, communes)
	}
	return p
}

// NewPart plans the map of a territory, as wide as that of the country. It returns
// false where its communes have no outline in the main file, as those of the
// overseas collectivities.
func NewPart(s *snapshot.Snapshot, t *territory.Territory) (*Plan, bool) {
	p := &Plan{s: s, width: franceWidth, part: true}
	fr := p.add(place{view: shape.View{Width: franceWidth, Margin: franceWidth / 28}}, t.Communes())
	v := fr.projection.View()
	if len(fr.faces) == 0 {
		return nil, false
	}
	if high := math.Round(franceWidth * 1.1); v.Height > high {
		v.Height = high
		fr.view = v
		fr.project(s)
	}
	p.height = fr.projection.View().Height
	return p, true
}

func (p *Plan) add(pl place, communes []int32) *frame {
	fr := &frame{place: pl, has: make([]bool, p.s.France.Len())}
	for _, n := range communes {
		if face, ok := p.s.Communes.Face(p.s.France.Commune(n).Code); ok {
			fr.faces = append(fr.faces, face)
			fr.has[n] = true
		}
	}
	fr.project(p.s)
	p.frames = append(p.frames, fr)
	return fr
}

func (fr *frame) project(s *snapshot.Snapshot) { fr.projection = fr.fit(s, fr.view) }

// fit fits the faces in a view: on the official projection where they lie on the
// mainland.
func (fr *frame) fit(s *snapshot.Snapshot, v shape.View) *shape.Projection {
	extent := s.Communes.Region(fr.faces).Outline(1000)
	if len(fr.faces) > 0 && s.France.Commune(s.CommuneOf(s.Communes, fr.faces[0])).Zone == "metro" {
		return shape.NewLambert93(v, extent)
	}
	return shape.NewProjection(v, extent)
}

// Size returns the width and height of the drawing.
func (p *Plan) Size() (width, height int) { return int(p.width), int(p.height) }

// At returns the commune drawn at a point of the drawing. Where the point falls
// at sea, abroad or out of the part it returns false with the nearest commune by
// its centre.
func (p *Plan) At(x, y float64) (commune int32, on bool) {
	fr := p.frames[0]
	for _, other := range p.frames[1:] {
		if other.projection.Holds(x, y) {
			fr = other
			break
		}
	}
	if n, ok := p.s.Locate(fr.projection.Invert(x, y)); ok && fr.shows(n) {
		return n, true
	}
	return p.nearest(fr, x, y), false
}

func (p *Plan) nearest(fr *frame, x, y float64) int32 {
	best, at := -1.0, int32(0)
	for _, face := range fr.faces {
		n := p.s.CommuneOf(p.s.Communes, face)
		c := p.s.France.Commune(n)
		px, py := fr.projection.XY(shape.Point{Lon: c.Lon, Lat: c.Lat})
		if d := (px-x)*(px-x) + (py-y)*(py-y); best < 0 || d < best {
			best, at = d, n
		}
	}
	return at
}

// XY returns where a commune's centre is drawn, and whether it is.
func (p *Plan) XY(n int32) (x, y float64, ok bool) {
	for _, fr := range p.frames {
		if fr.shows(n) {
			c := p.s.France.Commune(n)
			x, y = fr.projection.XY(shape.Point{Lon: c.Lon, Lat: c.Lat})
			return x, y, true
		}
	}
	return 0, 0, false
}

// nobody is the code of the face that gathers the communes without a territory of
// the level: the islands that belong to no EPCI.
const nobody = "-"

// merged makes a topology of the territories of a level out of a frame's communes:
// where only communes meet, their borders can be simplified much further.
func (p *Plan) merged(fr *frame, level territory.Level) *shape.Topology {
	at := map[string]int{}
	var codes []string
	var groups [][]int32
	for _, face := range fr.faces {
		code := nobody
		if u := p.s.France.One(p.s.CommuneOf(p.s.Communes, face), level); u != nil {
			code = u.Code
		}
		i, ok := at[code]
		if !ok {
			i = len(codes)
			at[code] = i
			codes, groups = append(codes, code), append(groups, nil)
		}
		groups[i] = append(groups[i], face)
	}
	t, err := p.s.Communes.Merge(codes, groups)
	if err != nil {
		panic(err) // a face in two groups: New of territory refuses that
	}
	return t
}

// unit is merged, kept: shaded maps of a level all rest on it. Communes need no
// merging.
func (p *Plan) unit(fr *frame, level territory.Level) *shape.Topology {
	if level == territory.Commune {
		return p.s.Communes
	}
	if t, ok := p.units.Load(unitKey{fr, level}); ok {
		return t.(*shape.Topology)
	}
	t, _ := p.units.LoadOrStore(unitKey{fr, level}, p.merged(fr, level))
	return t.(*shape.Topology)
}
