package commonsweb

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// needView is what the library answers to a need, and who has it too.
type needView struct {
	Answers []answerView
	Similar []answerView
	Search  web.Anchor // the same by the page of the library
	Propose web.Anchor
	Doers   []doerView // nil for who is not signed in
	SignIn  bool       // to see them
	Count   string
	Joined  *web.Table
	Join    *joinForm // nil for who may not
	How     bool      // who may join is said, to who may not
	Leave   []leaveView
}

// answerView is an entry that may answer a need.
type answerView struct {
	Title, Href, Summary, Meta string
}

// doerView is who has done it: whom to write to.
type doerView struct {
	Title, Href string // of what they did
	Contact     string
	Bodies      []web.Anchor
}

// joinForm joins a need.
type joinForm struct {
	Action string
	Fields []web.Field
	Errors web.Errors
}

// leaveView takes back what was said.
type leaveView struct{ Action, Party, Name string }

// similarShown is how many entries that resemble a need are told.
const similarShown = 6

// answers shows what the library answers to a need, who has done it, and who has the
// need too.
func (p *Pages) answers(r *http.Request, e *commons.Entry, s commons.Sheet) (template.HTML, error) {
	if e.Kind != commons.Need {
		return "", nil
	}
	t := p.teller(r)
	v := &needView{SignIn: !people.Of(t.ctx).Known()}
	v.Search = web.Anchor{Text: t.l.T("need.search"), Href: "/communs?q=" + template.URLQueryEscaper(s.Get("title")), Rel: "nofollow"}
	v.Propose = web.Anchor{Text: t.l.T("need.propose"), Href: "/proposer/experiment?answers=" + e.ID, Rel: "nofollow"}
	stated, similar, err := t.answering(e, s)
	if err != nil {
		return "", err
	}
	for i := range stated {
		v.Answers = append(v.Answers, t.answer(&stated[i]))
	}
	for i := range similar {
		v.Similar = append(v.Similar, t.answer(&similar[i]))
	}
	if !v.SignIn {
		for _, x := range append(stated, similar...) {
			if err := t.doer(&x, v); err != nil {
				return "", err
			}
		}
	}
	if err := p.joined(r, t, e, v); err != nil {
		return "", err
	}
	return p.Kit.Fragment(t.l.Lang(), "library/need", v)
}

// answering are the entries that say they answer a need, and others that resemble it.
func (t *teller) answering(e *commons.Entry, s commons.Sheet) (stated, similar []commons.Entry, err error) {
	_, below, err := t.p.Shelf.Family(t.ctx, e.ID)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, k := range below {
		if k.Generation == 1 && k.Tie == "answers" {
			ids = append(ids, k.ID)
		}
	}
	if stated, err = t.p.Library.All(t.ctx, ids); err != nil {
		return nil, nil, err
	}
	stated = slices.DeleteFunc(stated, func(e commons.Entry) bool { return !e.Readable() })
	kinds := []string{string(commons.Experiment)}
	for _, k := range commons.Commons {
		kinds = append(kinds, string(k))
	}
	seen := slices.Clone(ids)
	find := func(text string, themes []string) error {
		q := commons.Search{Text: text, Lang: string(i18n.FR), Filters: map[string][]string{commons.FacetKind: kinds}, Size: similarShown + len(seen)}
		if len(themes) > 0 {
			q.Filters[commons.FacetTheme] = themes
		}
		_, found, err := t.p.Shelf.Find(t.ctx, q)
		for _, x := range found {
			if !slices.Contains(seen, x.ID) && len(similar) < similarShown {
				similar, seen = append(similar, x), append(seen, x.ID)
			}
		}
		return err
	}
	if len(s["themes"]) > 0 {
		err = find(s.Get("title"), s["themes"])
	}
	for _, text := range append([]string{s.Get("title")}, s["keywords"]...) { // a long title may find nothing
		if err == nil && len(similar) < similarShown {
			err = find(text, nil)
		}
	}
	return stated, similar, err
}

func (t *teller) answer(e *commons.Entry) answerView {
	s, _ := e.Sheet()
	return answerView{e.Title(), address(e.ID), inLanguage(t.l, s, "summary"), t.meta(e)}
}

// doer adds whom to ask of an experiment, if it says.
func (t *teller) doer(e *commons.Entry, v *needView) error {
	s, _ := e.Sheet()
	if e.Kind != commons.Experiment {
		return nil
	}
	d := doerView{Title: e.Title(), Href: address(e.ID), Contact: s.Get("contact_role")}
	body, _ := commons.FieldNamed("partners")
	for _, value := range slices.Concat(s["partners"], s["maintainers"]) {
		text, href, err := t.value(body, value)
		if err != nil {
			return err
		}
		d.Bodies = append(d.Bodies, web.Anchor{Text: text, Href: href})
	}
	if d.Contact != "" || len(d.Bodies) > 0 {
		v.Doers = append(v.Doers, d)
	}
	return nil
}

