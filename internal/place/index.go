package place

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"bassin/internal/territory"
)

// Index is every place of a snapshot, numbered from 0: by kind, then by commune,
// those of no known commune first, then by name. It is immutable.
type Index struct {
	communes []territory.CommuneRow
	places   []record
	first    map[Kind]span // numbers of the places of a kind
	styles   []style
	hours    []string
	cities   []string
	text     string // the other texts of each place, end to end, a length before each
	trees    map[Kind]func() *tree
}

type span struct{ from, to int32 }

// record is a place in 28 bytes, a tenth of its row.
type record struct {
	lon, lat           int32 // millionths of a degree
	commune            int32 // number, -1 unknown
	text               uint32
	style, hours, city uint16
	count              int16
	flags              flags
}

// style is what many places of one list say alike.
type style struct{ kind, source, list, what, format, labels, date string }

// numbered gives each different value its number.
type numbered[T comparable] struct {
	at  map[T]uint16
	all []T
}

func (n *numbered[T]) number(v T) uint16 {
	i, ok := n.at[v]
	if !ok {
		if n.at == nil {
			n.at = map[T]uint16{}
		}
		i = uint16(len(n.all))
		n.at[v] = i
		n.all = append(n.all, v)
	}
	return i
}

// millionths is the precision of a point, a tenth of a metre.
const millionths = 1e6

type flags uint8

const (
	appointment flags = 1 << iota
	itinerant
	doubt
)

// Place is one place to show.
type Place struct {
	Row
	Number int32 // of the commune, -1 unknown
}

// Located says whether the point is known.
func (r *Row) Located() bool { return r.Lon != 0 || r.Lat != 0 }

// New indexes the rows of several tables. Communes are in code order, their place
// in the list being their number. It fails on a kind or a commune it does not know.
func New(communes []territory.CommuneRow, tables ...[]Row) (*Index, error) {
	number := make(map[string]int32, len(communes)+1)
	number[""] = -1
	for i := range communes {
		number[communes[i].Code] = int32(i)
	}
	x := &Index{communes: communes, first: map[Kind]span{}, trees: map[Kind]func() *tree{}}
	kinds := map[string]uint8{}
	for i, k := range Kinds {
		kinds[string(k)] = uint8(i)
	}
	var rows []ranked
	for _, t := range tables {
		for i := range t {
			commune, ok := number[t[i].Commune]
			kind, valid := kinds[t[i].Kind]
			if !ok || !valid {
				return nil, fmt.Errorf("place: %s %s lies in unknown commune %q, or its kind is unknown", t[i].Kind, t[i].Name, t[i].Commune)
			}
			rows = append(rows, ranked{&t[i], commune, kind})
		}
	}
	slices.SortStableFunc(rows, func(a, b ranked) int {
		if c := cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.commune, b.commune)); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	if err := x.fill(rows); err != nil {
		return nil, err
	}
	for _, k := range Kinds {
		x.trees[k] = sync.OnceValue(func() *tree { return x.grow(k) })
	}
	return x, nil
}

// ranked is a row with what it is sorted by.
type ranked struct {
	*Row
	commune int32
	kind    uint8
}

