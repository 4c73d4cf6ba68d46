package orgweb

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// mergeSheetView is the page on which two organisations are made one: first the
// other is found, then what is kept of each is chosen.
type mergeSheetView struct {
	Title, Lead  string
	Notice       *web.Notice
	Action       string
	Query        web.Field
	Found        []mergeChoice
	Other        *people.Organisation
	Merged, Kept string   // names
	Swap         string   // address to keep the other one, "" where one is a collectivité
	Says         []string // what will happen, in words
	Choices      []choiceView
	Filled       []fieldChange // empty in the kept one, taken from the other
	Hidden       []web.Hidden
	Cancel       string
}

// mergeChoice is an organisation that may be the other one. Place tells it from those
// of the same name: its commune and département.
type mergeChoice struct{ Name, Kind, Place, Why, Href, To string }

// mergeSheet shows the page for the organisation of the address, which would be
// merged into that of the parameter.
func (p *Pages) mergeSheet(w http.ResponseWriter, r *http.Request) error {
	return p.mergePage(w, r, nil)
}

func (p *Pages) mergePage(w http.ResponseWriter, r *http.Request, notice *web.Notice) error {
	ctx, l, f := r.Context(), p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context()).France
	merged, err := p.Rules.Follow(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	actor := people.Of(ctx)
	d, err := actor.May(ctx, "organisation.merge", people.In(merged.ID))
	if err != nil {
		return err
	}
	if err := d.Err(); err != nil {
		return err
	}
	v := &mergeSheetView{Notice: notice, Title: l.T("organisation.merge.of", merged.Name), Merged: merged.Name, Action: address(merged.ID) + "/fusionner", Cancel: address(merged.ID)}
	page := &web.Page{Title: v.Title, Template: "organisation/merge", View: v, NoIndex: true, Rights: []web.Right{right(ctx, l, "organisation.merge", d)},
		Crumbs: []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}, {Text: merged.Name, Href: address(merged.ID)}}}
	if notice != nil {
		page.Status = http.StatusConflict
	}
	other := r.FormValue("dans")
	if other == "" {
		if err := p.mergeSearch(r, &merged, v); err != nil {
			return err
		}
		return p.Kit.Page(w, r, page)
	}
	kept, err := p.Rules.Follow(ctx, other)
	if err != nil {
		return err
	}
	if people.IsCollectiviteID(merged.ID) && !people.IsCollectiviteID(kept.ID) {
		return p.Kit.Redirect(w, r, address(kept.ID)+"/fusionner?dans="+merged.ID, http.StatusSeeOther)
	}
	if err := people.MayMerge(&kept, &merged); err != nil {
		return err
	}
	_, moved, err := p.People.Mandates(ctx, people.MandateQuery{Scopes: []people.Scope{people.In(merged.ID)}, On: people.DateOf(p.Now(), p.Zone), Limit: 1})
	if err != nil {
		return err
	}
	v.Other, v.Kept = &kept, kept.Name
	documents, err := p.Files.Count(ctx, people.OrganisationSubject(merged.ID))
	if err != nil {
		return err
	}
	v.Says = []string{l.T("organisation.merge.says_kept", merged.Name, kept.Name)}
	if moved > 0 {
		v.Says = append(v.Says, l.T("organisation.merge.says_moved", moved))
	}
	if documents > 0 {
		v.Says = append(v.Says, l.T("organisation.merge.says_files", documents))
	}
	if moved+documents == 0 {
		v.Says = append(v.Says, l.T("organisation.merge.says_none"))
	}
	v.Says = append(v.Says, l.T("organisation.merge.says_undo"))
	if !people.IsCollectiviteID(kept.ID) {
		v.Swap = address(kept.ID) + "/fusionner?dans=" + merged.ID
	}
	mergeFields(l, f, &kept, &merged, v)
	hide := func(name, value string) { v.Hidden = append(v.Hidden, web.Hidden{Name: name, Value: value}) }
	hide("dans", kept.ID)
	hide("kept", fmt.Sprint(kept.Version))
	hide("merged", fmt.Sprint(merged.Version))
	return p.Kit.Page(w, r, page)
}

