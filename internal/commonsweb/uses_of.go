package commonsweb

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"bassin/internal/commons"
	"bassin/internal/people"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// dueWithin is how long before a verification ends people are asked to confirm it.
const dueWithin = 30

// due says whether a use is to be confirmed now.
func due(a *commons.Adoption, on people.Date) bool {
	t, err := time.Parse(time.DateOnly, string(on))
	if err != nil || a.EndedOn != "" {
		return false
	}
	return a.Until <= people.Date(t.AddDate(0, 0, dueWithin).Format(time.DateOnly))
}

// of is the page of what an organisation uses.
func (u *Uses) of(w http.ResponseWriter, r *http.Request) error {
	ctx, l, on := r.Context(), u.Kit.Locale(r.Context()), u.today()
	o, err := u.Adoptions.Organisation(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if o.ID != r.PathValue("id") {
		return u.Kit.Redirect(w, r, usesAddress(o.ID), http.StatusFound)
	}
	list, err := u.Adoptions.By(ctx, on, o.ID)
	if err != nil {
		return err
	}
	titles, err := u.titles(ctx, list)
	if err != nil {
		return err
	}
	right, err := u.right(ctx, l, o.ID)
	if err != nil {
		return err
	}
	v := &useView{Title: l.T("use.of_body", o.Name), Lead: l.T("use.of_body_lead"), Continue: &web.Anchor{Text: l.T("use.to_body", o.Name), Href: "/organisations/" + o.ID}}
	if n, err := strconv.Atoi(r.URL.Query().Get("declares")); err == nil && n > 0 {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: l.T("use.done.all", n), Role: "status"})
	}
	if r.URL.Query().Get("fait") == "confirmed" {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: l.T("use.done.confirmed"), Role: "status"})
	}
	open := usePart{ID: "utilise", Title: l.T("use.now"), Table: &web.Table{ID: "usages", Caption: l.T("use.now"), Quiet: true, Sortable: true, Columns: []web.Column{{Title: l.T("use.entry")}, {Title: l.T("use.state")}, {Title: l.T("use.field.since")}, {Title: l.T("use.field.version")}, {Title: l.T("use.field.use")}}}}
	ended := usePart{ID: "termines", Title: l.T("use.before"), Table: &web.Table{ID: "anciens", Caption: l.T("use.before"), Quiet: true, Columns: []web.Column{{Title: l.T("use.entry")}, {Title: l.T("use.field.ended_on")}, {Title: l.T("use.field.reason")}}}}
	waiting := 0
	slices.SortStableFunc(list, func(a, b commons.Adoption) int {
		return strings.Compare(naming.SortKey(titles[a.Entry]), naming.SortKey(titles[b.Entry]))
	})
	for _, a := range list {
		title, ok := titles[a.Entry]
		if !ok {
			continue
		}
		mark := stateMark(l, &a, on)
		if right.May {
			mark.Href = useAddress(a.ID)
		}
		if a.State(on) == commons.Ended {
			ended.Table.Rows = append(ended.Table.Rows, []web.Cell{{Text: title, Href: address(a.Entry)}, {Text: sayDay(l, string(a.EndedOn))}, {Text: a.EndReason}})
			continue
		}
		if due(&a, on) {
			waiting++
		}
		open.Table.Rows = append(open.Table.Rows, []web.Cell{{Text: title, Href: address(a.Entry)}, {Marks: []web.Mark{mark}}, {Text: sayDay(l, a.Since)}, {Text: cmp.Or(a.Version, "–")}, {Text: cmp.Or(a.Use, "–")}})
	}
	fill := web.Anchor{Text: l.T("use.inventory.open"), Href: "/mes-logiciels/" + o.ID, Rel: "nofollow", Quiet: len(open.Table.Rows) > 0}
	if len(open.Table.Rows) == 0 {
		open.Table, open.Empty = nil, &web.State{Kind: "empty", Title: l.T("use.of_none"), Text: l.T("use.of_none_text")}
	}
	v.Parts = append(v.Parts, open)
	if len(ended.Table.Rows) > 0 {
		v.Parts = append(v.Parts, ended)
	}
	if right.May {
		v.Actions = append(v.Actions, fill)
	}
	speaks, err := u.Adoptions.Speaks(ctx, o.ID)
	if err != nil {
		return err
	}
	if speaks && waiting > 0 {
		v.Forms = []useForm{{ID: "confirmer", Title: l.T("use.confirm"), Text: l.T("use.confirm_text", waiting), Action: usesAddress(o.ID) + "/confirmer", Button: l.T("use.confirm_button", waiting)}}
	}
	if len(list) > 0 {
		v.Exports = web.Links{Label: l.T("use.exports"), Items: []web.Anchor{{Text: l.T("use.csv"), Href: usesAddress(o.ID) + "/csv", Icon: "down", Rel: "nofollow"}}}
	}
	return u.Kit.Page(w, r, &web.Page{Title: v.Title, Description: l.T("use.of_body_lead"), Template: "library/use", View: v, Crumbs: []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}, {Text: o.Name, Href: "/organisations/" + o.ID}}, Rights: []web.Right{right}})
}

// ofCSV gives all uses of an organisation.
func (u *Uses) ofCSV(w http.ResponseWriter, r *http.Request) error {
	o, err := u.Adoptions.Organisation(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	list, err := u.Adoptions.By(r.Context(), u.today(), o.ID)
	if err != nil {
		return err
	}
	return u.csv(w, r, "communs-"+o.ID+".csv", list)
}

// confirm confirms all uses of an organisation that are to be.
func (u *Uses) confirm(w http.ResponseWriter, r *http.Request) error {
	o, err := u.Adoptions.Organisation(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	list, err := u.Adoptions.By(r.Context(), u.today(), o.ID)
	if err != nil {
		return err
	}
	if speaks, err := u.Adoptions.Speaks(r.Context(), o.ID); err != nil {
		return err
	} else if !speaks {
		return errMustSpeak
	}
	var ids []string
	for _, a := range list {
		if due(&a, u.today()) {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) > 0 {
		if _, err := u.Adoptions.Verify(r.Context(), ids...); err != nil {
			return err
		}
	}
	return u.Kit.Redirect(w, r, usesAddress(o.ID)+"?fait=confirmed", http.StatusSeeOther)
}
