package names

import (
	"slices"
	"strings"

	"bassin/internal/territory"
)

// Kind says what an entry's name is to the territory it leads to.
type Kind uint8

// The kinds of entry.
const (
	Current Kind = iota // the name of the territory today
	Former              // a name it, or a territory merged into it, had
	Inside              // a commune déléguée or associée, or a municipal arrondissement
	Sigle               // initials people use for it
)

// Entry is one name that leads to one territory. A territory has one Current
// entry and any number of others.
type Entry struct {
	ID          territory.ID // where the name leads
	Name        string       // as published
	Kind        Kind
	Code        string // code of its own when that is not ID.Code: communes déléguées and associées
	Type        string // EPCI: CC, CA, CU, METRO, MET69
	Population  int32  // inhabitants, 0 if unknown
	Departement string // code, "" if none or unknown; the pole's where it crosses several
	Region      string // code, likewise
	PostalCodes []string
	Siren       string // of a commune; that of an EPCI is its code
}

// FromTables lists the entries of the tables of a snapshot: every territory, the
// places inside communes, former names of communes, départements and régions,
// and the initials of intercommunalités and régions.
func FromTables(t territory.Tables) []Entry {
	b := builder{
		tables:  t,
		commune: make(map[string]*territory.CommuneRow, len(t.Communes)),
		passage: make(map[string]string, len(t.Passages)),
		out:     make([]Entry, 0, len(t.Communes)+len(t.Zones)+len(t.Parts)+len(t.Events)/2),
	}
	for i := range t.Communes {
		b.commune[t.Communes[i].Code] = &t.Communes[i]
	}
	for _, p := range t.Passages {
		b.passage[p.Old] = p.New
	}
	b.communes()
	b.zones()
	b.parts()
	b.formerCommunes()
	return b.out
}

type builder struct {
	tables  territory.Tables
	commune map[string]*territory.CommuneRow
	passage map[string]string
	out     []Entry
}

func (b *builder) communes() {
	var france int32
	for i := range b.tables.Communes {
		c := &b.tables.Communes[i]
		b.out = append(b.out, Entry{
			ID: territory.ID{Level: territory.Commune, Code: c.Code}, Name: c.Name, Population: inhabitants(c.Population),
			Departement: c.Departement, Region: c.Region, PostalCodes: c.PostalCodes, Siren: c.Siren,
		})
		if c.Zone != "com" {
			france += inhabitants(c.Population)
		}
	}
	b.out = append(b.out, Entry{ID: territory.ID{Level: territory.Pays, Code: "FR"}, Name: "France", Population: france})
}

// zones adds the other levels. A zone is placed in the département of its pole,
// or else in the one where most of its inhabitants live.
func (b *builder) zones() {
	home := b.homes()
	for i := range b.tables.Zones {
		z := &b.tables.Zones[i]
		id := territory.ID{Level: territory.Level(z.Level), Code: z.Code}
		h := home[id]
		e := Entry{ID: id, Name: z.Name, Type: z.Type, Population: inhabitants(z.Population), Departement: h.dep, Region: h.reg}
		if e.Population == 0 && id.Level.Whole() {
			e.Population = h.population
		}
		if c := b.commune[z.Seat]; c != nil {
			e.Departement, e.Region = c.Departement, c.Region
		}
		switch id.Level {
		case territory.Departement:
			e.Departement, e.Region = z.Code, z.Region
		case territory.Region:
			e.Departement, e.Region = "", z.Code
		}
		b.out = append(b.out, e)
		switch id.Level {
		case territory.EPCI, territory.EPT, territory.Region:
			for _, s := range sigles(z.Name) {
				a := e
				a.Kind, a.Name = Sigle, s
				b.out = append(b.out, a)
			}
		}
		if id.Level == territory.Departement || id.Level == territory.Region {
			for _, f := range formerNames {
				if f.level == id.Level && f.code == z.Code {
					a := e
					a.Kind, a.Name = Former, f.name
					b.out = append(b.out, a)
				}
			}
		}
	}
}

type home struct {
	dep, reg         string
	population, most int32
}

