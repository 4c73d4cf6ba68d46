package commonsweb

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// entryView is the page of an entry.
type entryView struct {
	Title, Summary string
	Marks          []web.Mark
	Notices        []web.Notice
	Actions        []web.Anchor
	Facts          web.Facts
	Description    []string
	Usable         []usableView
	Stories        []storyView
	More           web.Facts
	Parts          []template.HTML
	Origins        *web.Table
	Updated        string
	Versions       *web.Anchor
	Exports        web.Links
	Data           template.JS // in the words of schema.org
}

// usableView is a condition to be usable outside the State, with its answer.
type usableView struct{ Text, Answer, Kind string }

// storyView is a text of an entry under its title.
type storyView struct {
	ID, Title string
	Text      []string
	Stressed  bool
}

// first are the fields that lead the page of an entry; stories those that are read as
// texts. The others follow.
var (
	first   = []string{"territories", "operator", "publisher", "maintainers", "partners", "licence", "website", "repository", "endpoint", "documentation", "hosted_offers", "themes", "publics", "begun_on", "ended_on", "wanted_by", "budget", "staff", "held", "contact_role"}
	stories = []string{"problem", "in_kind", "conditions", "results", "failures", "lessons", "to_repeat"}
	apart   = []string{"title", "summary", "summary_en", "description", "description_en", "form", "phase", "phase_status", "status", "sill", "support_contract",
		"adapted_from", "combined_with", "inspired_by", "became", "answers", "measures"} // told elsewhere on the page
)

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	ctx, l, id := r.Context(), p.Kit.Locale(r.Context()), r.PathValue("id")
	e, err := p.Library.Read(ctx, id)
	if err != nil {
		return err
	}
	if e.State == commons.Merged { // not for good: a merge can be undone
		return p.Kit.Redirect(w, r, address(e.MergedInto)+"?depuis="+e.ID, http.StatusFound)
	}
	t := p.teller(r)
	sheet, origins := e.Sheet()
	if err := t.know(sheet); err != nil {
		return err
	}
	v := &entryView{Title: sheet.Get("title"), Summary: inLanguage(l, sheet, "summary"), Description: paragraphs(inLanguage(l, sheet, "description")), Marks: marks(l, &e, sheet)}
	if err := p.entryNotices(r, t, &e, v); err != nil {
		return err
	}
	if err := t.lay(&e, sheet, v); err != nil {
		return err
	}
	if v.Origins, err = t.origins(sheet, origins); err != nil {
		return err
	}
	if sources := t.sources(&e); len(sources) > 0 {
		v.Facts.Items = append(v.Facts.Items, web.Fact{Term: l.T("library.sources"), Text: strings.Join(sources, " · ")})
	}
	for _, part := range slices.Concat([]Part{p.measures, p.answers, p.family}, p.Parts) {
		body, err := part(r, &e, sheet)
		if err != nil {
			return err
		}
		if body != "" {
			v.Parts = append(v.Parts, body)
		}
	}
	if !e.UpdatedAt.IsZero() {
		v.Updated = l.T("library.updated", l.Date(e.UpdatedAt.In(p.Zone)))
	}
	if e.Revision > 0 {
		v.Versions = &web.Anchor{Text: l.T("library.versions.count", e.Revision), Href: address(e.ID) + "/versions"}
	}
	if v.Data, err = p.schemaOrg(r, &e, sheet); err != nil {
		return err
	}
	page := &web.Page{Title: v.Title, Description: v.Summary, Template: "library/entry", View: v, Canonical: address(e.ID), Crumbs: []web.Crumb{root(l), kindCrumb(l, e.Kind)}}
	if e.Kind == commons.Software {
		at := address(e.ID) + "/publiccode.yml"
		page.Links = append(page.Links, web.HeadLink{Rel: "alternate", Type: "application/yaml", Title: "publiccode.yml", Href: at})
		v.Exports = web.Links{Label: l.T("library.entry.exports"), Items: []web.Anchor{{Text: "publiccode.yml", Href: at, Icon: "down", Rel: "nofollow"}}}
	}
	if failed, ok := ctx.Value(failedKey{}).(*fault.Error); ok {
		if page.Status = web.Status(failed); failed.Code == fault.Invalid {
			page.Status = http.StatusUnprocessableEntity
		}
	}
	if page.Rights, err = p.entryActions(r, l, &e, v); err != nil {
		return err
	}
	return p.Kit.Page(w, r, page)
}

