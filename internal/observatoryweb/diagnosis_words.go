package observatoryweb

import (
	"math"

	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/place"
	"bassin/internal/territory"
)

// perimeter says what the territory is made of and what it crosses.
func (w words) perimeter(x *observatory.Diagnosis) []string {
	t, l := x.Territory, w.l
	if t.Level == territory.Pays {
		return nil
	}
	var out []string
	if people, known := t.Population(); known && t.Level.Whole() {
		if t.Level == territory.Commune {
			out = append(out, l.T("diagnosis.perimeter.commune", people))
		} else {
			out = append(out, l.T("diagnosis.perimeter.whole", len(t.Communes()), people))
		}
	}
	add := func(one, many string, rs []territory.Relation) {
		if len(rs) == 1 {
			out = append(out, l.T(one, w.heading(rs[0].Other)))
			return
		}
		const told = 4
		names := make([]string, 0, told)
		for _, r := range rs[:min(len(rs), told)] {
			name := w.heading(r.Other)
			if r.Known {
				name = l.T("diagnosis.perimeter.part", name, l.Share(r.OfThis))
			}
			names = append(names, name)
		}
		key := many
		if len(rs) > told {
			key += "_more"
		}
		out = append(out, l.T(key, len(rs), l.List(names)))
	}
	if t.Level != territory.EPCI && len(x.EPCI) > 0 {
		add("diagnosis.perimeter.epci_one", "diagnosis.perimeter.epci", x.EPCI)
	}
	if t.Level != territory.Departement && len(x.Departements) > 0 {
		add("diagnosis.perimeter.dep_one", "diagnosis.perimeter.dep", x.Departements)
	}
	return out
}

// age says of which years the figures are.
func (w words) age(x *observatory.Diagnosis) string {
	switch x.Newest {
	case "":
		return w.l.T("diagnosis.age.none")
	case x.Oldest:
		return w.l.T("diagnosis.age.one", period(w.l, x.Newest))
	}
	return w.l.T("diagnosis.age", period(w.l, x.Oldest), period(w.l, x.Newest))
}

// answer is the three sentences: how many people, where, with what help.
func (w words) answer(x *observatory.Diagnosis) []string {
	out := []string{w.howMany(x)}
	if s := w.where(x); s != "" {
		out = append(out, s)
	}
	return append(out, w.helpKnown(x))
}

func (w words) howMany(x *observatory.Diagnosis) string {
	c := x.Concerned
	if c == nil {
		return w.l.T("diagnosis.answer.unknown")
	}
	s := w.l.T("diagnosis.answer.people", w.span(c.Low, c.High), w.rates(c.LowRate, c.HighRate))
	if c.Coverage < 0.995 {
		s += " " + w.l.T("diagnosis.answer.coverage", w.l.Percent(c.Coverage, 0))
	}
	return s
}

func (w words) where(x *observatory.Diagnosis) string {
	c := x.Concerned
	switch {
	case c == nil || c.Most == nil:
		return ""
	case c.Highest == nil:
		return w.l.T("diagnosis.answer.where_most", w.heading(c.Most.Territory), about(c.Most.People))
	}
	most, highest := w.heading(c.Most.Territory), w.heading(c.Highest.Territory)
	if c.Most.Territory == c.Highest.Territory {
		return w.l.T("diagnosis.answer.where_same", most, about(c.Most.People), w.l.Percent(c.Most.Rate/100, 0))
	}
	return w.l.T("diagnosis.answer.where", most, about(c.Most.People), highest, w.l.Percent(c.Highest.Rate/100, 0), w.level(x.Unit, 2), indicator.Least)
}

// helpKnown says what the complete list tells, then what others have listed.
func (w words) helpKnown(x *observatory.Diagnosis) string {
	l, h := w.l, x.Help
	s := l.T("diagnosis.answer.sites", len(h.Sites))
	itinerant := l.T("diagnosis.answer.itinerant", len(h.Itinerant))
	switch {
	case len(h.Sites) == 0 && len(h.Itinerant) > 0:
		s = l.T("diagnosis.answer.only_itinerant", itinerant)
	case len(h.Sites) == 0:
		s = l.T("diagnosis.answer.no_site")
	case len(h.Itinerant) > 0:
		s = l.T("diagnosis.answer.sites_itinerant", len(h.Sites), itinerant)
	}
	if x.Territory.Zone == "com" {
		s = l.T("diagnosis.answer.sites_unknown")
	}
	if b, ok := beyond(h, 10); ok {
		if far := w.beyondText(x, b); far != "" {
			s += " " + far
		}
	}
	for _, k := range h.Listed {
		if k.Kind == place.Mediation {
			s += " " + l.T("diagnosis.answer.listed", len(k.Places))
		}
	}
	return s
}

func beyond(h observatory.Help, km float64) (observatory.Beyond, bool) {
	for _, b := range h.Beyond {
		if b.Km == km {
			return b, true
		}
	}
	return observatory.Beyond{}, false
}

func (w words) beyondText(x *observatory.Diagnosis, b observatory.Beyond) string {
	l := w.l
	if x.Territory.Level == territory.Commune {
		switch {
		case len(x.Help.Sites) > 0:
			return "" // it has one
		case b.Communes > 0:
			return l.T("diagnosis.answer.commune_far", int(b.Km))
		}
		return l.T("diagnosis.answer.commune_near", int(b.Km))
	}
	if b.Communes == 0 {
		return l.T("diagnosis.answer.none_beyond", int(b.Km))
	}
	return l.T("diagnosis.answer.beyond", b.Communes, len(x.Territory.Communes()), b.People, int(b.Km))
}

// why says what makes a part worth a visit first.
func (w words) why(p observatory.Part) string {
	key, decimals := "diagnosis.visit.why", 0
	if p.Territory.Level != territory.Commune {
		key = "diagnosis.visit.why_mean"
	}
	if p.Km < 10 {
		decimals = 1
	}
	s := w.l.T(key, about(p.People), w.l.Percent(p.Rate/100, 0), w.l.Decimal(p.Km, decimals))
	if p.Listed > 0 {
		return s + " " + w.l.T("diagnosis.visit.listed", p.Listed)
	}
	return s + " " + w.l.T("diagnosis.visit.none_listed")
}

// hours says when a place is open, in words where the published text can be read.
func (w words) hours(published string) string {
	if published == "" {
		return w.l.T("diagnosis.place.no_hours")
	}
	week, ok := place.ParseHours(published)
	if !ok {
		return published
	}
	s := ""
	for _, line := range week.Lines(w.l) {
		one := line.Days + " " + line.Times
		if s == "" {
			s = one
			continue
		}
		s = w.l.T("diagnosis.place.hours_next", s, one)
	}
	if !week.Sound() {
		s += " " + w.l.T("diagnosis.place.doubtful_hours")
	}
	return s
}

// whole rounds a figure of people, NaN being none.
func whole(x float64) int {
	if math.IsNaN(x) {
		return 0
	}
	return int(math.Round(x))
}
