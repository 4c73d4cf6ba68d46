package shape

import (
	"encoding/binary"
	"fmt"
)

// Rows is a topology as plain tables, which a snapshot stores.
type Rows struct {
	Grid  Grid
	Arcs  []ArcRow
	Faces []FaceRow
}

// ArcRow is one stretch of border. Points holds x and y in turn, each the
// difference from the point before (the first from 0), zigzag varints as in
// Protocol Buffers sint32: a third of the size of whole columns and ten times
// faster to read. Weights has a byte a point: floor(6 log2 of its effective area
// in square metres), 255 for a point that always stays.
type ArcRow struct {
	Points  []byte `parquet:"points"`
	Weights []byte `parquet:"weights"`
}

// FaceRow is one outline: Refs are arcs by row number, ^n (that is -n-1) walked
// backward; RingArcs is the number of refs of each ring, PolygonRings the number
// of rings of each polygon, its shell first.
type FaceRow struct {
	Code         string  `parquet:"code"`
	Refs         []int32 `parquet:"refs,list"`
	RingArcs     []int32 `parquet:"ring_arcs,list"`
	PolygonRings []int32 `parquet:"polygon_rings,list"`
}

// Rows returns the tables of t; [FromRows] makes the same topology of them.
func (t *Topology) Rows() Rows {
	r := Rows{Grid: t.grid, Arcs: make([]ArcRow, len(t.boxes)), Faces: make([]FaceRow, len(t.codes))}
	for a := range r.Arcs {
		var b []byte
		var last gridPoint
		for _, p := range t.arc(int32(a)) {
			b = binary.AppendVarint(b, int64(p.x)-int64(last.x))
			b = binary.AppendVarint(b, int64(p.y)-int64(last.y))
			last = p
		}
		r.Arcs[a] = ArcRow{b, t.weights[t.start[a]:t.start[a+1]:t.start[a+1]]}
	}
	for f := range r.Faces {
		row := FaceRow{Code: t.codes[f]}
		for _, rings := range t.faces[f].polygons {
			for _, ring := range rings {
				row.Refs = append(row.Refs, ring...)
				row.RingArcs = append(row.RingArcs, int32(len(ring)))
			}
			row.PolygonRings = append(row.PolygonRings, int32(len(rings)))
		}
		r.Faces[f] = row
	}
	return r
}

// FromRows makes the topology that [Topology.Rows] described. It checks the rows
// as if they came from anywhere and keeps no reference to them.
func FromRows(r Rows) (*Topology, error) {
	total := 0
	for _, a := range r.Arcs {
		total += len(a.Weights)
	}
	start := make([]int32, 1, len(r.Arcs)+1)
	points := make([]gridPoint, 0, total)
	weights := make([]uint8, 0, total)
	for i, a := range r.Arcs {
		var err error
		if points, err = appendArc(points, a); err != nil {
			return nil, fmt.Errorf("arc %d: %w", i, err)
		}
		weights = append(weights, a.Weights...)
		weights[start[i]], weights[len(weights)-1] = always, always
		start = append(start, int32(len(points)))
	}
	codes := make([]string, len(r.Faces))
	faces := make([][][][]int32, len(r.Faces))
	for i, f := range r.Faces {
		codes[i] = f.Code
		var err error
		if faces[i], err = f.polygons(); err != nil {
			return nil, fmt.Errorf("face %d (code %q): %w", i, f.Code, err)
		}
	}
	return build(r.Grid, start, points, weights, codes, faces)
}

func appendArc(dst []gridPoint, a ArcRow) ([]gridPoint, error) {
	if len(a.Weights) < 2 {
		return nil, fmt.Errorf("%d points, at least 2 are needed", len(a.Weights))
	}
	var x, y int64
	b := a.Points
	for range a.Weights {
		dx, n := binary.Varint(b)
		if n <= 0 {
			return nil, fmt.Errorf("fewer points than weights")
		}
		dy, m := binary.Varint(b[n:])
		if m <= 0 {
			return nil, fmt.Errorf("fewer points than weights")
		}
		b = b[n+m:]
		if beyondGrid(dx) || beyondGrid(dy) || beyondGrid(x+dx) || beyondGrid(y+dy) {
			return nil, fmt.Errorf("a point lies beyond the grid")
		}
		x, y = x+dx, y+dy
		dst = append(dst, gridPoint{int32(x), int32(y)})
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("more points than weights")
	}
	return dst, nil
}

func beyondGrid(v int64) bool { return v > maxCoord || v < -maxCoord }

func (f FaceRow) polygons() ([][][]int32, error) {
	refs := append([]int32(nil), f.Refs...)
	rings := make([][]int32, len(f.RingArcs))
	for i, n := range f.RingArcs {
		if n < 1 || int(n) > len(refs) {
			return nil, fmt.Errorf("the rings do not add up to the references")
		}
		rings[i], refs = refs[:n:n], refs[n:]
	}
	polygons := make([][][]int32, len(f.PolygonRings))
	for i, n := range f.PolygonRings {
		if n < 1 || int(n) > len(rings) {
			return nil, fmt.Errorf("the polygons do not add up to the rings")
		}
		polygons[i], rings = rings[:n:n], rings[n:]
	}
	if len(refs) > 0 || len(rings) > 0 {
		return nil, fmt.Errorf("rings or references are left over")
	}
	return polygons, nil
}