// mergeFields lists the fields that both have, to choose from, and those that the
// kept one lacks.
func mergeFields(l *i18n.Localizer, f *territory.France, kept, merged *people.Organisation, v *mergeSheetView) {
	for _, field := range kept.Differs(merged) {
		name, ours, theirs := l.T("organisation.field."+field), kept.Get(field), merged.Get(field)
		switch {
		case field == "state", theirs == "", field == "kind" && people.IsCollectiviteID(kept.ID), field == "rna" && kept.Kind != people.KindAssociation:
		case field == "territories":
			joined := people.JoinOrganisations(*kept, *merged, nil)
			if joined.Get(field) != ours {
				v.Filled = append(v.Filled, fieldChange{name, fieldText(l, f, field, ours), fieldText(l, f, field, joined.Get(field))})
			}
		case ours == "":
			v.Filled = append(v.Filled, fieldChange{name, "", fieldText(l, f, field, theirs)})
		default:
			v.Choices = append(v.Choices, choiceView{Name: field, Label: name, Theirs: fieldText(l, f, field, ours), Yours: fieldText(l, f, field, theirs)})
		}
	}
}

// mergeSearch offers the organisations into which one may be merged: those that look
// like it, and those found by what was typed.
func (p *Pages) mergeSearch(r *http.Request, merged *people.Organisation, v *mergeSheetView) error {
	ctx, l, f := r.Context(), p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context()).France
	typed := cut(r.FormValue("q"), 200)
	v.Lead = l.T("organisation.merge.lead")
	v.Query = web.Field{Name: "q", Type: "search", Label: l.T("organisation.merge.search"), Help: l.T("organisation.list.query_help"), Value: typed, Required: true}
	add := func(o *people.Organisation, why string) {
		v.Found = append(v.Found, mergeChoice{o.Name, kindName(l, o.Kind), placed(f, o), why, address(o.ID), v.Action + "?dans=" + o.ID})
	}
	if typed == "" {
		list, err := p.Rules.Lookalikes(ctx, *merged)
		if err != nil {
			return err
		}
		for i := range list {
			add(&list[i].Organisation, reasons(l, list[i].Reasons))
		}
		return nil
	}
	list, err := p.Rules.Search(ctx, typed, 20)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].ID != merged.ID {
			add(&list[i], "")
		}
	}
	if len(v.Found) == 0 {
		v.Query.Error = l.T("organisation.list.empty")
	}
	return nil
}

