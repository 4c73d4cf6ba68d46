package commonsweb

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// chooseView is the first step of a new entry: what is it?
type chooseView struct{ Cards []web.Card }

func (p *Pages) choose(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	v := &chooseView{}
	for _, k := range commons.Kinds {
		v.Cards = append(v.Cards, web.Card{Title: l.T("commons.kind." + string(k)), Text: l.T("library.choose." + string(k)), Href: "/proposer/" + string(k)})
	}
	v.Cards = append(v.Cards, web.Card{Title: l.T("import.title"), Text: l.T("import.card"), Href: "/importer"})
	return p.Kit.Page(w, r, &web.Page{Title: l.T("library.choose.title"), Template: "library/choose", View: v, NoIndex: true,
		Crumbs: []web.Crumb{root(l)}, Rights: []web.Right{proposeRight(r.Context(), l)}})
}

// kindOf is the kind in an address.
func kindOf(r *http.Request) (commons.Kind, error) {
	k := commons.Kind(r.PathValue("kind"))
	if !k.Valid() {
		return k, fault.New(fault.NotFound, "commons.kind.choose")
	}
	return k, nil
}

func (p *Pages) newSheet(w http.ResponseWriter, r *http.Request) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	x := p.form(r, k, commons.Sheet{})
	q := r.URL.Query()
	for _, name := range []string{"territories", "answers", "adapted_from", "inspired_by"} { // other pages lead here
		if v := q.Get(name); v != "" {
			x.sheet.Set(name, v)
		}
	}
	return p.newPage(w, r, x, q.Get("territories"), "")
}

// newPage is the form of a new entry.
func (p *Pages) newPage(w http.ResponseWriter, r *http.Request, x *form, home, note string) error {
	v := &formView{Title: x.l.T("library.new." + string(x.kind)), Lead: x.l.T("library.form.lead"), Action: "/proposer/" + string(x.kind), Cancel: "/communs"}
	return p.formPage(w, r, x, v, p.homeField(x, home), note, people.Scope{})
}

// homeField is where the entry is reviewed: the territory of the author.
func (p *Pages) homeField(x *form, typed string) *web.Field {
	f := &web.Field{Name: homeField, Label: x.l.T("library.form.home"), Help: x.l.T("library.form.home_help"), Value: typed}
	if id, ok := x.scopeOf(typed); ok && typed != "" {
		place, _ := commons.FieldNamed("territories")
		if text, err := x.typeable(place, id.String()); err == nil {
			f.Value = text
		}
	}
	return f
}

// scopeOf reads where an entry is reviewed.
func (x *form) scopeOf(typed string) (people.Scope, bool) {
	if typed == "" {
		return people.Everywhere, true
	}
	id, _ := x.place(typed)
	if _, ok := x.f.Territory(id); !ok {
		return people.Scope{}, false
	}
	return people.Over(id), true
}

// formPage shows a form with what was typed and what is wrong with it.
func (p *Pages) formPage(w http.ResponseWriter, r *http.Request, x *form, v *formView, home *web.Field, note string, in people.Scope) error {
	l := x.l
	var err error
	if v.Groups, err = x.lay(); err != nil {
		return err
	}
	last := groupView{ID: "send", Title: l.T("library.group.send")}
	if home != nil {
		for _, e := range x.errors.Items {
			if e.Field == homeField {
				home.Error = e.Text
			}
		}
		last.Fields = append(last.Fields, *home)
	}
	last.Fields = append(last.Fields, web.Field{Name: noteField, Label: l.T("library.form.note"), Help: l.T("library.form.note_help"), Value: note})
	v.Groups = append(v.Groups, last)
	v.Errors = x.errors
	review, err := reviewRight(r.Context(), l, in)
	if err != nil {
		return err
	}
	v.Publishes = review.May
	page := &web.Page{Title: v.Title, Template: "library/form", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l), kindCrumb(l, x.kind)}, Rights: []web.Right{proposeRight(r.Context(), l), review}}
	if len(v.Errors.Items) > 0 {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

func (p *Pages) create(w http.ResponseWriter, r *http.Request) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	x, err := p.readForm(r, k, commons.Sheet{})
	if err != nil {
		return err
	}
	home, note := r.PostFormValue(homeField), r.PostFormValue(noteField)
	scope, ok := x.scopeOf(home)
	if !ok {
		x.wrong(homeField, x.l.T("commons.territory_unknown", home))
	}
	if len(x.errors.Items) == 0 && !addsRows(r) {
		var rev commons.Revision
		rev, err = p.Library.Propose(r.Context(), commons.Proposal{Kind: k, Home: scope, Sheet: x.sheet, Note: note, Submit: submits(r)})
		if err == nil {
			return p.proposed(w, r, rev)
		}
		if err := x.refused(err); err != nil {
			return err
		}
	}
	return p.newPage(w, r, x, home, note)
}

// submits says whether the form was sent to the moderators, not kept as a draft.
func submits(r *http.Request) bool { return r.PostFormValue("envoyer") != "" }