func kindCrumb(l *i18n.Localizer, k commons.Kind) web.Crumb {
	return web.Crumb{Text: l.T("commons.kinds." + string(k)), Href: "/communs?type=" + string(k)}
}

// inLanguage is a text in the reader's language, else in French.
func inLanguage(l *i18n.Localizer, s commons.Sheet, field string) string {
	if l.Lang() != i18n.FR {
		if v := s.Get(field + "_" + string(l.Lang())); v != "" {
			return v
		}
	}
	return s.Get(field)
}

// marks are what an entry is, in a few tags.
func marks(l *i18n.Localizer, e *commons.Entry, s commons.Sheet) []web.Mark {
	out := []web.Mark{{Text: l.T("commons.kind." + string(e.Kind))}}
	add := func(field string, attention bool) {
		f, _ := commons.FieldNamed(field)
		if v := s.Get(field); v != "" && slices.Contains(f.Values, v) {
			out = append(out, web.Mark{Text: l.T("commons." + field + "." + v), Title: l.T("commons.field." + field), Attention: attention})
		}
	}
	add("form", false)
	add("status", s.Get("status") == "obsolete")
	add("phase", false)
	add("phase_status", slices.Contains([]string{"late", "blocked", "abandoned"}, s.Get("phase_status")))
	if s.Get("sill") != "" {
		add("sill", s.Get("sill") == "leaving")
	}
	if s.Get("support_contract") == "yes" {
		out = append(out, web.Mark{Text: l.T("library.support"), Title: l.T("commons.field.support_contract")})
	}
	if e.State == commons.Retired {
		out = append(out, web.Mark{Text: l.T("library.retired"), Attention: true})
	}
	return out
}

// entryNotices say what a reader must know first.
func (p *Pages) entryNotices(r *http.Request, t *teller, e *commons.Entry, v *entryView) error {
	switch done := r.URL.Query().Get("fait"); done {
	case "publish", "retire", "reopen", "merge", "unmerge", "join", "leave":
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: t.l.T("library.done." + done), Role: "status"})
	}
	if from := r.URL.Query().Get("depuis"); from != "" && from != e.ID {
		if m, err := p.Library.Read(r.Context(), from); err == nil && m.State == commons.Merged {
			v.Notices = append(v.Notices, web.Notice{Kind: web.Info, Text: t.l.T("library.from_merged", m.Title())})
		} else if code := fault.CodeOf(err); err != nil && code != fault.NotFound && code != fault.Gone {
			return err
		}
	}
	if e.State == commons.Retired {
		n := web.Notice{Kind: web.Attention, Title: t.l.T("library.retired"), Text: retiredFor(t.l, e)}
		if e.Successor != "" {
			s, err := p.Library.Read(r.Context(), e.Successor)
			if err == nil {
				n.Body = web.Say(t.l, "library.retired_successor", retiredFor(t.l, e), web.Linked(p.Kit.Href(t.l.Lang(), address(s.ID)), s.Title()))
			} else if code := fault.CodeOf(err); code != fault.NotFound && code != fault.Gone {
				return err
			}
		}
		v.Notices = append(v.Notices, n)
	}
	return nil
}

