package commonsweb

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// adopted is the entry of the address, which can be used.
func (u *Uses) adopted(r *http.Request) (commons.Entry, error) {
	e, err := u.Adoptions.Library.Read(r.Context(), r.PathValue("id"))
	if err == nil && (!e.Kind.Common() || e.State != commons.Published) {
		err = fault.New(fault.Invalid, "adoption.entry")
	}
	return e, err
}

func (u *Uses) sheet(w http.ResponseWriter, r *http.Request) error {
	e, err := u.adopted(r)
	if err != nil {
		return err
	}
	a := commons.Adoption{Served: -1, Organisation: r.URL.Query().Get(bodyField)}
	if a.Organisation != "" { // what was said before is shown to be corrected
		list, err := u.Adoptions.Of(r.Context(), e.ID, u.today())
		if err != nil {
			return err
		}
		for _, was := range list {
			if was.Organisation == a.Organisation && was.EndedOn == "" {
				a = was
			}
		}
	}
	return u.sheetPage(w, r, &e, a, nil, nil)
}

// typedUse is what a form says of a use, with the number of people as it was typed.
func typedUse(r *http.Request) (a commons.Adoption, served string, err error) {
	at := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	a = commons.Adoption{Since: at("since"), Version: at("version"), Use: at("use"), Cost: at("cost"), Effort: at("effort"), Good: at("good"), Bad: at("bad"), Contact: at("contact"), Served: -1}
	served = at("served")
	if digits := strings.Join(strings.Fields(served), ""); digits != "" {
		if a.Served, err = strconv.Atoi(digits); err != nil || a.Served < 0 {
			err = fault.New(fault.Invalid, "commons.number_form", served).In("served")
		}
	}
	a.Row, _ = strconv.ParseInt(r.PostFormValue(versionField), 10, 64)
	return a, served, err
}

// useFields are those of the form of a use.
func useFields(l *i18n.Localizer, a commons.Adoption, served string) []web.Field {
	field := func(name, kind, value string) web.Field {
		return web.Field{Name: name, Type: kind, Label: l.T("use.field." + name), Help: l.T("use.help." + name), Value: value}
	}
	choices := func(name, value string, list []string) web.Field {
		f := field(name, "select", value)
		f.Options = []web.Option{{Label: l.T("use.unsaid")}}
		for _, v := range list {
			f.Options = append(f.Options, web.Option{Value: v, Label: sayChoice(l, name, v), Chosen: v == value})
		}
		return f
	}
	if served == "" && a.Served >= 0 {
		served = strconv.Itoa(a.Served)
	}
	text := func(name, value string) web.Field {
		f := field(name, "textarea", value)
		f.Rows = 3
		return f
	}
	return []web.Field{field("since", "", a.Since), field("version", "", a.Version), field("use", "", a.Use), field("served", "", served),
		choices("cost", a.Cost, commons.Costs), choices("effort", a.Effort, commons.Efforts), text("good", a.Good), text("bad", a.Bad), field("contact", "", a.Contact)}
}

// fieldFaults are what is wrong in fields; the rest of err comes back.
func fieldFaults(l *i18n.Localizer, err error) (out web.Errors, rest error) {
	faults, rest := fault.Split(err, fault.Mendable)
	for _, e := range faults {
		out.Items = append(out.Items, web.FieldError{Field: e.Field, Text: l.T(e.Key, e.Args...)})
	}
	return out, rest
}

// beside puts what is wrong beside the fields.
func beside(fields []web.Field, errs web.Errors) []web.Field {
	for i := range fields {
		for _, e := range errs.Items {
			if e.Field == fields[i].Name {
				fields[i].Error = e.Text
			}
		}
	}
	return fields
}