// merge makes two organisations one.
func (p *Pages) merge(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	of := people.MergeOf{Kept: r.PostFormValue("dans"), Merged: r.PathValue("id")}
	var e1, e2 error
	of.KeptVersion, e1 = strconv.ParseInt(r.PostFormValue("kept"), 10, 64)
	of.MergedVersion, e2 = strconv.ParseInt(r.PostFormValue("merged"), 10, 64)
	if err := errors.Join(e1, e2); err != nil {
		return fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	take := map[string]bool{}
	for _, f := range people.OrganisationFields {
		if v := r.PostFormValue(pickPrefix + f); v != "" && f != "state" {
			take[f] = v == "yours"
		}
	}
	m, err := p.Rules.Merge(ctx, people.Of(ctx), of, take)
	if err == nil {
		return p.Kit.Redirect(w, r, address(m.Kept)+"?fait=merge", http.StatusSeeOther)
	}
	if _, ok := errors.AsType[*fault.Stale[people.Organisation]](err); ok {
		return p.mergePage(w, r, &web.Notice{Kind: web.Attention, Text: l.T("organisation.merge.stale"), Role: "alert"})
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && web.Status(err) < 500 && fault.CodeOf(err) != fault.Forbidden && fault.CodeOf(err) != fault.NotFound {
		return p.mergePage(w, r, &web.Notice{Kind: web.Attention, Text: l.T(e.Key, e.Args...), Role: "alert"})
	}
	return err
}

// pairsView is the list of organisations that may be one.
type pairsView struct {
	Pairs []pairView
	Empty *web.State
	Pages *web.Pagination
	Count int
	Done  *web.Notice
}

// pairView is two organisations that may be one.
type pairView struct {
	A, B            pairSide
	Why             string
	Merge           string
	IDA, IDB, Label string
}

type pairSide struct{ Name, Href, Told string }

func (p *Pages) pairs(w http.ResponseWriter, r *http.Request) error {
	ctx, l, f := r.Context(), p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context()).France
	list, err := p.Rules.Pairs(ctx)
	if err != nil {
		return err
	}
	actor := people.Of(ctx)
	if d, err := actor.May(ctx, "organisation.merge", people.Everywhere); err != nil {
		return err
	} else if !d.May { // of a part of the installation: that part only
		var own []people.Pair
		for _, pair := range list {
			a, err := actor.May(ctx, "organisation.merge", people.In(pair.A.ID))
			if err != nil {
				return err
			}
			if b, err := actor.May(ctx, "organisation.merge", people.In(pair.B.ID)); err != nil {
				return err
			} else if a.May && b.May {
				own = append(own, pair)
			}
		}
		list = own
	}
	v := &pairsView{Count: len(list)}
	if r.URL.Query().Get("fait") == "apart" {
		v.Done = &web.Notice{Kind: web.Done, Text: l.T("organisation.done.apart"), Role: "status"}
	}
	from := 0
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && n > 1 && (n-1)*pageRows < len(list) {
		from = (n - 1) * pageRows
	}
	to := min(from+pageRows, len(list))
	for _, pair := range list[from:to] {
		kept, merged := pair.A, pair.B
		if people.IsCollectiviteID(merged.ID) || merged.SIREN != "" && kept.SIREN == "" && !people.IsCollectiviteID(kept.ID) {
			kept, merged = merged, kept
		}
		side := func(o *people.Organisation) pairSide {
			said := slices.DeleteFunc([]string{kindName(l, o.Kind), placed(f, o), people.FormatNumber(o.SIREN)}, func(s string) bool { return s == "" })
			return pairSide{o.Name, address(o.ID), strings.Join(said, " · ")}
		}
		v.Pairs = append(v.Pairs, pairView{side(&kept), side(&merged), reasons(l, pair.Reasons), address(merged.ID) + "/fusionner?dans=" + kept.ID,
			kept.ID, merged.ID, l.T("organisation.pairs.of", kept.Name, merged.Name)})
	}
	if len(list) == 0 {
		v.Empty = &web.State{Kind: "empty", Title: l.T("organisation.pairs.empty"), Action: &web.Anchor{Text: l.T("organisation.title"), Href: "/organisations"}}
	}
	if len(list) > pageRows {
		v.Pages = &web.Pagination{Label: l.T("organisation.pairs.title"), Text: l.T("organisation.list.page", from+1, to, len(list))}
		if from > 0 {
			v.Pages.Previous = "/organisations/doublons?page=" + strconv.Itoa(from/pageRows)
		}
		if to < len(list) {
			v.Pages.Next = "/organisations/doublons?page=" + strconv.Itoa(from/pageRows+2)
		}
	}
	return p.Kit.Page(w, r, &web.Page{Title: l.T("organisation.pairs.title"), Template: "organisation/pairs", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}},
		Rights: []web.Right{right(ctx, l, "organisation.merge", actor.MaySomewhere("organisation.merge"))}})
}

// apart notes that two organisations are two.
func (p *Pages) apart(w http.ResponseWriter, r *http.Request) error {
	if err := p.Rules.SetApart(r.Context(), people.Of(r.Context()), r.PostFormValue("a"), r.PostFormValue("b")); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/organisations/doublons?fait=apart", http.StatusSeeOther)
}
