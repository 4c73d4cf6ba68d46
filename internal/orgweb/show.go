package orgweb

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// mostHistory is how many changes the page of an organisation tells, and
// mostMandates how many mandates.
const (
	mostHistory  = 50
	mostMandates = 100
)

// showView is the page of an organisation.
type showView struct {
	More        *web.Anchor // to what else is told of it
	Title, Kind string
	Notices     []web.Notice
	Facts       web.Facts
	Territories []web.Anchor
	Mandates    *web.Table
	NoMandate   string
	Undo        string // where a merge is undone
	Merges      []mergeView
	History     []changeView
	Actions     []web.Anchor
	Documents   web.Files
	Parts       []template.HTML
}

// mergeView is a merge that can be undone.
type mergeView struct{ ID, Name, When string }

// changeView is one change in words.
type changeView struct {
	When, What, Who string
	Changes         []fieldChange
}

// fieldChange is what became of a field.
type fieldChange struct{ Field, Was, Became string }

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id := r.PathValue("id")
	o, err := p.Rules.Find(ctx, id)
	if err != nil {
		return err
	}
	if o.State == people.OrganisationMerged {
		kept, err := p.Rules.Follow(ctx, id)
		if err != nil {
			return err
		}
		// Not for good: a merge can be undone.
		return p.Kit.Redirect(w, r, address(kept.ID)+"?depuis="+id, http.StatusFound)
	}
	return p.showPage(w, r, o, nil)
}

// showPage is the page of an organisation, with why a document was refused.
func (p *Pages) showPage(w http.ResponseWriter, r *http.Request, o people.Organisation, failed error) error {
	ctx, l, s := r.Context(), p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	v := &showView{Title: o.Name, Undo: address(o.ID) + "/annuler-la-fusion", Kind: kindName(l, o.Kind), Facts: p.facts(l, s.France, &o)}
	if o.ShortName != "" {
		v.Kind = l.T("organisation.show.kind_short", v.Kind, o.ShortName)
	}
	for _, part := range p.Parts {
		body, err := part(r, o.ID)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, body)
	}
	if err := p.notices(r, l, &o, v); err != nil {
		return err
	}
	for _, t := range o.Territories {
		if u, ok := s.France.Territory(t); ok {
			v.Territories = append(v.Territories, web.Anchor{Text: label(l, s.France, u), Href: u.Path()})
		} else {
			v.Territories = append(v.Territories, web.Anchor{Text: t.String(), Href: "/organisations"})
		}
	}
	if p.More != nil {
		more, err := p.More(r, &o)
		if err != nil {
			return err
		}
		v.More = &more
	}
	if err := p.mandates(ctx, l, &o, v); err != nil {
		return err
	}
	if err := p.history(ctx, l, s.France, &o, v); err != nil {
		return err
	}
	if err := p.documents(r, &o, v, failed); err != nil {
		return err
	}
	page := &web.Page{Title: o.Name, Description: l.T("organisation.show.description", o.Name, kindName(l, o.Kind)), Template: "organisation/show", View: v,
		Crumbs: []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}}, Canonical: address(o.ID)}
	if failed != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	var err error
	if page.Rights, err = p.actions(ctx, l, &o, v); err != nil {
		return err
	}
	return p.Kit.Page(w, r, page)
}

// notices say what a reader must know first.
func (p *Pages) notices(r *http.Request, l *i18n.Localizer, o *people.Organisation, v *showView) error {
	say := func(kind web.Kind, role, key string, args ...any) {
		v.Notices = append(v.Notices, web.Notice{Kind: kind, Text: l.T(key, args...), Role: role})
	}
	switch done := r.URL.Query().Get("fait"); done {
	case "create", "update", "merge", "undo", "undo_left", "documents":
		say(web.Done, "status", "organisation.done."+done, o.Name)
	}
	if from := r.URL.Query().Get("depuis"); from != "" && from != o.ID {
		if merged, err := p.Rules.Find(r.Context(), from); err == nil && merged.State == people.OrganisationMerged {
			say(web.Info, "", "organisation.show.from", merged.Name)
		} else if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
	}
	if o.State == people.OrganisationClosed {
		say(web.Attention, "", "organisation.show.closed")
	}
	if o.Version == 0 {
		say(web.Info, "", "organisation.show.official")
	}
	return nil
}