// homes finds, for every zone made of commune columns or member rows, its
// population and where its largest commune is.
func (b *builder) homes() map[territory.ID]home {
	homes := make(map[territory.ID]home, len(b.tables.Zones))
	put := func(l territory.Level, code string, c *territory.CommuneRow) {
		if code == "" || c == nil {
			return
		}
		id := territory.ID{Level: l, Code: code}
		h, p := homes[id], inhabitants(c.Population)
		if h.dep == "" || p > h.most {
			h.dep, h.reg, h.most = c.Departement, c.Region, p
		}
		h.population += p
		homes[id] = h
	}
	for i := range b.tables.Communes {
		c := &b.tables.Communes[i]
		put(territory.Canton, c.CantonVille, c)
		put(territory.UniteUrbaine, c.UniteUrbaine, c)
		put(territory.BassinDeVie, c.BassinDeVie, c)
		put(territory.EPT, c.EPT, c)
		put(territory.EPCI, c.EPCI, c)
		put(territory.AireAttraction, c.AireAttraction, c)
		put(territory.ZoneEmploi, c.ZoneEmploi, c)
		put(territory.Arrondissement, c.Arrondissement, c)
		put(territory.Departement, c.Departement, c)
		put(territory.Region, c.Region, c)
	}
	for _, m := range b.tables.Members {
		put(territory.Level(m.Level), m.Code, b.commune[m.Commune])
	}
	return homes
}

func (b *builder) parts() {
	for _, p := range b.tables.Parts {
		c := b.commune[p.Commune]
		if c == nil {
			continue
		}
		e := Entry{
			ID: territory.ID{Level: territory.Commune, Code: p.Commune}, Name: p.Name, Kind: Inside, Code: p.Code,
			Population: inhabitants(p.Population), Departement: c.Departement, Region: c.Region, PostalCodes: p.PostalCodes,
		}
		if p.Type == territory.PartArrondissement {
			e.ID = territory.ID{Level: territory.ArrondissementMunicipal, Code: p.Code}
		} else if e.Population == 0 {
			e.Population = inhabitants(c.Population) / 10
		}
		b.out = append(b.out, e)
	}
}

// formerCommunes follows INSEE's log: the name a commune had before a change
// leads to the commune that holds its code today.
func (b *builder) formerCommunes() {
	type known struct{ code, key string }
	seen := make(map[known]bool, len(b.out))
	for i := range b.out {
		if e := &b.out[i]; e.ID.Level == territory.Commune {
			seen[known{e.ID.Code, keyOf(e.Name)}] = true
		}
	}
	for i := range b.tables.Events {
		ev := &b.tables.Events[i]
		if ev.FromType == "ARM" || ev.FromName == "" {
			continue
		}
		c := b.today(ev.FromCode)
		if c == nil {
			c = b.today(ev.ToCode)
		}
		if c == nil {
			continue
		}
		k := known{c.Code, keyOf(ev.FromName)}
		if seen[k] {
			continue
		}
		seen[k] = true
		b.out = append(b.out, Entry{
			ID: territory.ID{Level: territory.Commune, Code: c.Code}, Name: ev.FromName, Kind: Former,
			Population: inhabitants(c.Population) / 10, Departement: c.Departement, Region: c.Region,
		})
	}
}

func (b *builder) today(code string) *territory.CommuneRow {
	if c := b.commune[code]; c != nil {
		return c
	}
	return b.commune[b.passage[code]]
}

func inhabitants(p *int32) int32 {
	if p == nil {
		return 0
	}
	return *p
}

// sigles makes the initials people use: LTC for CA Lannion-Trégor Communauté,
// PACA, and, with the small words, IDF for Île-de-France.
func sigles(name string) []string {
	tokens := fold(name, nil)
	kind := ""
	if len(tokens) > 1 && isTypeWord(tokens[0].text) {
		kind, tokens = tokens[0].text, tokens[1:]
	}
	var long, short strings.Builder
	for _, t := range tokens {
		long.WriteByte(t.text[0])
		if !isStop(t.text) {
			short.WriteByte(t.text[0])
		}
	}
	var out []string
	for _, s := range []string{short.String(), long.String(), kind + short.String(), kind + long.String()} {
		s = strings.ToUpper(s)
		if len(s) >= 3 && len(s) <= 8 && isLetters(s) && !isStop(strings.ToLower(s)) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func isLetters(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
