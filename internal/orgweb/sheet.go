package orgweb

import (
	"errors"
	"fmt"
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

// sheetView is the form of an organisation.
type sheetView struct {
	Title, Lead string
	Action      string
	Cancel      string
	Button      string
	Errors      web.Errors
	Resembling  []lookView
	Taken       *web.Anchor
	Fields      []web.Field
	Where       []web.Field
	Hidden      []web.Hidden
}

// lookView is an organisation that looks like the one of the form.
type lookView struct {
	ID, Name, Href, Kind, Why string
}

// sheet is a form as it is filled in.
type sheet struct {
	l       *i18n.Localizer
	s       *snapshot.Snapshot
	o       people.Organisation
	commune string // as typed
	more    string // territory to add, as typed
	errors  web.Errors
	choices map[string][]web.Option // by field, where what was typed names several
	locked  bool                    // a collectivité, whose kind is not changed
	edit    bool                    // it exists: it may be closed
}

// Names of fields that are not those of an organisation.
const (
	moreField   = "more" // territory to add
	versionName = "version"
	wasPrefix   = "was."  // what a field held when the form was shown
	pickPrefix  = "pick." // of a conflict: theirs or yours
)

// readSheet reads a form on top of o.
func (p *Pages) readSheet(r *http.Request, o people.Organisation) (*sheet, error) {
	if err := r.ParseForm(); err != nil {
		return nil, fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	x := &sheet{l: p.Kit.Locale(r.Context()), s: snapshot.FromContext(r.Context()), o: o, choices: map[string][]web.Option{}}
	for _, f := range people.OrganisationFields {
		switch f {
		case "commune", "territories":
			continue
		case "state":
			if r.PostForm.Has(f) {
				x.o.Set(f, r.PostFormValue(f))
			}
			continue
		}
		if r.PostForm.Has(f) {
			x.o.Set(f, cut(r.PostFormValue(f), 1000))
		}
	}
	x.commune = cut(r.PostFormValue("commune"), 200)
	code, choices := people.ReadCommune(x.s, x.commune, x.o.PostalCode)
	x.o.Commune = code
	switch {
	case code == "" && len(choices) > 0:
		x.wrong("commune", x.l.T("organisation.commune.several"))
		for _, c := range choices {
			x.choices["commune"] = append(x.choices["commune"], web.Option{Value: communeText(x.s.France, c), Label: communeText(x.s.France, c)})
		}
	case code == "" && x.commune != "":
		x.wrong("commune", x.l.T("organisation.commune.not_found", x.commune))
	}
	x.o.Territories = people.SplitTerritories(strings.Join(r.PostForm["territories"], ","))
	x.more = cut(r.PostFormValue(moreField), 200)
	if x.more != "" {
		id, choices := people.ReadTerritory(x.s, x.more)
		switch {
		case id.Level != "":
			if !slices.Contains(x.o.Territories, id) {
				x.o.Territories = append(x.o.Territories, id)
			}
			x.more = ""
		case len(choices) > 0:
			x.wrong(moreField, x.l.T("organisation.territories.several"))
			for _, c := range choices {
				x.choices["territories"] = append(x.choices["territories"], web.Option{Value: c.String(), Label: told(x.l, x.s.France, c)})
			}
		default:
			x.wrong(moreField, x.l.T("organisation.territories.not_found", x.more))
		}
	}
	return x, nil
}

func (x *sheet) wrong(field, text string) {
	x.errors.Items = append(x.errors.Items, web.FieldError{Field: field, Text: text})
}

// refused puts the errors of fields on the form; any other is returned.
func (x *sheet) refused(err error) error {
	faults, rest := fault.Split(err, web.OfField)
	for _, e := range faults {
		field := e.Field
		if field == "territories" {
			field = moreField
		}
		x.wrong(field, x.l.T(e.Key, e.Args...))
	}
	return rest
}

// fields lays the form out, with what was typed and what is wrong with it.
func (x *sheet) fields() (who, where []web.Field) {
	wrong := map[string]string{}
	for _, e := range x.errors.Items {
		if wrong[e.Field] == "" {
			wrong[e.Field] = e.Text
		}
	}
	l := x.l
	field := func(name, kind string, required bool) web.Field {
		f := web.Field{Name: name, Type: kind, Label: l.T("organisation.field." + name), Value: x.o.Get(name), Required: required, Error: wrong[name]}
		if key := "organisation.help." + name; l.Has(key) {
			f.Help = l.T(key)
		}
		return f
	}
	if !x.locked {
		kind := kindField(l, "kind", x.o.Kind, l.T("organisation.kind.choose_one"))
		kind.Required, kind.Error = true, wrong["kind"]
		who = append(who, kind)
	}
	who = append(who, field("name", "text", true), field("short_name", "text", false))
	for _, n := range []string{"siren", "siret", "rna"} {
		f := field(n, "text", false)
		f.Value = people.FormatNumber(f.Value)
		if n == "rna" && x.locked {
			continue
		}
		who = append(who, f)
	}
	commune := field("commune", "text", false)
	commune.Value = x.commune
	if x.commune == "" && x.o.Commune != "" {
		commune.Value = communeText(x.s.France, x.o.Commune)
	}
	where = append(where, field("address", "text", false), field("postal_code", "text", false))
	if options := x.choices["commune"]; options != nil {
		options = append(options, web.Option{Value: "", Label: l.T("organisation.commune.none_of_these")})
		commune.Type, commune.Options, commune.Value = "radio", options, ""
		commune.Help = ""
	}
	where = append(where, commune)
	territories := web.Field{Name: "territories", Type: "checkbox", Label: l.T("organisation.field.territories"), Help: l.T("organisation.help.territories")}
	for _, id := range x.o.Territories {
		territories.Options = append(territories.Options, web.Option{Value: id.String(), Label: told(l, x.s.France, id), Chosen: true})
	}
	territories.Options = append(territories.Options, x.choices["territories"]...)
	if len(territories.Options) > 0 {
		where = append(where, territories)
	}
	more := field(moreField, "text", false)
	more.Value = x.more
	where = append(where, more, field("email", "email", false), field("website", "text", false))
	if x.edit {
		state := field("state", "radio", true)
		for _, s := range []people.OrganisationState{people.OrganisationActive, people.OrganisationClosed} {
			state.Options = append(state.Options, web.Option{Value: string(s), Label: l.T("organisation.state." + string(s)), Chosen: s == x.o.State})
		}
		where = append(where, state)
	}
	return who, where
}

// looks tells in words the organisations that look like the one of the form.
func looks(l *i18n.Localizer, list []people.Lookalike) []lookView {
	var out []lookView
	for _, o := range list {
		out = append(out, lookView{o.ID, o.Name, address(o.ID), kindName(l, o.Kind), reasons(l, o.Reasons)})
	}
	return out
}

// reasons tells what two organisations have in common.
func reasons(l *i18n.Localizer, keys []string) string {
	var out []string
	for _, k := range keys {
		switch k {
		case "siren", "name", "near", "commune", "territory":
			out = append(out, l.T("organisation.reason."+k))
		}
	}
	return l.List(out)
}

// createSheet shows the form of a new organisation, with what the address knows.
func (p *Pages) createSheet(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	x := &sheet{l: p.Kit.Locale(r.Context()), s: snapshot.FromContext(r.Context()), choices: map[string][]web.Option{}}
	x.o.Name = cut(q.Get("nom"), 200)
	f := people.OrganisationFilter{Query: cut(q.Get("numero"), 100)}
	x.o.SIREN, x.o.SIRET, x.o.RNA = f.Numbers()
	if x.o.SIRET != "" {
		x.o.SIREN = x.o.SIRET[:9]
	}
	if x.o.RNA != "" {
		x.o.Kind = people.KindAssociation
	}
	if id, ok := territory.ParseID(q.Get("territoire")); ok {
		if _, ok := x.s.France.Territory(id); ok {
			x.o.Territories = []territory.ID{id}
		}
	}
	return p.sheetPage(w, r, x, &sheetView{}, 0)
}

// create keeps a new organisation, or shows the form again with what is wrong, what
// looks alike, or what is there already.
func (p *Pages) create(w http.ResponseWriter, r *http.Request) error {
	x, err := p.readSheet(r, people.Organisation{})
	if err != nil {
		return err
	}
	v := &sheetView{}
	if len(x.errors.Items) > 0 || r.PostFormValue("ajouter") != "" {
		if _, err := x.o.Tidied(x.s.France); err != nil && len(x.errors.Items) > 0 {
			if err := x.refused(err); err != nil {
				return err
			}
		}
		return p.sheetPage(w, r, x, v, len(x.errors.Items))
	}
	o, err := p.Rules.Create(r.Context(), people.Of(r.Context()), x.o, r.PostForm["autre"])
	if err == nil {
		return p.Kit.Redirect(w, r, address(o.ID)+"?fait=create", http.StatusSeeOther)
	}
	if alike, ok := errors.AsType[*people.Resembling](err); ok {
		v.Resembling = looks(x.l, alike.Others)
		return p.sheetPage(w, r, x, v, 1)
	}
	if taken, ok := errors.AsType[*people.Taken](err); ok {
		v.Taken = &web.Anchor{Text: taken.Other.Name, Href: address(taken.Other.ID)}
	}
	if err := x.refused(err); err != nil {
		return err
	}
	return p.sheetPage(w, r, x, v, len(x.errors.Items))
}

func (p *Pages) sheetPage(w http.ResponseWriter, r *http.Request, x *sheet, v *sheetView, wrong int) error {
	v.Title, v.Lead, v.Button = x.l.T("organisation.create.title"), x.l.T("organisation.create.lead"), x.l.T("organisation.create.button")
	v.Action, v.Cancel = "/organisations/nouvelle/fiche", "/organisations"
	if v.Resembling != nil {
		v.Button = x.l.T("organisation.create.another")
	}
	v.Errors = x.errors
	v.Fields, v.Where = x.fields()
	page := &web.Page{Title: v.Title, Template: "organisation/sheet", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: x.l.T("organisation.title"), Href: "/organisations"}}}
	if wrong > 0 {
		page.Status = http.StatusUnprocessableEntity
	}
	page.Rights = []web.Right{right(r.Context(), x.l, "organisation.create", people.Of(r.Context()).MaySomewhere("organisation.create"))}
	return p.Kit.Page(w, r, page)
}

