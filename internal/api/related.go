package api

import (
	"cmp"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// SheetInput names a territory, for an answer that spreadsheets may read.
type SheetInput struct {
	OneInput
	Spreadsheet bool `query:"spreadsheet"`
}

// Member is a commune of a territory.
type Member struct {
	Territory
	Share *float64 `json:"share"`
}

func members(q *query, in *SheetInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	f := q.france()
	whole, known := 0, false
	for _, n := range t.Communes() {
		if p := f.Commune(n).Population; p != nil {
			whole, known = whole+int(*p), true
		}
	}
	list := make([]*territory.Territory, len(t.Communes()))
	out := make([]Member, len(list))
	for i, n := range t.Communes() {
		list[i] = f.Level(territory.Commune)[n]
		out[i] = Member{Territory: q.territory(list[i])}
		if p := f.Commune(n).Population; p != nil && t.Level.Whole() && known && whole > 0 {
			out[i].Share = share(float64(*p)/float64(whole), true)
		}
	}
	r := q.listReply(list)
	r.value = listOf(q, out)
	r.csv = func(s *table) {
		s.row(territoryHead("share")...)
		for i := range out {
			s.row(out[i].cells(out[i].Share)...)
		}
	}
	return r, nil
}

type relationsInput struct {
	SheetInput
	Level string `query:"level" enum:"arm,qpv,commune,cv,uu,bv,ept,epci,ti,aav,ze,arr,dep,reg,pays"`
}

// Relation is how a territory and another cross.
type Relation struct {
	Territory    Territory `json:"territory"`
	Communes     int       `json:"communesInCommon"`
	Population   *int      `json:"populationInCommon"`
	ShareOfThis  *float64  `json:"shareOfThis"`
	ShareOfOther *float64  `json:"shareOfOther"`
}

func relations(q *query, in *relationsInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	wanted := []territory.Level{territory.Level(in.Level)}
	if in.Level == "" {
		wanted = slices.DeleteFunc(slices.Clone(territory.Levels), func(l territory.Level) bool {
			return l == t.Level || l == territory.Commune
		})
	}
	var out []Relation
	for _, l := range wanted {
		for _, r := range q.france().Relations(t, l) {
			o := Relation{Territory: q.territory(r.Other), Communes: r.Communes, ShareOfThis: share(r.OfThis, r.Known), ShareOfOther: share(r.OfOther, r.Known)}
			if r.Known {
				o.Population = &r.Population
			}
			out = append(out, o)
		}
	}
	return &reply{total: len(out), value: listOf(q, out), csv: func(s *table) {
		s.row(territoryHead("communesInCommon", "populationInCommon", "shareOfThis", "shareOfOther")...)
		for i := range out {
			o := &out[i]
			s.row(o.Territory.cells(o.Communes, o.Population, o.ShareOfThis, o.ShareOfOther)...)
		}
	}}, nil
}

// History is what happened to the communes of a territory since 1943.
type History struct {
	List[Event]
	Former []Former `json:"former"`
}

// Event is a change of communes.
type Event struct {
	Date string `json:"date" format:"date"`
	Kind string `json:"kind" enum:"renamed,created,restored,suppressed,merged,absorbed,recoded,seat_moved,status_changed"`
	From Named  `json:"from"`
	To   Named  `json:"to"`
}

// Named is a commune, of today or of the past.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Former is a commune of the past that a commune of today took in.
type Former struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Date string `json:"date,omitempty"`
	Into string `json:"into"`
}

func history(q *query, in *SheetInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	if !t.Level.Whole() {
		return nil, fault.New(fault.Invalid, "api.error.smaller").In("id")
	}
	f := q.france()
	out := History{Former: []Former{}}
	seen := map[territory.EventRow]bool{}
	var events []Event
	for _, n := range t.Communes() {
		code := f.Commune(n).Code
		for _, e := range f.History(code) {
			if !seen[e] {
				seen[e] = true
				events = append(events, Event{e.Date, string(e.Kind()), Named{e.FromCode, e.FromName}, Named{e.ToCode, e.ToName}})
			}
		}
		for _, o := range f.Formers(code) {
			out.Former = append(out.Former, Former{o.Code, o.Name, o.Date, code})
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Date, b.Date) })
	out.List = listOf(q, events)
	return &reply{total: len(events), value: out, csv: func(s *table) {
		s.row("date", "kind", "fromCode", "fromName", "toCode", "toName")
		for _, e := range events {
			s.row(e.Date, e.Kind, e.From.Code, e.From.Name, e.To.Code, e.To.Name)
		}
	}}, nil
}

// Count is the municipal population in a census year.
type Count struct {
	Year       int `json:"year"`
	Population int `json:"population"`
}

func population(q *query, in *SheetInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	var out []Count
	for _, c := range q.france().Series(t) {
		out = append(out, Count{c.Year, c.Population})
	}
	return &reply{total: len(out), value: listOf(q, out), csv: func(s *table) {
		s.row("year", "population")
		for _, c := range out {
			s.row(c.Year, c.Population)
		}
	}}, nil
}

type neighboursInput struct {
	SheetInput
	Level string `query:"level" enum:"commune,cv,uu,bv,ept,epci,ti,aav,ze,arr,dep,reg"`
}

// neighbours lists the territories of a level that hold a commune across the
// border, the longest common border of a commune first.
func neighbours(q *query, in *neighboursInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	if !t.Level.Whole() {
		return nil, fault.New(fault.Invalid, "api.error.smaller").In("id")
	}
	level := territory.Level(in.Level)
	if level == "" {
		level = t.Level
		if level == territory.Custom || level == territory.Pays {
			level = territory.Commune
		}
	}
	var list []*territory.Territory
	for _, n := range q.snap.Neighbours(t) {
		for _, o := range q.france().Of(n, level) {
			if o != t && !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
	}
	return q.listReply(list), nil
}
