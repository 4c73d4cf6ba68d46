package shape

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ReadTopoJSON reads one object, a collection of polygons, of a quantised
// TopoJSON file (TopoJSON specification 1.0, sections 2.1 and 2.2). The text
// property keyProp of each geometry becomes its code, which must be unique.
//
// It refuses, saying where: coordinates that are not whole numbers or too large,
// references to arcs that do not exist, rings that are broken or flat, and arcs
// that two faces hold on the same side (overlap).
func ReadTopoJSON(r io.Reader, object, keyProp string) (*Topology, error) {
	var file struct {
		Type      string
		Arcs      []arcJSON
		Transform *struct{ Scale, Translate []float64 }
		Objects   map[string]struct {
			Type       string
			Geometries []geometryJSON
		}
	}
	if err := decode(r, &file); err != nil {
		return nil, fmt.Errorf("topojson: %w", err)
	}
	if file.Type != "Topology" {
		return nil, fmt.Errorf("topojson: type is %q, not Topology", file.Type)
	}
	if file.Transform == nil || len(file.Transform.Scale) != 2 || len(file.Transform.Translate) != 2 {
		return nil, errors.New("topojson: no transform with a scale and a translate of two numbers: the file must be quantised")
	}
	collection, ok := file.Objects[object]
	if !ok || collection.Type != "GeometryCollection" {
		return nil, fmt.Errorf("topojson: no geometry collection named %q", object)
	}
	start := make([]int32, 1, len(file.Arcs)+1)
	total := 0
	for _, a := range file.Arcs {
		total += len(a)
	}
	points := make([]gridPoint, 0, total)
	for i, a := range file.Arcs {
		if len(a) < 2 {
			return nil, fmt.Errorf("topojson: arc %d has %d points, at least 2 are needed", i, len(a))
		}
		points = append(points, a...)
		start = append(start, int32(len(points)))
	}
	codes := make([]string, len(collection.Geometries))
	faces := make([][][][]int32, len(collection.Geometries))
	for i, g := range collection.Geometries {
		var err error
		if codes[i], err = g.code(keyProp); err != nil {
			return nil, fmt.Errorf("topojson: geometry %d: %w", i, err)
		}
		if faces[i], err = polygonsOf[[]int32](g.Type, g.Arcs); err != nil {
			return nil, fmt.Errorf("topojson: geometry %d (code %q): arcs: %w", i, codes[i], err)
		}
	}
	mend(start, points, faces)
	t, err := build(Grid{[2]float64(file.Transform.Scale), [2]float64(file.Transform.Translate)},
		start, points, make([]uint8, len(points)), codes, faces)
	if err != nil {
		return nil, fmt.Errorf("topojson: %w", err)
	}
	weigh(t)
	return t, nil
}

// mend makes one arc of two that are the same line walked in opposite directions
// by one face each: some encoders leave a border double where it is very short,
// which would open a crack of no width between two neighbours.
func mend(start []int32, points []gridPoint, faces [][][][]int32) {
	arcs := len(start) - 1
	uses := make([]int, arcs)
	each := func(do func(ref *int32, arc int32)) {
		for _, polygons := range faces {
			for _, rings := range polygons {
				for _, ring := range rings {
					for i := range ring {
						if a, _ := arcOf(ring[i]); int(a) < arcs {
							do(&ring[i], a)
						}
					}
				}
			}
		}
	}
	each(func(_ *int32, a int32) { uses[a]++ })
	walked := map[string]int32{} // points of an arc used once, as walked -> its reference
	each(func(ref *int32, a int32) {
		if uses[a] != 1 {
			return
		}
		there := slices.Clone(points[start[a]:start[a+1]])
		back := slices.Clone(there)
		slices.Reverse(back)
		if *ref < 0 {
			there, back = back, there
		}
		if other, ok := walked[arcKey(back)]; ok {
			delete(walked, arcKey(back))
			*ref = ^other
			return
		}
		walked[arcKey(there)] = *ref
	})
}

