package snapshot

import "bassin/internal/territory"

// texts keeps one copy of each text: a commune code is in a dozen tables.
type texts map[string]string

func (s texts) one(fields ...*string) {
	for _, f := range fields {
		if *f == "" {
			continue
		}
		if kept, ok := s[*f]; ok {
			*f = kept
		} else {
			s[*f] = *f
		}
	}
}

func (s texts) tables(t *territory.Tables) {
	for i := range t.Communes {
		c := &t.Communes[i]
		s.one(&c.Code, &c.Name, &c.Zone, &c.Siren, &c.Arrondissement, &c.Canton, &c.CantonVille, &c.EPCI, &c.EPT,
			&c.Departement, &c.Region, &c.BassinDeVie, &c.ZoneEmploi, &c.AireAttraction, &c.UniteUrbaine,
			&c.AAVCategory, &c.UUStatus, &c.Centrality, &c.Rurality, &c.Massif, &c.FRR, &c.ACVDate, &c.PVDDate, &c.ORTDate)
		for k := range c.PostalCodes {
			s.one(&c.PostalCodes[k])
		}
	}
	for i := range t.Zones {
		z := &t.Zones[i]
		s.one(&z.Level, &z.Code, &z.Name, &z.Type, &z.Financing, &z.Seat, &z.Zone, &z.Region)
	}
	for i := range t.Members {
		m := &t.Members[i]
		s.one(&m.Level, &m.Code, &m.Commune)
	}
	for i := range t.Parts {
		p := &t.Parts[i]
		s.one(&p.Code, &p.Name, &p.Type, &p.Commune)
		for k := range p.PostalCodes {
			s.one(&p.PostalCodes[k])
		}
	}
	for i := range t.Populations {
		s.one(&t.Populations[i].Commune)
	}
	for i := range t.Events {
		e := &t.Events[i]
		s.one(&e.Date, &e.FromType, &e.FromCode, &e.FromName, &e.ToType, &e.ToCode, &e.ToName)
	}
	for i := range t.Passages {
		s.one(&t.Passages[i].Old, &t.Passages[i].New)
	}
}