// sheetPage is the form of a use; typed is the number of people as it was typed.
func (u *Uses) sheetPage(w http.ResponseWriter, r *http.Request, e *commons.Entry, a commons.Adoption, served *string, refused error) error {
	l := u.Kit.Locale(r.Context())
	v := &useView{Title: l.T("use.declare_of", e.Title()), Lead: l.T("use.declare_lead")}
	page := &web.Page{Title: v.Title, Template: "library/use", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l), kindCrumb(l, e.Kind), {Text: e.Title(), Href: address(e.ID)}}}
	if refused != nil {
		if _, stale := errors.AsType[*fault.Stale[commons.Adoption]](refused); stale {
			v.Errors.Items = []web.FieldError{{Field: "since", Text: l.T("use.changed_meanwhile")}}
		} else {
			var rest error
			if v.Errors, rest = fieldFaults(l, refused); rest != nil {
				return rest
			}
		}
		page.Status = http.StatusUnprocessableEntity
	}
	may, err := u.mayAny(r.Context())
	if err != nil {
		return err
	}
	if !may {
		v.Parts = []usePart{u.noBody(l)}
		return u.Kit.Page(w, r, page)
	}
	bodies, err := u.bodyFields(r, l, a.Organisation)
	if err != nil {
		return err
	}
	typed := ""
	if served != nil {
		typed = *served
	}
	f := useForm{ID: "usage", Action: address(e.ID) + "/utiliser", Button: l.T("use.declare_button"), Fields: beside(append(bodies, useFields(l, a, typed)...), v.Errors)}
	if a.Row > 0 {
		f.Hidden = []web.Hidden{{Name: versionField, Value: strconv.FormatInt(a.Row, 10)}}
	}
	v.Forms = []useForm{f}
	v.Continue = &web.Anchor{Text: l.T("library.back"), Href: address(e.ID)}
	right, err := u.right(r.Context(), l, a.Organisation)
	if err != nil {
		return err
	}
	if a.Organisation == "" {
		right.May, right.Why = true, l.T("use.right.somewhere")
	}
	page.Rights = []web.Right{right}
	return u.Kit.Page(w, r, page)
}

// noBody tells somebody who speaks for no organisation what to do.
func (u *Uses) noBody(l *i18n.Localizer) usePart {
	return usePart{ID: "organisation", Title: l.T("use.nobody.title"), Empty: &web.State{Kind: "empty", Title: l.T("use.nobody"), Text: l.T("use.nobody_text"), Action: &web.Anchor{Text: l.T("use.nobody_action"), Href: "/organisations"}}}
}

func (u *Uses) declare(w http.ResponseWriter, r *http.Request) error {
	e, err := u.adopted(r)
	if err != nil {
		return err
	}
	a, served, wrong := typedUse(r)
	a.Entry = e.ID
	id, err := u.body(r)
	if fault.CodeOf(err) == fault.Invalid {
		wrong, err = errors.Join(err, wrong), nil
	}
	if err != nil {
		return err
	}
	a.Organisation = id
	if wrong == nil {
		out, err := u.Adoptions.Declare(r.Context(), a)
		if err == nil {
			return u.Kit.Redirect(w, r, useAddress(out.ID)+"?fait="+string(out.State(u.today())), http.StatusSeeOther)
		}
		wrong = err
	}
	return u.sheetPage(w, r, &e, a, &served, wrong)
}

// manage is the page of one use.
func (u *Uses) manage(w http.ResponseWriter, r *http.Request) error {
	return u.managePage(w, r, nil)
}