// lay puts the fields of a sheet on the page: what leads, texts, and the rest.
func (t *teller) lay(e *commons.Entry, s commons.Sheet, v *entryView) error {
	add := func(to *web.Facts, name string) error {
		f, ok := commons.FieldNamed(name)
		if !ok || !f.Of(e.Kind) {
			return nil
		}
		fact, ok, err := t.fact(f, s[name])
		if ok {
			to.Items = append(to.Items, fact)
		}
		return err
	}
	for _, name := range first {
		if err := add(&v.Facts, name); err != nil {
			return err
		}
	}
	for _, name := range stories {
		if text := paragraphs(s.Get(name)); len(text) > 0 {
			v.Stories = append(v.Stories, storyView{name, t.field(name), text, name == "failures" || name == "lessons"})
		}
	}
	for _, f := range commons.FieldsOf(e.Kind) {
		if slices.Contains(first, f.Name) || slices.Contains(stories, f.Name) || slices.Contains(apart, f.Name) {
			continue
		}
		if err := add(&v.More, f.Name); err != nil {
			return err
		}
	}
	for _, c := range commons.Usable(e.Kind, s) {
		v.Usable = append(v.Usable, usableView{t.l.T("commons.usable." + c.Name), t.l.T("commons.answer_" + string(c.Answer)), string(c.Answer)})
	}
	return nil
}

// origins tells on whose word each field is; nil if people here wrote all of it.
func (t *teller) origins(s commons.Sheet, from map[string]commons.Origin) (*web.Table, error) {
	out := web.Table{ID: "origines", Caption: t.l.T("library.origins.caption"), Quiet: true, Columns: []web.Column{
		{Title: t.l.T("library.origins.field")}, {Title: t.l.T("library.origins.value")}, {Title: t.l.T("library.origins.source")},
	}}
	sourced := false
	for _, f := range commons.Fields {
		if len(s[f.Name]) == 0 {
			continue
		}
		text, err := t.texts(f.Name, s[f.Name])
		if err != nil {
			return nil, err
		}
		if r := []rune(text); len(r) > 120 {
			text = string(r[:119]) + "…"
		}
		o := from[f.Name]
		source := web.Cell{Text: t.l.T("library.origins.people")}
		if !o.People() {
			sourced = true
			source = t.source(o)
		}
		out.Rows = append(out.Rows, []web.Cell{{Text: t.field(f.Name)}, {Text: text}, source})
	}
	if !sourced {
		return nil, nil
	}
	return &out, nil
}

// sources names the catalogues that tell of an entry, each once.
func (t *teller) sources(e *commons.Entry) []string {
	var out []string
	for _, said := range e.Said {
		if name := t.source(commons.Origin{Source: said.Source}).Text; said.Source != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// source names where a field comes from, with its vintage and licence.
func (t *teller) source(o commons.Origin) web.Cell {
	if c, ok := t.harvested(o); ok {
		return c
	}
	c := web.Cell{Text: o.Source, Note: t.l.T("library.origins.note", o.Record, o.Licence)}
	for _, s := range snapshot.FromContext(t.ctx).Manifest.Sources {
		if s.Key == o.Source {
			c.Text, c.Href = t.l.T("library.origins.of", s.Title.In(t.l.Lang()), s.Vintage.In(t.l.Lang())), "/donnees#"+s.Key
		}
	}
	return c
}

// entryActions puts on the page what the reader may do, and says who may do it.
func (p *Pages) entryActions(r *http.Request, l *i18n.Localizer, e *commons.Entry, v *entryView) ([]web.Right, error) {
	review, err := reviewRight(r.Context(), l, e.Scope())
	if err != nil {
		return nil, err
	}
	if e.State == commons.Published {
		v.Actions = append(v.Actions, web.Anchor{Text: l.T("library.edit"), Href: address(e.ID) + "/modifier", Quiet: true, Rel: "nofollow"})
	}
	if review.May {
		v.Actions = append(v.Actions, web.Anchor{Text: l.T("library.manage"), Href: address(e.ID) + "/gerer", Quiet: true, Rel: "nofollow"})
	}
	rights := []web.Right{proposeRight(r.Context(), l), review}
	if e.Kind == commons.Need {
		rights = append(rights, joinRight(r.Context(), l))
	}
	return rights, nil
}

// who names a person, or says that it was nobody here.
func who(l *i18n.Localizer, names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return l.T("library.nobody")
}

// names are the names of people, for those who are signed in.
func (p *Pages) names(r *http.Request, ids ...string) (map[string]string, error) {
	if !people.Of(r.Context()).Known() {
		return nil, nil
	}
	ids = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(id string) bool { return id == "" })
	return p.People.Names(r.Context(), ids)
}
