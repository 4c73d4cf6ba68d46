package place

import (
	"cmp"
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
	words    []string      // texts that many places share
	text     string        // the other texts, end to end
	trees    map[Kind]func() *tree
}

type span struct{ from, to int32 }

// record is a place without its texts, which would weigh five times as much as
// separate strings.
type record struct {
	lon, lat                                              float64
	commune                                               int32
	count                                                 int32
	text                                                  uint32 // where its own texts begin
	sizes                                                 [4]uint16
	source, list, city, what, format, hours, labels, date uint16
	kind                                                  uint8 // in Kinds
	flags                                                 flags
}

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
	size := 0
	for _, r := range rows {
		size += len(r.ID) + len(r.Name) + len(r.Address) + len(r.Postcode)
	}
	var text strings.Builder
	text.Grow(size)
	words := map[string]uint16{}
	word := func(s string) uint16 {
		n, ok := words[s]
		if !ok {
			n = uint16(len(words))
			words[s] = n
			x.words = append(x.words, strings.Clone(s))
		}
		return n
	}
	x.places = make([]record, len(rows))
	for i, r := range rows {
		p := &x.places[i]
		*p = record{
			lon: r.Lon, lat: r.Lat, commune: r.commune, kind: r.kind, count: r.Count, text: uint32(text.Len()),
			source: word(r.Source), list: word(r.List), city: word(r.City), what: word(r.Type), format: word(r.Format),
			hours: word(r.Hours), labels: word(strings.Join(r.Labels, ";")), date: word(r.Date),
		}
		for k, s := range [4]string{r.ID, r.Name, r.Address, r.Postcode} {
			if len(s) > math.MaxUint16 {
				return fmt.Errorf("place: %s %.40s has a text of %d bytes", r.Kind, r.Name, len(s))
			}
			p.sizes[k] = uint16(len(s))
			text.WriteString(s)
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
		if i == 0 || rows[i-1].kind != r.kind {
			x.first[Kinds[r.kind]] = span{int32(i), int32(i)}
		}
		x.first[Kinds[r.kind]] = span{x.first[Kinds[r.kind]].from, int32(i) + 1}
	}
	if len(words) > math.MaxUint16 {
		return fmt.Errorf("place: %d shared texts do not fit", len(words))
	}
	x.text = text.String()
	return nil
}

// Len returns the number of places.
func (x *Index) Len() int { return len(x.places) }

// Of returns the places of a kind: those from from up to to, excluded.
func (x *Index) Of(k Kind) (from, to int32) { return x.first[k].from, x.first[k].to }

// At returns a place by its number.
func (x *Index) At(i int32) Place {
	p := &x.places[i]
	out := Place{Number: p.commune, Row: Row{
		Kind: string(Kinds[p.kind]), Source: x.words[p.source], List: x.words[p.list], City: x.words[p.city], Lon: p.lon, Lat: p.lat,
		Type: x.words[p.what], Format: x.words[p.format], Hours: x.words[p.hours], Date: x.words[p.date], Count: p.count,
		Appointment: p.flags&appointment != 0, Itinerant: p.flags&itinerant != 0, Doubt: p.flags&doubt != 0,
	}}
	if labels := x.words[p.labels]; labels != "" {
		out.Labels = strings.Split(labels, ";")
	}
	if p.commune >= 0 {
		out.Commune = x.communes[p.commune].Code
	}
	at := int(p.text)
	for k, s := range [4]*string{&out.ID, &out.Name, &out.Address, &out.Postcode} {
		*s = x.text[at : at+int(p.sizes[k])]
		at += int(p.sizes[k])
	}
	return out
}

// Point returns where to draw a place: ok is false where its point is not known
// or is doubtful.
func (x *Index) Point(i int32) (lon, lat float64, ok bool) {
	p := &x.places[i]
	return p.lon, p.lat, (p.lon != 0 || p.lat != 0) && p.flags&doubt == 0
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