// proposed leads to what a proposal became.
func (p *Pages) proposed(w http.ResponseWriter, r *http.Request, rev commons.Revision) error {
	if rev.State == commons.Accepted {
		return p.Kit.Redirect(w, r, address(rev.Entry)+"?fait=publish", http.StatusSeeOther)
	}
	return p.Kit.Redirect(w, r, proposalAddress(rev.ID)+"?fait="+string(rev.State), http.StatusSeeOther)
}

// edited is the entry of the address, and what a form of it begins with.
func (p *Pages) edited(r *http.Request) (commons.Entry, commons.Sheet, error) {
	e, err := p.Library.Read(r.Context(), r.PathValue("id"))
	if err == nil && e.State != commons.Published {
		err = fault.New(fault.Conflict, "commons.closed")
	}
	if err != nil {
		return e, nil, err
	}
	sheet, _ := e.Sheet()
	return e, sheet, nil
}

func (p *Pages) editSheet(w http.ResponseWriter, r *http.Request) error {
	e, sheet, err := p.edited(r)
	if err != nil {
		return err
	}
	return p.editPage(w, r, p.form(r, e.Kind, sheet), &e, "")
}

func (p *Pages) editPage(w http.ResponseWriter, r *http.Request, x *form, e *commons.Entry, note string) error {
	v := &formView{Title: x.l.T("library.edit_of", e.Title()), Lead: x.l.T("library.form.edit_lead"), Action: address(e.ID) + "/modifier", Cancel: address(e.ID),
		Hidden: []web.Hidden{{Name: versionField, Value: strconv.Itoa(e.Revision)}}}
	return p.formPage(w, r, x, v, nil, note, e.Scope())
}

func (p *Pages) edit(w http.ResponseWriter, r *http.Request) error {
	e, sheet, err := p.edited(r)
	if err != nil {
		return err
	}
	x, err := p.readForm(r, e.Kind, sheet)
	if err != nil {
		return err
	}
	if r.PostFormValue(versionField) != strconv.Itoa(e.Revision) {
		x.errors.Items = append(x.errors.Items, web.FieldError{Field: "title", Text: x.l.T("library.form.changed_meanwhile")})
	}
	note := r.PostFormValue(noteField)
	if len(x.errors.Items) == 0 && !addsRows(r) {
		rev, err := p.Library.Propose(r.Context(), commons.Proposal{Entry: e.ID, Seen: &e.Revision, Sheet: x.sheet, Note: note, Submit: submits(r)})
		if err == nil {
			return p.proposed(w, r, rev)
		}
		if err := x.refused(err); err != nil {
			return err
		}
	}
	return p.editPage(w, r, x, &e, note)
}

// resumed is the revision of the address, and the whole sheet that it makes.
func (p *Pages) resumed(r *http.Request) (commons.Revision, commons.Entry, commons.Sheet, error) {
	rev, e, err := p.Library.Proposed(r.Context(), r.PathValue("id"))
	if err == nil && !rev.State.Open() {
		err = fault.New(fault.Conflict, "commons.revision.closed")
	}
	if err != nil {
		return rev, e, nil, err
	}
	e.Own = rev.Sheet
	sheet, _ := e.Sheet()
	return rev, e, sheet, nil
}

func (p *Pages) resumeSheet(w http.ResponseWriter, r *http.Request) error {
	rev, e, sheet, err := p.resumed(r)
	if err != nil {
		return err
	}
	return p.resumePage(w, r, p.form(r, rev.Kind, sheet), &rev, &e, rev.Note)
}

func (p *Pages) resumePage(w http.ResponseWriter, r *http.Request, x *form, rev *commons.Revision, e *commons.Entry, note string) error {
	v := &formView{Title: x.l.T("library.edit_of", cmp.Or(x.sheet.Get("title"), x.l.T("library.untitled"))), Lead: x.l.T("library.form.lead"), Action: proposalAddress(rev.ID) + "/modifier", Cancel: proposalAddress(rev.ID),
		Hidden: []web.Hidden{{Name: versionField, Value: strconv.FormatInt(rev.Version, 10)}}}
	return p.formPage(w, r, x, v, nil, note, e.Scope())
}

func (p *Pages) resume(w http.ResponseWriter, r *http.Request) error {
	rev, e, sheet, err := p.resumed(r)
	if err != nil {
		return err
	}
	x, err := p.readForm(r, rev.Kind, sheet)
	if err != nil {
		return err
	}
	note := r.PostFormValue(noteField)
	version, _ := strconv.ParseInt(r.PostFormValue(versionField), 10, 64)
	if len(x.errors.Items) == 0 && !addsRows(r) {
		next, err := p.Library.Propose(r.Context(), commons.Proposal{Revision: rev.ID, Version: version, Sheet: x.sheet, Note: note, Submit: submits(r)})
		if err == nil {
			return p.proposed(w, r, next)
		}
		if _, stale := errors.AsType[*fault.Stale[commons.Revision]](err); stale {
			x.errors.Items = append(x.errors.Items, web.FieldError{Field: "title", Text: x.l.T("library.form.changed_meanwhile")})
		} else if err := x.refused(err); err != nil {
			return err
		}
	}
	return p.resumePage(w, r, x, &rev, &e, note)
}