func (u *Uses) managePage(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, l, on := r.Context(), u.Kit.Locale(r.Context()), u.today()
	a, err := u.Adoptions.Store.Adoption(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	o, err := u.Adoptions.Organisation(ctx, a.Organisation)
	if err != nil {
		return err
	}
	titles, err := u.titles(ctx, []commons.Adoption{a})
	if err != nil {
		return err
	}
	title, ok := titles[a.Entry]
	if !ok {
		title = l.T("library.entry_gone")
	}
	state := a.State(on)
	v := &useView{Title: l.T("use.of", title, o.Name), Continue: &web.Anchor{Text: l.T("use.all_of", o.Name), Href: usesAddress(o.ID)}}
	page := &web.Page{Title: v.Title, Template: "library/use", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l), {Text: title, Href: address(a.Entry)}}}
	if refused != nil {
		var rest error
		if v.Errors, rest = fieldFaults(l, refused); rest != nil {
			return rest
		}
		page.Status = http.StatusUnprocessableEntity
	}
	switch done := r.URL.Query().Get("fait"); done {
	case "declared", "verified", "ended", "resumed":
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: l.T("use.done." + done), Role: "status"})
	}
	add := func(name, text string) {
		if text != "" {
			v.Facts.Items = append(v.Facts.Items, web.Fact{Term: l.T("use.field." + name), Text: text})
		}
	}
	v.Facts.Items = []web.Fact{{Term: l.T("use.entry"), Text: title, Href: address(a.Entry)}, {Term: l.T("use.organisation"), Text: o.Name, Href: "/organisations/" + o.ID},
		{Term: l.T("use.state"), Text: l.T("use.state." + string(state)), Note: l.T("use.state." + string(state) + "_title")}}
	day := func(d people.Date) string {
		if d == "" {
			return ""
		}
		return l.Day(string(d))
	}
	if state == commons.Verified || state == commons.Expired {
		add("verified_on", day(a.VerifiedOn))
		add("until", day(a.Until))
	}
	if a.Since != "" {
		add("since", sayDay(l, a.Since))
	}
	add("version", a.Version)
	add("use", a.Use)
	if a.Served >= 0 {
		add("served", l.Number(a.Served))
	}
	add("cost", sayChoice(l, "cost", a.Cost))
	add("effort", sayChoice(l, "effort", a.Effort))
	add("good", a.Good)
	add("bad", a.Bad)
	add("contact", a.Contact)
	add("ended_on", day(a.EndedOn))
	add("reason", a.EndReason)
	right, err := u.right(ctx, l, o.ID)
	if err != nil {
		return err
	}
	page.Rights = []web.Right{right}
	speaks, err := u.Adoptions.Speaks(ctx, o.ID)
	if err != nil {
		return err
	}
	at := useAddress(a.ID)
	switch {
	case !right.May:
	case state == commons.Ended:
		v.Forms = []useForm{{ID: "reprendre", Title: l.T("use.resume"), Text: l.T("use.resume_text"), Action: at + "/reprendre", Button: l.T("use.resume_button"), Quiet: true}}
	default:
		v.Actions = []web.Anchor{{Text: l.T("use.correct"), Href: address(a.Entry) + "/utiliser?organisation=" + o.ID, Quiet: true, Rel: "nofollow"}}
		if speaks {
			f := useForm{ID: "verifier", Title: l.T("use.verify"), Text: l.T("use.verify_text"), Action: at + "/verifier", Button: l.T("use.verify_button")}
			if state == commons.Verified {
				f.Title, f.Text, f.Button, f.Quiet = l.T("use.again"), l.T("use.again_text", day(a.Until)), l.T("use.again_button"), true
			}
			v.Forms = append(v.Forms, f)
		}
		ended := r.PostFormValue("ended_on")
		if ended == "" {
			ended = string(on)
		}
		v.Forms = append(v.Forms, useForm{ID: "terminer", Title: l.T("use.end"), Text: l.T("use.end_text"), Action: at + "/terminer", Button: l.T("use.end_button"), Quiet: true, Fields: beside([]web.Field{
			{Name: "ended_on", Label: l.T("use.field.ended_on"), Help: l.T("use.help.ended_on"), Value: ended, Required: true},
			{Name: "reason", Label: l.T("use.field.reason"), Help: l.T("use.help.reason"), Value: r.PostFormValue("reason"), Type: "textarea", Rows: 3, Required: true},
		}, v.Errors)})
	}
	return u.Kit.Page(w, r, page)
}

// managed answers after a use was changed.
func (u *Uses) managed(w http.ResponseWriter, r *http.Request, done string, err error) error {
	if err != nil {
		return u.managePage(w, r, err)
	}
	return u.Kit.Redirect(w, r, useAddress(r.PathValue("id"))+"?fait="+done, http.StatusSeeOther)
}

func (u *Uses) verify(w http.ResponseWriter, r *http.Request) error {
	_, err := u.Adoptions.Verify(r.Context(), r.PathValue("id"))
	return u.managed(w, r, "verified", err)
}

func (u *Uses) end(w http.ResponseWriter, r *http.Request) error {
	_, err := u.Adoptions.End(r.Context(), r.PathValue("id"), people.Date(strings.TrimSpace(r.PostFormValue("ended_on"))), r.PostFormValue("reason"))
	return u.managed(w, r, "ended", err)
}

func (u *Uses) resume(w http.ResponseWriter, r *http.Request) error {
	_, err := u.Adoptions.Resume(r.Context(), r.PathValue("id"))
	return u.managed(w, r, "resumed", err)
}