func (x *Index) fill(rows []ranked) error {
	var text []byte
	var styles numbered[style]
	var hours, cities numbered[string]
	x.places = make([]record, len(rows))
	for i, r := range rows {
		if r.Count > math.MaxInt16 {
			return fmt.Errorf("place: %s %s counts %d", r.Kind, r.Name, r.Count)
		}
		p := &x.places[i]
		*p = record{
			lon: int32(math.Round(r.Lon * millionths)), lat: int32(math.Round(r.Lat * millionths)), commune: r.commune, text: uint32(len(text)),
			style: styles.number(style{r.Kind, r.Source, r.List, r.Type, r.Format, strings.Join(r.Labels, ";"), r.Date}),
			hours: hours.number(r.Hours), city: cities.number(r.City), count: int16(r.Count),
		}
		for _, s := range []string{r.ID, r.Name, r.Address, r.Postcode} {
			text = binary.AppendUvarint(text, uint64(len(s)))
			text = append(text, s...)
		}
		if r.Appointment {
			p.flags |= appointment
		}
		if r.Itinerant {
			p.flags |= itinerant
		}
		if r.Doubt {
			p.flags |= doubt
		}
		k := Kinds[r.kind]
		if i == 0 || rows[i-1].kind != r.kind {
			x.first[k] = span{from: int32(i)}
		}
		x.first[k] = span{x.first[k].from, int32(i) + 1}
	}
	if n := max(len(styles.all), len(hours.all), len(cities.all)); n > math.MaxUint16 {
		return fmt.Errorf("place: %d shared texts are too many to number", n)
	}
	// The rows may share their memory with a whole table: keep nothing of it.
	for i, s := range styles.all {
		for _, part := range []*string{&s.kind, &s.source, &s.list, &s.what, &s.format, &s.labels, &s.date} {
			*part = strings.Clone(*part)
		}
		styles.all[i] = s
	}
	for _, list := range [][]string{hours.all, cities.all} {
		for i := range list {
			list[i] = strings.Clone(list[i])
		}
	}
	x.styles, x.hours, x.cities, x.text = styles.all, hours.all, cities.all, string(text)
	return nil
}

// Len returns the number of places.
func (x *Index) Len() int { return len(x.places) }

// Of returns the places of a kind: those from from up to to, excluded.
func (x *Index) Of(k Kind) (from, to int32) { return x.first[k].from, x.first[k].to }

// At returns a place by its number.
func (x *Index) At(i int32) Place {
	p := &x.places[i]
	s := &x.styles[p.style]
	out := Place{Number: p.commune, Row: Row{
		Kind: s.kind, Source: s.source, List: s.list, City: x.cities[p.city],
		Type: s.what, Format: s.format, Hours: x.hours[p.hours], Date: s.date, Count: int32(p.count),
		Appointment: p.flags&appointment != 0, Itinerant: p.flags&itinerant != 0, Doubt: p.flags&doubt != 0,
	}}
	out.Lon, out.Lat = p.point()
	if s.labels != "" {
		out.Labels = strings.Split(s.labels, ";")
	}
	if p.commune >= 0 {
		out.Commune = x.communes[p.commune].Code
	}
	rest := x.text[p.text:]
	for _, s := range []*string{&out.ID, &out.Name, &out.Address, &out.Postcode} {
		*s, rest = cut(rest)
	}
	return out
}

// cut takes a text off the front, where its length is written in binary first.
func cut(s string) (text, rest string) {
	n, shift := 0, 0
	for s[0] >= 0x80 {
		n |= int(s[0]&0x7f) << shift
		shift, s = shift+7, s[1:]
	}
	n |= int(s[0]) << shift
	return s[1 : 1+n], s[1+n:]
}

func (p *record) point() (lon, lat float64) {
	return float64(p.lon) / millionths, float64(p.lat) / millionths
}

// Point returns where to draw a place: ok is false where its point is not known
// or is doubtful.
func (x *Index) Point(i int32) (lon, lat float64, ok bool) {
	p := &x.places[i]
	lon, lat = p.point()
	return lon, lat, (p.lon != 0 || p.lat != 0) && p.flags&doubt == 0
}

// In returns the places of a kind in communes given by number, in the order of
// the communes, then by name. A commune given twice counts twice.
func (x *Index) In(k Kind, communes []int32) []int32 {
	var out []int32
	for _, c := range communes {
		from, to := x.within(k, c)
		for i := from; i < to; i++ {
			out = append(out, i)
		}
	}
	return out
}

// Count returns how many places of a kind lie in communes given by number. For
// all kinds but France services that is how many are listed.
func (x *Index) Count(k Kind, communes []int32) int {
	n := 0
	for _, c := range communes {
		from, to := x.within(k, c)
		n += int(to - from)
	}
	return n
}

// within returns the places of a kind in one commune; -1 for no known commune.
func (x *Index) within(k Kind, commune int32) (from, to int32) {
	s := x.first[k]
	of := x.places[s.from:s.to]
	at, _ := slices.BinarySearchFunc(of, commune, func(p record, c int32) int { return cmp.Compare(p.commune, c) })
	end := at
	for end < len(of) && of[end].commune == commune {
		end++
	}
	return s.from + int32(at), s.from + int32(end)
}