// identifyView is the first step of a new organisation: is it there already?
type identifyView struct {
	Number  web.Field
	Where   web.Field
	Found   *web.Table
	Nothing *web.State // no such number: on to the form
	Choices []web.Anchor
	Sheet   string
}

func (p *Pages) identify(w http.ResponseWriter, r *http.Request) error {
	ctx, l, s, q := r.Context(), p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context()), r.URL.Query()
	v := &identifyView{Sheet: "/organisations/nouvelle/fiche"}
	number, where := cut(q.Get("numero"), 100), cut(q.Get("ou"), 200)
	v.Number = web.Field{Name: "numero", Label: l.T("organisation.identify.number"), Help: l.T("organisation.identify.number_help"), Example: "212\u202f202\u202f667", Value: number, Required: true}
	v.Where = web.Field{Name: "ou", Label: l.T("organisation.identify.where"), Help: l.T("organisation.identify.where_help"), Value: where, Required: true}
	status := 0
	if q.Has("numero") {
		f := people.OrganisationFilter{Query: number}
		siren, siret, rna := f.Numbers()
		if siren == "" && siret == "" && rna == "" {
			v.Number.Error, status = numberFault(l, number), http.StatusUnprocessableEntity
		} else {
			known, err := p.Rules.Known(ctx, number)
			if err != nil {
				return err
			}
			sheet := v.Sheet + "?numero=" + siren + siret + rna
			if len(known) > 0 {
				t := p.table(l, s.France, "connues", l.T("organisation.identify.known", len(known)), known)
				v.Found = &t
				if siret == "" {
					sheet = "" // the number alone would be refused
				}
			} else {
				v.Nothing = &web.State{Kind: "empty", Title: l.T("organisation.identify.unknown", people.FormatNumber(siren+siret+rna)), Text: l.T("organisation.identify.unknown_next"),
					Action: &web.Anchor{Text: l.T("organisation.identify.go_on"), Href: sheet, Strong: true}}
			}
			if sheet != "" {
				v.Sheet = sheet
			}
		}
	}
	if where != "" {
		id, choices := people.ReadTerritory(s, people.NameOfCollectivite(where), people.Governed...)
		if id.Level != "" {
			choices = []territory.ID{id}
		}
		var list []people.Organisation
		for _, c := range choices {
			list = append(list, people.Collectivites(s.France, c)...)
		}
		if len(list) == 0 {
			v.Where.Error, status = l.T("organisation.list.nowhere", where), http.StatusUnprocessableEntity
		} else {
			t := p.table(l, s.France, "connues", l.T("organisation.identify.there"), list)
			v.Found = &t
		}
	}
	page := &web.Page{Title: l.T("organisation.create.title"), Template: "organisation/identify", View: v, NoIndex: true, Status: status,
		Crumbs: []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}}}
	page.Rights = []web.Right{right(ctx, l, "organisation.create", people.Of(ctx).MaySomewhere("organisation.create"))}
	return p.Kit.Page(w, r, page)
}

