package commonsweb

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// manageView is what a moderator may do to an entry.
type manageView struct {
	Title    string
	Errors   web.Errors
	Version  string
	Retire   *manageForm
	Merge    *manageForm
	Reopen   string
	Unmerge  []mergedView
	Continue web.Anchor
}

// manageForm is one thing to do, with its fields.
type manageForm struct {
	Action string
	Fields []web.Field
}

// mergedView is an entry that was merged in this one.
type mergedView struct{ Title, Action, Version string }

// managed is the entry of the address, if the reader may manage it.
func (p *Pages) managed(r *http.Request) (commons.Entry, error) {
	e, err := p.Library.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return e, err
	}
	return e, people.Of(r.Context()).Require(r.Context(), commons.Review, e.Scope())
}

func (p *Pages) manage(w http.ResponseWriter, r *http.Request) error {
	return p.managePage(w, r, nil)
}

// managePage is what can be done to an entry, with why something was refused.
func (p *Pages) managePage(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, t := r.Context(), p.teller(r)
	e, err := p.managed(r)
	if err != nil {
		return err
	}
	at := address(e.ID)
	v := &manageView{Title: t.l.T("library.manage_of", e.Title()), Version: strconv.FormatInt(e.Version, 10), Continue: web.Anchor{Text: t.l.T("library.back"), Href: at}}
	page := &web.Page{Title: v.Title, Template: "library/manage", View: v, NoIndex: true, Crumbs: []web.Crumb{root(t.l), {Text: e.Title(), Href: at}}}
	if refused != nil {
		if _, stale := errors.AsType[*fault.Stale[commons.Entry]](refused); stale {
			v.Errors.Items = []web.FieldError{{Field: "reason", Text: t.l.T("library.form.changed_meanwhile")}}
		} else if f, ok := errors.AsType[*fault.Error](refused); ok && f.Code != fault.NotFound && f.Code != fault.Forbidden && web.Status(refused) < 500 {
			v.Errors.Items = []web.FieldError{{Field: f.Field, Text: t.l.T(f.Key, f.Args...)}}
		} else {
			return refused
		}
		page.Status = http.StatusUnprocessableEntity
	}
	field := func(name string, required bool) web.Field {
		f := web.Field{Name: name, Label: t.l.T("library.manage." + name), Help: t.l.T("library.manage." + name + "_help"), Value: r.PostFormValue(name), Required: required}
		for _, e := range v.Errors.Items {
			if e.Field == name {
				f.Error = e.Text
			}
		}
		return f
	}
	switch e.State {
	case commons.Published:
		v.Retire = &manageForm{at + "/retirer", []web.Field{field("reason", true), field("successor", false)}}
		v.Merge = &manageForm{at + "/reunir", []web.Field{field("kept", true)}}
	case commons.Retired, commons.Hidden:
		v.Reopen = at + "/rouvrir"
	case commons.Merged, commons.Unpublished:
	}
	merged, err := p.Library.Store.MergedInto(ctx, []string{e.ID})
	if err != nil {
		return err
	}
	for _, m := range merged[e.ID] {
		full, err := p.Library.Find(ctx, m.ID)
		if err != nil {
			return err
		}
		v.Unmerge = append(v.Unmerge, mergedView{full.Title(), address(m.ID) + "/separer", strconv.FormatInt(m.Version, 10)})
	}
	review, err := reviewRight(ctx, t.l, e.Scope())
	if err != nil {
		return err
	}
	page.Rights = []web.Right{review}
	return p.Kit.Page(w, r, page)
}

// changed answers after a moderator changed an entry.
func (p *Pages) changed(w http.ResponseWriter, r *http.Request, done, at string, err error) error {
	if err != nil {
		return p.managePage(w, r, err)
	}
	return p.Kit.Redirect(w, r, at+"?fait="+done, http.StatusSeeOther)
}

// versionOf is the version of the entry that the form was shown with.
func versionOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue(versionField), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// entryTyped is the id of an entry that was typed, or pasted as an address.
func entryTyped(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	return s[strings.LastIndex(s, "/")+1:]
}

func (p *Pages) retire(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	err := p.Library.Retire(r.Context(), id, versionOf(r), strings.TrimSpace(r.PostFormValue("reason")), entryTyped(r.PostFormValue("successor")))
	return p.changed(w, r, "retire", address(id), err)
}

func (p *Pages) reopen(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return p.changed(w, r, "reopen", address(id), p.Library.Reopen(r.Context(), id, versionOf(r)))
}

func (p *Pages) merge(w http.ResponseWriter, r *http.Request) error {
	kept := entryTyped(r.PostFormValue("kept"))
	err := p.Library.Merge(r.Context(), r.PathValue("id"), versionOf(r), kept)
	return p.changed(w, r, "merge", address(kept), err)
}

func (p *Pages) unmerge(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return p.changed(w, r, "unmerge", address(id), p.Library.Unmerge(r.Context(), id, versionOf(r)))
}
