package commonsweb

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

var errMustSpeak = fault.New(fault.Forbidden, "adoption.must_speak")

// mostUsed is how many entries a list of what is used somewhere shows.
const mostUsed = 30

// place is what is used in a territory, in those like it and next door.
func (u *Uses) place(w http.ResponseWriter, r *http.Request) error {
	ctx, l, s := r.Context(), u.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	id, _ := territory.ParseID(r.URL.Query().Get("territoire"))
	t, ok := s.France.Territory(id)
	if !ok || id.Level == territory.Custom {
		return fault.New(fault.NotFound, "territory.not_found", r.URL.Query().Get("territoire"))
	}
	name := naming.Heading(l, s.France, t)
	here, err := u.Adoptions.Around(ctx, s.France, []territory.ID{id}, u.today())
	if err != nil {
		return err
	}
	alike := u.Alike(ctx, t)
	twins, err := u.Adoptions.Around(ctx, s.France, alike, u.today())
	if err != nil {
		return err
	}
	next, err := u.Adoptions.Around(ctx, s.France, u.Next(ctx, t), u.today())
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, x := range here {
		used[x.Entry] = true
	}
	elsewhere := slices.DeleteFunc(slices.Clone(twins), func(x commons.Used) bool { return used[x.Entry] })
	v := &useView{Title: l.T("use.place", name), Lead: l.T("use.place_lead"), Actions: []web.Anchor{{Text: l.T("use.inventory.open"), Href: "/mes-logiciels", Rel: "nofollow"}}}
	var names []string
	for _, id := range alike[:min(5, len(alike))] {
		if x, ok := s.France.Territory(id); ok {
			names = append(names, naming.Heading(l, s.France, x))
		}
	}
	for _, part := range []struct {
		id   string
		used []commons.Used
		text string
	}{{"here", here, l.T("use.place.here_text")}, {"twins", elsewhere, l.T("use.place.twins_text", l.List(names))}, {"next", next, l.T("use.place.next_text")}} {
		x := usePart{ID: part.id, Title: l.T("use.place." + part.id), Text: []string{part.text}}
		if part.id == "twins" && len(alike) == 0 {
			x.Text = []string{l.T("use.place.no_twins")}
			v.Parts = append(v.Parts, x)
			continue
		}
		if x.Table, err = u.usedTable(ctx, l, part.id, x.Title, part.used); err != nil {
			return err
		}
		if x.Table == nil {
			x.Empty = &web.State{Kind: "empty", Title: l.T("use.place." + part.id + "_none"), Text: l.T("use.place.none_text")}
		}
		v.Parts = append(v.Parts, x)
	}
	v.Continue = &web.Anchor{Text: l.T("use.place.back", name), Href: t.Path()}
	return u.Kit.Page(w, r, &web.Page{Title: v.Title, Description: v.Lead, Template: "library/use", View: v, Canonical: placeAddress(id),
		Territory: &web.Context{Name: name, Kind: naming.Kind(l, t), Href: t.Path()}, Crumbs: append(web.TerritoryCrumbs(l, s.France, t), web.Crumb{Text: name, Href: t.Path()})})
}

// placeAddress is the page of what is used in a territory.
func placeAddress(id territory.ID) string {
	return "/usages?territoire=" + url.QueryEscape(id.String())
}

// usedTable lists entries with who uses them; nil for none.
func (u *Uses) usedTable(ctx context.Context, l *i18n.Localizer, id, caption string, used []commons.Used) (*web.Table, error) {
	used = used[:min(len(used), mostUsed)]
	var entries, bodies []string
	for _, x := range used {
		entries = append(entries, x.Entry)
		for _, o := range x.Organisations[:min(3, len(x.Organisations))] {
			if !slices.Contains(bodies, o) {
				bodies = append(bodies, o)
			}
		}
	}
	found, err := u.Adoptions.Library.All(ctx, entries)
	if err != nil {
		return nil, err
	}
	known, err := u.Adoptions.Organisations(ctx, bodies)
	if err != nil {
		return nil, err
	}
	t := &web.Table{ID: "table-" + id, Caption: caption, Quiet: true, Columns: []web.Column{{Title: l.T("use.entry")}, {Title: l.T("use.place.who")}, {Title: l.T("use.place.verified"), Numeric: true}}}
	for _, x := range used {
		i := slices.IndexFunc(found, func(e commons.Entry) bool { return e.ID == x.Entry })
		if i < 0 || !found[i].Readable() {
			continue
		}
		var names []string
		for _, o := range x.Organisations[:min(3, len(x.Organisations))] {
			if b, ok := known[o]; ok {
				names = append(names, b.Name)
			}
		}
		if more := len(x.Organisations) - len(names); more > 0 {
			names = append(names, l.T("use.place.others", more))
		}
		sheet, _ := found[i].Sheet()
		t.Rows = append(t.Rows, []web.Cell{{Text: found[i].Title(), Href: address(x.Entry), Note: inLanguage(l, sheet, "summary")}, {Text: l.List(names)}, {Text: l.Number(x.Verified)}})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return t, nil
}

// Sections are what these pages say on territory pages: a way in, which costs nothing.
func (u *Uses) Sections() []web.Section {
	return []web.Section{{ID: "usages", Title: "use.section", Order: 80, Render: func(_ context.Context, q web.SectionRequest) (template.HTML, error) {
		if q.Territory.Level == territory.Custom {
			return "", nil
		}
		return q.Fragment("library/usesection", web.Links{Label: q.Localizer.T("use.section"), Items: []web.Anchor{
			{Text: q.Localizer.T("use.section.uses"), Href: placeAddress(q.Territory.ID), Icon: "arrow"},
			{Text: q.Localizer.T("use.section.commons"), Href: "/communs?territoire=" + url.QueryEscape(q.Territory.ID.String()), Icon: "arrow"},
		}})
	}}}
}

// Told is the link that the page of an organisation shows to what it uses.
func (u *Uses) Told(r *http.Request, o *people.Organisation) (web.Anchor, error) {
	return web.Anchor{Text: u.Kit.Locale(r.Context()).T("use.of_link"), Href: usesAddress(o.ID), Icon: "arrow"}, nil
}
