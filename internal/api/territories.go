package api

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

type territoriesInput struct {
	Shared
	Level       string `query:"level" enum:"arm,qpv,commune,cv,uu,bv,ept,epci,ti,aav,ze,arr,dep,reg,pays"`
	Q           string `query:"q" maxLength:"200"`
	Dep         string `query:"dep" maxLength:"3" example:"22"`
	Limit       int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor      string `query:"cursor" maxLength:"50"`
	Spreadsheet bool   `query:"spreadsheet"`
}

func territories(q *query, in *territoriesInput) (*reply, error) {
	f := q.france()
	wanted := territory.Levels
	if in.Level != "" {
		wanted = []territory.Level{territory.Level(in.Level)}
	}
	var after territory.ID
	if in.Cursor != "" {
		var ok bool
		if after, ok = territory.ParseID(in.Cursor); !ok || !slices.Contains(wanted, after.Level) {
			return nil, fault.New(fault.Invalid, "api.error.cursor").In("cursor")
		}
	}
	if in.Dep != "" {
		if _, ok := f.Territory(territory.ID{Level: territory.Departement, Code: in.Dep}); !ok {
			return nil, fault.New(fault.Invalid, "api.error.dep", in.Dep).In("dep")
		}
	}
	name := plain(in.Q)
	total := 0
	var page []*territory.Territory
	more := false
	for i, l := range wanted {
		for _, t := range f.Level(l) {
			if name != "" && !strings.Contains(plain(t.Name), name) || in.Dep != "" && !touches(f, t, in.Dep) {
				continue
			}
			total++
			switch {
			case in.Cursor != "" && cmp.Or(cmp.Compare(i, slices.Index(wanted, after.Level)), strings.Compare(t.Code, after.Code)) <= 0:
			case len(page) < in.Limit:
				page = append(page, t)
			default:
				more = true
			}
		}
	}
	r := q.listReply(page)
	out := Page[Territory]{Total: total, Vintage: f.Vintage(), Items: q.territories(page)}
	if more {
		next := nextPage(q.address, page[len(page)-1].ID.String())
		out.Next, r.next = &next, next
	}
	r.value, r.total = out, total
	return r, nil
}

// touches says whether a territory has a commune in a département.
func touches(f *territory.France, t *territory.Territory, dep string) bool {
	return slices.ContainsFunc(t.Communes(), func(n int32) bool { return f.Commune(n).Departement == dep })
}

// nextPage is the address with another cursor.
func nextPage(address, cursor string) string {
	path, raw, _ := strings.Cut(address, "?")
	v, err := url.ParseQuery(raw)
	if err != nil {
		v = url.Values{}
	}
	v.Set("cursor", cursor)
	return path + "?" + v.Encode()
}

func (q *query) territories(list []*territory.Territory) []Territory {
	out := make([]Territory, len(list))
	for i, t := range list {
		out[i] = q.territory(t)
	}
	return out
}

// listReply answers a list of territories in every form.
func (q *query) listReply(list []*territory.Territory) *reply {
	items := q.territories(list)
	return &reply{
		total: len(items), value: listOf(q, items),
		geojson: func(dst []byte) ([]byte, error) { return q.appendCollection(dst, list) },
		csv: func(t *table) {
			t.row(territoryHead()...)
			for i := range items {
				t.row(items[i].cells()...)
			}
		},
	}
}

// plain writes a name without accents, case nor hyphens.
func plain(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range strings.ToLower(s) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case r < 0x80, r == '’':
			b.WriteByte(' ')
		default:
			b.WriteString(unaccented(r))
		}
	}
	return strings.TrimSpace(b.String())
}

func unaccented(r rune) string {
	switch r {
	case 'à', 'â', 'ä', 'á', 'ã', 'ā':
		return "a"
	case 'é', 'è', 'ê', 'ë', 'ē':
		return "e"
	case 'î', 'ï', 'í', 'ī':
		return "i"
	case 'ô', 'ö', 'ó', 'õ', 'ō':
		return "o"
	case 'ù', 'û', 'ü', 'ú', 'ū':
		return "u"
	case 'ÿ':
		return "y"
	case 'ç':
		return "c"
	case 'ñ':
		return "n"
	case 'œ':
		return "oe"
	case 'æ':
		return "ae"
	}
	return string(r)
}