// joined puts on the page who has the need too, and how to join or leave.
func (p *Pages) joined(r *http.Request, t *teller, e *commons.Entry, v *needView) error {
	joins, err := p.Needs.Of(t.ctx, e.ID)
	if err != nil {
		return err
	}
	a := people.Of(t.ctx)
	taken := map[people.Scope]bool{}
	v.Count = t.l.T("need.count", len(joins))
	if len(joins) == 0 {
		v.Count = t.l.T("need.none")
	}
	if len(joins) > 0 {
		v.Joined = &web.Table{ID: "rejoint", Caption: t.l.T("need.joined"), Quiet: true, Columns: []web.Column{{Title: t.l.T("need.party")}, {Title: t.l.T("need.since")}, {Title: t.l.T("need.comment")}}}
	}
	for _, j := range joins {
		taken[j.Party] = true
		name, href, err := p.Place(t.ctx, t.l, j.Party)
		if fault.CodeOf(err) == fault.NotFound {
			name, href = t.l.T("library.organisation_gone"), ""
		} else if err != nil {
			return err
		}
		v.Joined.Rows = append(v.Joined.Rows, []web.Cell{{Text: i18n.Upper(name), Href: href}, {Text: t.l.Date(j.At.In(p.Zone))}, {Text: j.Comment}})
		if d, err := a.May(t.ctx, commons.JoinNeed, j.Party); err != nil {
			return err
		} else if d.May {
			v.Leave = append(v.Leave, leaveView{address(e.ID) + "/quitter", j.Party.String(), name})
		}
	}
	if e.State != commons.Published {
		return nil
	}
	party := web.Field{Name: "party", Type: "select", Label: t.l.T("need.on_behalf"), Required: true}
	for _, s := range commons.Parties(a) {
		if name, _, err := p.Place(t.ctx, t.l, s); err == nil && !taken[s] {
			party.Options = append(party.Options, web.Option{Value: s.String(), Label: name, Chosen: r.PostFormValue("party") == s.String()})
		}
	}
	v.How = len(party.Options) == 0 && len(v.Leave) == 0
	if len(party.Options) > 0 {
		v.Join = &joinForm{Action: address(e.ID) + "/rejoindre", Fields: []web.Field{party, {Name: "comment", Type: "textarea", Rows: 3, Label: t.l.T("need.word"), Help: t.l.T("need.word_help"), Value: r.PostFormValue("comment")}}}
		if failed, ok := t.ctx.Value(failedKey{}).(*fault.Error); ok {
			text := t.l.T(failed.Key, failed.Args...)
			v.Join.Errors.Items = []web.FieldError{{Field: failed.Field, Text: text}}
			for i := range v.Join.Fields {
				if v.Join.Fields[i].Name == failed.Field {
					v.Join.Fields[i].Error = text
				}
			}
		}
	}
	return nil
}

// failedKey carries what was wrong with a form of the page to the part that shows it.
type failedKey struct{}

// join and leave say that a party has a need, or has it no more.
func (p *Pages) join(w http.ResponseWriter, r *http.Request) error {
	party, err := people.ParseScope(r.PostFormValue("party"))
	if err != nil {
		return fault.New(fault.Invalid, "commons.join.party").In("party")
	}
	id := r.PathValue("id")
	err = p.Needs.Join(r.Context(), id, party, r.PostFormValue("comment"))
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Field != "" {
		return p.show(w, r.WithContext(context.WithValue(r.Context(), failedKey{}, e)))
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, address(id)+"?fait=join#rejoindre", http.StatusSeeOther)
}

func (p *Pages) leave(w http.ResponseWriter, r *http.Request) error {
	party, err := people.ParseScope(r.PostFormValue("party"))
	if err != nil {
		return fault.New(fault.Invalid, "commons.join.party").In("party")
	}
	id := r.PathValue("id")
	if err := p.Needs.Leave(r.Context(), id, party); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, address(id)+"?fait=leave#rejoindre", http.StatusSeeOther)
}

// joinRight says who may join needs, and whether the reader may somewhere.
func joinRight(ctx context.Context, l *i18n.Localizer) web.Right {
	d := people.Of(ctx).MaySomewhere(commons.JoinNeed)
	r, _ := people.RightOf(commons.JoinNeed)
	return web.Right{What: l.T("people.right." + r.Name), Who: r.Who(l), May: d.May, Why: d.In(l)}
}

// Sections are what these pages say on territory pages: they lead to what was tried
// there, and to state a need. They say nothing of the database, as those pages are kept.
func (p *Pages) Sections() []web.Section {
	return []web.Section{{ID: "experimentations", Title: "need.section.title", Order: 78,
		For: func(l territory.Level) bool { return l != territory.Custom && l != territory.Pays },
		Render: func(_ context.Context, q web.SectionRequest) (template.HTML, error) {
			id := q.Territory.ID.String()
			return q.Fragment("library/section", &sectionView{Text: q.Localizer.T("need.section.text", naming.Heading(q.Localizer, q.France, q.Territory)), Ways: []web.Anchor{
				{Text: q.Localizer.T("need.section.experiments"), Href: "/experimentations?territoire=" + id, Icon: "arrow"},
				{Text: q.Localizer.T("need.section.needs"), Href: "/besoins?territoire=" + id, Icon: "arrow"},
				{Text: q.Localizer.T("library.state_need"), Href: "/proposer/need?territories=" + id, Quiet: true, Rel: "nofollow"},
			}})
		}}}
}

// sectionView is what territory pages say of experiments and needs.
type sectionView struct {
	Text string
	Ways []web.Anchor
}