func decode(r io.Reader, v any) error {
	d := json.NewDecoder(r)
	if err := d.Decode(v); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty")
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("something follows the end of the document, at byte %d", d.InputOffset())
	}
	return nil
}

type geometryJSON struct {
	Type       string
	Arcs       json.RawMessage
	Properties map[string]json.RawMessage
}

func (g geometryJSON) code(key string) (string, error) { return textProperty(g.Properties, key) }

func textProperty(properties map[string]json.RawMessage, key string) (string, error) {
	raw, ok := properties[key]
	if !ok {
		return "", fmt.Errorf("no property %q", key)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil || s == "" {
		return "", fmt.Errorf("property %q is %s, not a text", key, clip(raw))
	}
	return s, nil
}

func clip(raw []byte) string {
	if len(raw) > 40 {
		return string(raw[:40]) + "…"
	}
	return string(raw)
}

// polygonsOf reads the rings of a Polygon or a MultiPolygon as those of a
// MultiPolygon; a ring is a list of arc references, or of positions.
func polygonsOf[Ring any](kind string, raw json.RawMessage) ([][]Ring, error) {
	switch kind {
	case "Polygon":
		var rings []Ring
		if err := unmarshal(raw, &rings); err != nil {
			return nil, err
		}
		return [][]Ring{rings}, nil
	case "MultiPolygon":
		var polygons [][]Ring
		err := unmarshal(raw, &polygons)
		return polygons, err
	}
	return nil, fmt.Errorf("the geometry is a %q, not a polygon", kind)
}

func unmarshal(raw json.RawMessage, v any) error {
	if len(raw) == 0 {
		return errors.New("missing")
	}
	return json.Unmarshal(raw, v)
}

// arcJSON is an arc: positions relative to the one before, decoded to absolute.
type arcJSON []gridPoint

// UnmarshalJSON reads [[x,y],[dx,dy],…] without reflection. The decoder has
// already checked that raw is well-formed JSON.
func (a *arcJSON) UnmarshalJSON(raw []byte) error {
	var x, y int64
	s := scanner{raw: raw}
	pts := make([]gridPoint, 0, 16)
	if !s.take('[') {
		return fmt.Errorf("an arc is %s, not a list of positions", clip(raw))
	}
	for !s.take(']') {
		if len(pts) > 0 && !s.take(',') || !s.take('[') {
			return s.fail()
		}
		dx, ok1 := s.whole()
		comma := s.take(',')
		dy, ok2 := s.whole()
		if !ok1 || !comma || !ok2 || !s.take(']') {
			return s.fail()
		}
		x, y = x+dx, y+dy
		if beyondGrid(x) || beyondGrid(y) {
			return fmt.Errorf("position %d of the arc %s lies beyond the grid", len(pts), clip(raw))
		}
		pts = append(pts, gridPoint{int32(x), int32(y)})
	}
	*a = slices.Clip(pts)
	return nil
}

type scanner struct {
	raw []byte
	i   int
}

func (s *scanner) take(c byte) bool {
	for s.i < len(s.raw) && (s.raw[s.i] == ' ' || s.raw[s.i] == '\n' || s.raw[s.i] == '\t' || s.raw[s.i] == '\r') {
		s.i++
	}
	if s.i < len(s.raw) && s.raw[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *scanner) whole() (n int64, ok bool) {
	negative := s.take('-')
	for s.i < len(s.raw) && '0' <= s.raw[s.i] && s.raw[s.i] <= '9' {
		if n = n*10 + int64(s.raw[s.i]-'0'); n > 2*maxCoord {
			return 0, false
		}
		s.i++
		ok = true
	}
	if negative {
		n = -n
	}
	return n, ok
}

func (s *scanner) fail() error {
	return fmt.Errorf("an arc must be a list of pairs of whole numbers; near %s", clip(s.raw[min(s.i, len(s.raw)):]))
}