// facts are who an organisation is.
func (p *Pages) facts(l *i18n.Localizer, f *territory.France, o *people.Organisation) web.Facts {
	var out web.Facts
	add := func(field, text, href string) {
		if text != "" {
			out.Items = append(out.Items, web.Fact{Term: l.T("organisation.field." + field), Text: text, Href: href})
		}
	}
	add("siren", people.FormatNumber(o.SIREN), "")
	add("siret", people.FormatNumber(o.SIRET), "")
	add("rna", o.RNA, "")
	if o.SIREN != "" {
		out.Items[0].Body = web.Linked("https://annuaire-entreprises.data.gouv.fr/entreprise/"+o.SIREN, people.FormatNumber(o.SIREN))
		out.Items[0].Note = l.T("organisation.show.register")
	}
	commune := ""
	if n, ok := f.CommuneNumber(o.Commune); ok {
		commune = f.Commune(n).Name
	}
	if at := strings.TrimSpace(o.PostalCode + " " + commune); at != "" {
		add("address", strings.TrimPrefix(o.Address+", "+at, ", "), "")
	} else {
		add("address", o.Address, "")
	}
	if o.Email != "" {
		add("email", o.Email, "")
		out.Items[len(out.Items)-1].Body = web.Linked("mailto:"+o.Email, o.Email)
	}
	if o.Website != "" {
		add("website", o.Website, "")
		out.Items[len(out.Items)-1].Body = web.Linked(o.Website, strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(o.Website, "https://"), "http://"), "/"))
	}
	return out
}

// mandates tells who acts in the name of the organisation. Names are for those who
// are signed in.
func (p *Pages) mandates(ctx context.Context, l *i18n.Localizer, o *people.Organisation, v *showView) error {
	list, _, err := p.People.Mandates(ctx, people.MandateQuery{Scopes: []people.Scope{people.In(o.ID)}, Held: "now", On: people.DateOf(p.Now(), p.Zone), Limit: mostMandates})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		v.NoMandate = l.T("organisation.show.no_mandate")
		return nil
	}
	named := people.Of(ctx).Known()
	names := map[string]string{}
	if named {
		ids := make([]string, len(list))
		for i, m := range list {
			ids[i] = m.Person
		}
		if names, err = p.People.Names(ctx, ids); err != nil {
			return err
		}
	}
	t := web.Table{ID: "mandats", Caption: l.T("organisation.show.mandates_caption"), Quiet: true, Columns: []web.Column{
		{Title: l.T("organisation.show.role")}, {Title: l.T("organisation.show.from_day")}, {Title: l.T("organisation.show.to_day")},
	}}
	if named {
		t.Columns = append(t.Columns, web.Column{Title: l.T("organisation.show.person")})
	} else {
		t.Note = l.T("organisation.show.names_hidden")
	}
	for _, m := range list {
		row := []web.Cell{{Text: i18n.Upper(l.T("people.role." + string(m.Role)))}, {Text: l.Day(string(m.From))}, {}}
		if m.To != "" {
			row[2].Text = l.Day(string(m.To))
		}
		if named {
			row = append(row, web.Cell{Text: names[m.Person]})
		}
		t.Rows = append(t.Rows, row)
	}
	v.Mandates = &t
	return nil
}

// history tells the record of an organisation in words, the last first.
func (p *Pages) history(ctx context.Context, l *i18n.Localizer, f *territory.France, o *people.Organisation, v *showView) error {
	rows, err := p.Record.Find(ctx, audit.Filter{Subject: people.OrganisationSubject(o.ID), Limit: mostHistory})
	if err != nil {
		return err
	}
	names, err := p.actors(ctx, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		key := strings.TrimPrefix(row.Action, "organisation.")
		c := changeView{When: l.Date(row.At.In(p.Zone)), What: l.T("organisation.history.unknown")}
		var was, became map[string]any
		_ = json.Unmarshal([]byte(row.Was), &was) // what cannot be read is not told
		_ = json.Unmarshal([]byte(row.Became), &became)
		other := ""
		for _, name := range []string{"merged_from", "merged_into", "apart_from"} {
			if id, ok := became[name].(string); ok {
				other = id
			}
		}
		if id, ok := was["merged_into"].(string); ok && other == "" {
			other = id
		}
		if other != "" {
			if named, err := p.Rules.Find(ctx, other); err == nil {
				other = named.Name
			}
		}
		switch key {
		case "create", "ensure", "update":
			c.What = l.T("organisation.history." + key)
		case "merge", "merge.undo", "apart":
			c.What = l.T("organisation.history."+key, other)
		}
		c.Who = names[row.By]
		if key != "create" && key != "ensure" {
			for _, field := range people.OrganisationFields {
				_, one := was[field]
				_, two := became[field]
				if one || two {
					c.Changes = append(c.Changes, fieldChange{l.T("organisation.field." + field), fieldText(l, f, field, text(was[field])), fieldText(l, f, field, text(became[field]))})
				}
			}
		}
		v.History = append(v.History, c)
	}
	return nil
}

