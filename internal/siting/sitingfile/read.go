package sitingfile

import (
	"io"
	"math"
	"strconv"

	"bassin/internal/fault"
	"bassin/internal/siting"
)

// Places are the points of a file: each is a demand and a site.
type Places struct {
	IDs     []string
	At      [][2]float64 // longitude and latitude in degrees, or x and y
	Globe   bool         // At is longitude and latitude
	Weights []float64
}

// Costs are the distances between the places: kilometres on the globe, else the
// unit of x and y.
func (p *Places) Costs() siting.Costs {
	if p.Globe {
		return siting.NewGlobe(p.At, p.At)
	}
	return siting.NewPlane(p.At, p.At)
}

// ReadPlaces reads points: columns id, lon and lat or x and y, and weight, which is
// 1 where the file has no such column.
func ReadPlaces(r io.Reader, name string) (*Places, error) {
	t, err := read(r, name, func([]string) bool { return true })
	if err != nil {
		return nil, err
	}
	id, weight := t.column("id", "code", "code_commune"), t.column("weight", "poids", "demand")
	x, y := t.column("lon", "longitude", "lng"), t.column("lat", "latitude")
	p := &Places{Globe: x >= 0 && y >= 0}
	if !p.Globe {
		x, y = t.column("x"), t.column("y")
	}
	if id < 0 || x < 0 || y < 0 {
		return nil, fault.New(fault.Invalid, "siting.file.points", name)
	}
	seen := make(map[string]bool, t.rows)
	for row := range t.rows {
		word := t.word(row, id)
		if word == "" || seen[word] {
			return nil, fault.New(fault.Invalid, "siting.file.twice", name, t.where(row), word)
		}
		seen[word] = true
		a, err := t.number(row, x, false)
		if err != nil {
			return nil, err
		}
		b, err := t.number(row, y, false)
		if err != nil {
			return nil, err
		}
		if p.Globe && (math.Abs(a) > 180 || math.Abs(b) > 90) {
			return nil, fault.New(fault.Invalid, "siting.file.degrees", name, t.where(row))
		}
		w := 1.0
		if weight >= 0 {
			if w, err = t.number(row, weight, false); err != nil {
				return nil, err
			}
			if w < 0 {
				return nil, fault.New(fault.Invalid, "siting.file.negative", name, t.where(row), t.word(row, weight))
			}
		}
		p.IDs, p.At, p.Weights = append(p.IDs, word), append(p.At, [2]float64{a, b}), append(p.Weights, w)
	}
	return p, nil
}

// ReadMatrix reads a table of distances without header: a demand a row, a site a
// column. An empty cell or inf is a site out of reach. Parquet names its columns:
// their order counts.
func ReadMatrix(r io.Reader, name string) (*siting.Matrix, error) {
	t, err := read(r, name, func([]string) bool { return false })
	if err != nil {
		return nil, err
	}
	cells := make([]float64, 0, t.rows*t.columns())
	for row := range t.rows {
		for column := range t.columns() {
			d, err := t.number(row, column, true)
			if err != nil {
				return nil, err
			}
			if d < 0 {
				return nil, fault.New(fault.Invalid, "siting.file.negative", name, t.where(row), t.word(row, column))
			}
			cells = append(cells, d)
		}
	}
	return siting.NewMatrix(t.rows, t.columns(), cells), nil
}

// Sites are how a file may call sites: by the id of a point, or by the number of
// a column from 1.
type Sites struct {
	ids   map[string]int
	count int
}

// NewSites are sites called by ids, or by numbers up to count if ids is nil.
func NewSites(ids []string, count int) Sites {
	s := Sites{count: count}
	if ids != nil {
		s.ids = make(map[string]int, len(ids))
		for j, id := range ids {
			s.ids[id] = j
		}
	}
	return s
}

func (s Sites) find(word string) (int, bool) {
	if s.ids != nil {
		j, ok := s.ids[word]
		return j, ok
	}
	j, err := strconv.Atoi(word)
	return j - 1, err == nil && j >= 1 && j <= s.count
}

// header says whether a first line names columns: its first cell is no site.
func (s Sites) header(first []string) bool {
	_, ok := s.find(first[0])
	return !ok
}

// ReadList reads the sites that a file names in its first column, with or without a
// header.
func ReadList(r io.Reader, name string, sites Sites) ([]int, error) {
	t, err := read(r, name, sites.header)
	if err != nil {
		return nil, err
	}
	var out []int
	seen := map[int]bool{}
	for row := range t.rows {
		j, err := t.site(row, sites)
		if err != nil {
			return nil, err
		}
		if seen[j] {
			return nil, fault.New(fault.Invalid, "siting.file.twice", name, t.where(row), t.word(row, 0))
		}
		seen[j] = true
		out = append(out, j)
	}
	return out, nil
}

// ReadNumbers reads a number for each site, in the second column, the site being in
// the first; other is for the sites that the file leaves out.
func ReadNumbers(r io.Reader, name string, sites Sites, other float64) ([]float64, error) {
	t, err := read(r, name, sites.header)
	if err != nil {
		return nil, err
	}
	if t.columns() < 2 {
		return nil, fault.New(fault.Invalid, "siting.file.two", name)
	}
	out := make([]float64, sites.count)
	for j := range out {
		out[j] = other
	}
	seen := map[int]bool{}
	for row := range t.rows {
		j, err := t.site(row, sites)
		if err != nil {
			return nil, err
		}
		if seen[j] {
			return nil, fault.New(fault.Invalid, "siting.file.twice", name, t.where(row), t.word(row, 0))
		}
		seen[j] = true
		x, err := t.number(row, 1, false)
		if err != nil {
			return nil, err
		}
		if x < 0 {
			return nil, fault.New(fault.Invalid, "siting.file.negative", name, t.where(row), t.word(row, 1))
		}
		out[j] = x
	}
	return out, nil
}

func (t *table) site(row int, sites Sites) (int, error) {
	j, ok := sites.find(t.word(row, 0))
	if !ok {
		return 0, fault.New(fault.Invalid, "siting.file.site", t.name, t.where(row), t.word(row, 0))
	}
	return j, nil
}