// numberFault says what is wrong with a number that is none.
func numberFault(l *i18n.Localizer, number string) string {
	if number == "" {
		return l.T("organisation.identify.number_missing")
	}
	count := 0
	for _, c := range number {
		if c >= '0' && c <= '9' {
			count++
		}
	}
	parse := people.ParseSIREN
	switch {
	case strings.HasPrefix(strings.ToUpper(number), "W"):
		parse = people.ParseRNA
	case count > 11:
		parse = people.ParseSIRET
	}
	if _, err := parse(number); err != nil {
		if e, ok := errors.AsType[*fault.Error](err); ok {
			return l.T(e.Key, e.Args...)
		}
	}
	return l.T("organisation.identify.number_missing")
}

// updateSheet shows the form of an organisation.
func (p *Pages) updateSheet(w http.ResponseWriter, r *http.Request) error {
	o, err := p.editable(r)
	if err != nil {
		return err
	}
	x := &sheet{l: p.Kit.Locale(r.Context()), s: snapshot.FromContext(r.Context()), o: o, choices: map[string][]web.Option{}}
	return p.updatePage(w, r, x, o, o.Version, nil)
}

// editable is the organisation of the address, if the reader may change it.
func (p *Pages) editable(r *http.Request) (people.Organisation, error) {
	o, err := p.Rules.Follow(r.Context(), r.PathValue("id"))
	if err != nil {
		return o, err
	}
	d, err := p.Rules.MayUpdate(r.Context(), people.Of(r.Context()), o.ID)
	if err != nil {
		return o, err
	}
	return o, d.Err()
}