func text(v any) string { s, _ := v.(string); return s }

// actors names those who made changes, for those who are signed in.
func (p *Pages) actors(ctx context.Context, rows []audit.Row) (map[audit.Actor]string, error) {
	if !people.Of(ctx).Known() {
		return nil, nil
	}
	l := p.Kit.Locale(ctx)
	var ids []string
	for _, r := range rows {
		if id, ok := strings.CutPrefix(string(r.By), "person:"); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	names, err := p.People.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := map[audit.Actor]string{audit.System: l.T("organisation.history.system")}
	for id, name := range names {
		out[audit.Person(id)] = name
	}
	return out, nil
}

// fieldText is the value of a field in words.
func fieldText(l *i18n.Localizer, f *territory.France, field, value string) string {
	switch {
	case value == "":
		return ""
	case field == "kind":
		return kindName(l, people.OrganisationKind(value))
	case field == "state":
		switch people.OrganisationState(value) {
		case people.OrganisationActive, people.OrganisationClosed, people.OrganisationMerged:
			return l.T("organisation.state." + value)
		}
	case field == "commune":
		return communeText(f, value)
	case field == "siren", field == "siret":
		return people.FormatNumber(value)
	case field == "territories":
		var names []string
		for _, id := range people.SplitTerritories(value) {
			names = append(names, told(l, f, id))
		}
		return l.List(names)
	}
	return value
}

// actions puts on the page what the reader may do, and says who may do it.
func (p *Pages) actions(ctx context.Context, l *i18n.Localizer, o *people.Organisation, v *showView) ([]web.Right, error) {
	actor := people.Of(ctx)
	update, err := p.Rules.MayUpdate(ctx, actor, o.ID)
	if err != nil {
		return nil, err
	}
	merge, err := actor.May(ctx, "organisation.merge", people.In(o.ID))
	if err != nil {
		return nil, err
	}
	if update.May {
		v.Actions = append(v.Actions, web.Anchor{Text: l.T("organisation.update.title"), Href: address(o.ID) + "/modifier", Strong: true})
	}
	if merge.May && !people.IsCollectiviteID(o.ID) {
		v.Actions = append(v.Actions, web.Anchor{Text: l.T("organisation.merge.title"), Href: address(o.ID) + "/fusionner", Quiet: true})
	}
	if merge.May && o.Version > 0 {
		list, err := p.Rules.Store.Merges(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			if m.UndoneAt.IsZero() && m.Kept == o.ID {
				merged, err := p.Rules.Find(ctx, m.Merged)
				if err != nil {
					return nil, err
				}
				v.Merges = append(v.Merges, mergeView{m.ID, merged.Name, l.Date(m.At.In(p.Zone))})
			}
		}
	}
	return []web.Right{right(ctx, l, "organisation.update", update), right(ctx, l, "organisation.merge", merge)}, nil
}

// undo takes a merge back.
func (p *Pages) undo(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	u, err := p.Rules.Undo(r.Context(), people.Of(r.Context()), id, r.PostFormValue("fusion"))
	if err != nil {
		return err
	}
	done := "undo"
	if u.Stayed > 0 || len(u.Left) > 0 {
		done = "undo_left"
	}
	return p.Kit.Redirect(w, r, address(u.Merged)+"?fait="+done, http.StatusSeeOther)
}

// section is the part of territory pages that leads to the organisations. It says
// nothing of the database: those pages are kept for an edition of the data.
func (p *Pages) section() web.Section {
	return web.Section{ID: "organisations", Title: "organisation.section.title", Order: 75,
		For: func(l territory.Level) bool { return l != territory.Custom && l != territory.Pays },
		Render: func(_ context.Context, q web.SectionRequest) (template.HTML, error) {
			v := sectionView{Text: q.Localizer.T("organisation.section.text"),
				More: web.Anchor{Text: q.Localizer.T("organisation.section.more"), Href: "/organisations?territoire=" + q.Territory.ID.String(), Icon: "arrow"}}
			for _, o := range people.Collectivites(q.France, q.Territory.ID) {
				v.Own = append(v.Own, web.Anchor{Text: o.Name, Href: address(o.ID)})
			}
			if len(v.Own) == 0 {
				v.Text = q.Localizer.T("organisation.section.none")
			}
			return q.Fragment("organisation/section", v)
		}}
}

// sectionView is what territory pages say of organisations.
type sectionView struct {
	Text string
	Own  []web.Anchor // the collectivités that govern the territory
	More web.Anchor
}

// Sections are what these pages say on territory pages.
func (p *Pages) Sections() []web.Section { return []web.Section{p.section()} }
