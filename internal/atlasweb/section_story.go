package atlasweb

import (
	"cmp"
	"context"
	"html/template"
	"slices"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// storyView is what happened to a commune, its parts and its codes.
type storyView struct {
	Events []eventView
	Parts  []partsView
	Codes  []codeView
	None   string // why no event is told
}

// eventView is what happened on one day.
type eventView struct {
	Day  string
	ISO  string
	Text template.HTML
}

// partsView names the parts of one kind.
type partsView struct{ Title, Names string }

// codeView is an identifier and its value.
type codeView struct{ Name, Value string }

func storySection() web.Section {
	return web.Section{ID: "histoire", Title: "territory.section.story", Order: 60,
		For: func(l territory.Level) bool { return l == territory.Commune },
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			v := visitOf(ctx, q)
			return q.Fragment("atlas/territory_story", teller{q.Localizer, q.France, q.Href}.story(v))
		}}
}

func (t teller) story(v *visit) storyView {
	l, p := t.l, v.portrait
	row := t.f.Commune(p.Territory.Communes()[0])
	view := storyView{Events: t.events(p.History, p.Territory)}
	if len(view.Events) == 0 {
		view.None = l.T("territory.story.none")
		if row.Zone == "com" {
			view.None = l.T("territory.story.overseas")
		}
	}
	for _, kind := range []string{territory.PartDeleguee, territory.PartAssociee} {
		var names []string
		for _, part := range p.Parts {
			if part.Type == kind {
				names = append(names, l.T("territory.story.part", part.Name, part.Code))
			}
		}
		if len(names) > 0 {
			view.Parts = append(view.Parts, partsView{Title: l.T("territory.story.parts."+kind, len(names)), Names: l.List(names)})
		}
	}
	view.Codes = append(view.Codes, codeView{l.T("territory.code.insee"), row.Code})
	if len(row.PostalCodes) > 0 {
		shown := row.PostalCodes[:min(len(row.PostalCodes), 25)]
		view.Codes = append(view.Codes, codeView{l.T("territory.code.postal", len(row.PostalCodes)), strings.Join(shown, ", ")})
	}
	if row.Siren != "" {
		view.Codes = append(view.Codes, codeView{l.T("territory.code.siren"), row.Siren})
	}
	if row.AreaKm2 != nil {
		view.Codes = append(view.Codes, codeView{l.T("territory.code.area"), l.T("territory.km2", l.Decimal(*row.AreaKm2, 1))})
	}
	switch row.SeatRank {
	case 2, 3, 4:
		if row.Zone == "com" {
			view.Codes = append(view.Codes, codeView{l.T("territory.code.seat"), l.T("territory.seat.com")})
			break
		}
		view.Codes = append(view.Codes, codeView{l.T("territory.code.seat"), l.T("territory.seat." + string(rune('0'+row.SeatRank)))})
	}
	return view
}

// events tells the changes newest first, those of one day and kind together.
func (t teller) events(history []territory.EventRow, u *territory.Territory) []eventView {
	type key struct {
		date  string
		kind  territory.EventKind
		toU   bool
		other string
	}
	names, renamed := map[key][]string{}, map[key]string{}
	var keys []key
	for _, e := range history {
		k := key{e.Date, e.Kind(), e.ToCode == u.Code, ""}
		name := e.FromName
		if !k.toU {
			name, k.other = e.ToName, e.ToCode
		}
		if k.toU && e.FromCode == u.Code && k.kind != territory.Renamed {
			if e.FromName == e.ToName || k.kind != territory.Merged {
				continue // the commune itself, going on
			}
			renamed[k] = e.ToName
		}
		if _, seen := names[k]; !seen {
			keys = append(keys, k)
		}
		if !slices.Contains(names[k], name) {
			names[k] = append(names[k], name)
		}
	}
	slices.SortStableFunc(keys, func(a, b key) int { return cmp.Compare(b.date, a.date) })
	var out []eventView
	for _, k := range keys {
		way := "to"
		if !k.toU {
			way = "from"
		}
		line := web.Say(t.l, "territory.event."+way+"."+eventKey(k.kind), len(names[k]), t.l.List(names[k]))
		if name := renamed[k]; name != "" {
			line = web.Say(t.l, "territory.event.merged_new", t.l.List(names[k]), name)
		}
		out = append(out, eventView{Day: i18n.Upper(t.l.Day(k.date)), ISO: k.date, Text: line})
	}
	return out
}

// eventKey groups kinds of change that are told in the same words.
func eventKey(k territory.EventKind) string {
	switch k {
	case territory.Merged, territory.Absorbed, territory.Renamed, territory.Recoded:
		return map[territory.EventKind]string{
			territory.Merged: "merged", territory.Absorbed: "merged", territory.Renamed: "renamed", territory.Recoded: "recoded"}[k]
	case territory.SeatMoved:
		return "recoded"
	case territory.Created, territory.Restored:
		return "restored"
	case territory.Suppressed:
		return "suppressed"
	}
	return "changed"
}