// updatePage shows the form of o, begun when it was as was.
func (p *Pages) updatePage(w http.ResponseWriter, r *http.Request, x *sheet, was people.Organisation, version int64, taken *people.Taken) error {
	l := x.l
	x.locked, x.edit = people.IsCollectiviteID(was.ID), true
	v := &sheetView{Title: l.T("organisation.update.of", was.Name), Lead: l.T("organisation.update.lead"), Button: l.T("organisation.update.button"),
		Action: address(was.ID) + "/modifier", Cancel: address(was.ID), Errors: x.errors}
	if taken != nil {
		v.Taken = &web.Anchor{Text: taken.Other.Name, Href: address(taken.Other.ID)}
	}
	v.Fields, v.Where = x.fields()
	v.Hidden = append(v.Hidden, web.Hidden{Name: versionName, Value: fmt.Sprint(version)})
	for _, f := range people.OrganisationFields {
		v.Hidden = append(v.Hidden, web.Hidden{Name: wasPrefix + f, Value: was.Get(f)})
	}
	page := &web.Page{Title: v.Title, Template: "organisation/sheet", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}, {Text: was.Name, Href: address(was.ID)}}}
	if len(x.errors.Items) > 0 {
		page.Status = http.StatusUnprocessableEntity
	}
	d, err := p.Rules.MayUpdate(r.Context(), people.Of(r.Context()), was.ID)
	if err != nil {
		return err
	}
	page.Rights = []web.Right{right(r.Context(), l, "organisation.update", d)}
	return p.Kit.Page(w, r, page)
}

// update keeps the form, or shows it again with what is wrong, or both versions
// where somebody else changed the organisation meanwhile.
func (p *Pages) update(w http.ResponseWriter, r *http.Request) error {
	o, err := p.editable(r)
	if err != nil {
		return err
	}
	var version int64
	if _, err := fmt.Sscan(r.PostFormValue(versionName), &version); err != nil {
		return fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	x, err := p.readSheet(r, o)
	if err != nil {
		return err
	}
	was := o // as it was when the form was shown
	for _, f := range people.OrganisationFields {
		if r.PostForm.Has(wasPrefix + f) {
			was.Set(f, r.PostFormValue(wasPrefix+f))
		}
	}
	if people.IsCollectiviteID(o.ID) {
		x.o.Kind = o.Kind
	}
	if len(x.errors.Items) > 0 || r.PostFormValue("ajouter") != "" {
		return p.updatePage(w, r, x, was, version, nil)
	}
	yours := x.o
	for _, f := range people.OrganisationFields {
		if r.PostFormValue(pickPrefix+f) == "theirs" {
			yours.Set(f, o.Get(f)) // if it changed again, the version says so
		}
	}
	next, err := p.Rules.Update(r.Context(), people.Of(r.Context()), o.ID, version, func(old people.Organisation) (people.Organisation, error) {
		out := old
		for _, f := range people.OrganisationFields {
			out.Set(f, yours.Get(f))
		}
		return out, nil
	})
	if err == nil {
		return p.Kit.Redirect(w, r, address(next.ID)+"?fait=update", http.StatusSeeOther)
	}
	if clash, ok := errors.AsType[*fault.Stale[people.Organisation]](err); ok {
		return p.conflict(w, r, was, clash)
	}
	taken, _ := errors.AsType[*people.Taken](err)
	if err := x.refused(err); err != nil {
		return err
	}
	return p.updatePage(w, r, x, was, version, taken)
}

// conflictView shows both versions of what two people changed.
type conflictView struct {
	Title, Action, Cancel string
	Choices               []choiceView
	Yours, Theirs         []fieldChange // changed by one alone: kept
	Hidden                []web.Hidden
	Who                   string
}

// choiceView is a field that both changed.
type choiceView struct {
	Name, Label, Was, Theirs, Yours string
}

func (p *Pages) conflict(w http.ResponseWriter, r *http.Request, was people.Organisation, clash *fault.Stale[people.Organisation]) error {
	ctx, l, f := r.Context(), p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context()).France
	theirs, yours := clash.Theirs, clash.Yours
	v := &conflictView{Title: l.T("organisation.conflict.title", theirs.Name), Action: address(theirs.ID) + "/modifier", Cancel: address(theirs.ID)}
	hide := func(name, value string) { v.Hidden = append(v.Hidden, web.Hidden{Name: name, Value: value}) }
	hide(versionName, fmt.Sprint(theirs.Version))
	for _, field := range people.OrganisationFields {
		a, b, base := theirs.Get(field), yours.Get(field), was.Get(field)
		hide(wasPrefix+field, a)
		name := l.T("organisation.field." + field)
		switch {
		case a == b:
		case b == base: // changed by them alone
			v.Theirs = append(v.Theirs, fieldChange{name, fieldText(l, f, field, base), fieldText(l, f, field, a)})
			hide(pickPrefix+field, "theirs")
		case a == base:
			v.Yours = append(v.Yours, fieldChange{name, fieldText(l, f, field, base), fieldText(l, f, field, b)})
		default:
			v.Choices = append(v.Choices, choiceView{field, name, fieldText(l, f, field, base), fieldText(l, f, field, a), fieldText(l, f, field, b)})
		}
		switch field {
		case "territories":
			for _, id := range yours.Territories {
				hide(field, id.String())
			}
		case "commune":
			hide(field, communeText(f, b))
		default:
			hide(field, b)
		}
	}
	if list, err := p.Record.Find(ctx, audit.Filter{Subject: people.OrganisationSubject(theirs.ID), Limit: 1}); err == nil && len(list) > 0 {
		names, err := p.actors(ctx, list)
		if err != nil {
			return err
		}
		v.Who = names[list[0].By]
	} else if err != nil {
		return err
	}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "organisation/conflict", View: v, NoIndex: true, Status: http.StatusConflict,
		Crumbs: []web.Crumb{{Text: l.T("organisation.title"), Href: "/organisations"}, {Text: theirs.Name, Href: address(theirs.ID)}}})
}
