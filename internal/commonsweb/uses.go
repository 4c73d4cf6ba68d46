package commonsweb

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/carto"
)

// Uses are the pages of who uses what.
type Uses struct {
	Kit       *web.Renderer
	Shelf     *commons.Shelf
	Adoptions *commons.Adoptions
	Bodies    Bodies
	Now       func() time.Time
	Zone      *time.Location // where days begin
	// Alike are the territories most like one, Next those beside it; none where
	// nobody can tell.
	Alike, Next func(ctx context.Context, t *territory.Territory) []territory.ID

	plans snapshot.Bound[*carto.Plan]
}

// Routes are the ways in. Who may state what of which organisation is decided in
// package commons.
func (u *Uses) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/communs/{id}/usages/csv", Action: "commons.use.csv", Who: web.Everyone, Handler: u.entryCSV},
		{Method: http.MethodGet, Pattern: "/communs/{id}/utiliser", Action: "commons.use.sheet", Who: web.SignedIn, Handler: u.sheet},
		{Method: http.MethodPost, Pattern: "/communs/{id}/utiliser", Action: "commons.use.declare", Who: web.SignedIn, Handler: u.declare},
		{Method: http.MethodGet, Pattern: "/usages", Action: "commons.use.place", Who: web.Everyone, Handler: u.place},
		{Method: http.MethodGet, Pattern: "/usages/{id}", Action: "commons.use.manage", Who: web.SignedIn, Handler: u.manage},
		{Method: http.MethodPost, Pattern: "/usages/{id}/verifier", Action: "commons.use.verify", Who: web.SignedIn, Handler: u.verify},
		{Method: http.MethodPost, Pattern: "/usages/{id}/terminer", Action: "commons.use.end", Who: web.SignedIn, Handler: u.end},
		{Method: http.MethodPost, Pattern: "/usages/{id}/reprendre", Action: "commons.use.resume", Who: web.SignedIn, Handler: u.resume},
		{Method: http.MethodGet, Pattern: "/organisations/{id}/communs", Action: "commons.use.of", Who: web.Everyone, Handler: u.of},
		{Method: http.MethodGet, Pattern: "/organisations/{id}/communs/csv", Action: "commons.use.of.csv", Who: web.Everyone, Handler: u.ofCSV},
		{Method: http.MethodPost, Pattern: "/organisations/{id}/communs/confirmer", Action: "commons.use.confirm", Who: web.SignedIn, Handler: u.confirm},
		{Method: http.MethodGet, Pattern: "/mes-logiciels", Action: "commons.use.mine", Who: web.SignedIn, Handler: u.mine},
		{Method: http.MethodGet, Pattern: "/mes-logiciels/{id}", Action: "commons.use.inventory", Who: web.SignedIn, Handler: u.inventory},
		{Method: http.MethodPost, Pattern: "/mes-logiciels/{id}", Action: "commons.use.inventory.declare", Who: web.SignedIn, Body: commons.InventorySize + 512<<10, Handler: u.inventoryStep},
	}
}

// useView is a page of uses: what it tells, and what can be done.
type useView struct {
	Title, Lead string
	Errors      web.Errors
	Notices     []web.Notice
	Actions     []web.Anchor
	Facts       web.Facts
	Parts       []usePart
	Forms       []useForm
	Exports     web.Links
	Continue    *web.Anchor
}

// usePart is a part of such a page.
type usePart struct {
	ID, Title string
	Text      []string
	Table     *web.Table
	Empty     *web.State
	Links     []web.Anchor
}

// useForm is one thing to do.
type useForm struct {
	ID, Title, Text string
	Action, Button  string
	Quiet           bool
	Hidden          []web.Hidden
	Fields          []web.Field
}

// useAddress is the page of one adoption, usesAddress that of an organisation's.
func useAddress(id string) string            { return "/usages/" + id }
func usesAddress(organisation string) string { return "/organisations/" + organisation + "/communs" }

func (u *Uses) today() people.Date { return people.DateOf(u.Now(), u.Zone) }

// right says who may state what an organisation uses, and whether the reader may.
func (u *Uses) right(ctx context.Context, l *i18n.Localizer, organisation string) (web.Right, error) {
	d, err := people.Of(ctx).May(ctx, commons.Adopt, people.In(organisation))
	if err != nil {
		return web.Right{}, err
	}
	r, _ := people.RightOf(commons.Adopt)
	out := web.Right{What: l.T("people.right." + r.Name), Who: r.Who(l), May: d.May, Why: d.In(l)}
	if speaks, err := u.Adoptions.Speaks(ctx, organisation); err != nil {
		return out, err
	} else if speaks && !out.May {
		out.May, out.Why = true, l.T("use.right.works")
	}
	return out, nil
}

// mayAny says whether the reader may state anything of any organisation.
func (u *Uses) mayAny(ctx context.Context) (bool, error) {
	if people.Of(ctx).MaySomewhere(commons.Adopt).May {
		return true, nil
	}
	own, err := u.own(ctx)
	return len(own) > 0, err
}

// own are the organisations that the reader speaks for, by name.
func (u *Uses) own(ctx context.Context) ([]people.Organisation, error) {
	var ids []string
	for _, m := range people.Of(ctx).Mandates {
		if m.Scope.Organisation != "" && m.Role != people.Observer && !slices.Contains(ids, m.Scope.Organisation) {
			ids = append(ids, m.Scope.Organisation)
		}
	}
	if u.Adoptions.Works != nil && people.Of(ctx).Known() {
		works, err := u.Adoptions.Works(ctx)
		if err != nil {
			return nil, err
		}
		if works != "" && !slices.Contains(ids, works) {
			ids = append(ids, works)
		}
	}
	found, err := u.Adoptions.Organisations(ctx, ids)
	out := make([]people.Organisation, 0, len(found))
	for _, o := range found {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b people.Organisation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

// elsewhere says whether the reader may state what organisations use that they do not
// speak for.
func elsewhere(ctx context.Context) bool {
	r, _ := people.RightOf(commons.Adopt)
	return slices.ContainsFunc(people.Of(ctx).Mandates, func(m people.Mandate) bool {
		return m.Scope.Organisation == "" && slices.Contains(r.Roles, m.Role)
	})
}

// Fields that choose an organisation.
const (
	bodyField  = "organisation"
	otherField = "organisation_name"
)

// bodyFields choose an organisation among the reader's own, or by name where they may
// speak of others.
func (u *Uses) bodyFields(r *http.Request, l *i18n.Localizer, chosen string) ([]web.Field, error) {
	own, err := u.own(r.Context())
	if err != nil {
		return nil, err
	}
	var out []web.Field
	if len(own) > 0 {
		f := web.Field{Name: bodyField, Type: "select", Label: l.T("use.organisation"), Help: l.T("use.organisation_help"), Required: true}
		if elsewhere(r.Context()) {
			f.Options = append(f.Options, web.Option{Label: l.T("use.organisation_other")})
		}
		for _, o := range own {
			f.Options = append(f.Options, web.Option{Value: o.ID, Label: o.Name, Chosen: o.ID == chosen || chosen == "" && len(f.Options) == 0})
		}
		out = append(out, f)
	}
	if elsewhere(r.Context()) {
		f := web.Field{Name: otherField, Label: l.T("use.organisation_name"), Help: l.T("use.organisation_name_help"), Value: r.FormValue(otherField)}
		if f.Value == "" && chosen != "" && !slices.ContainsFunc(own, func(o people.Organisation) bool { return o.ID == chosen }) {
			if o, err := u.Adoptions.Organisation(r.Context(), chosen); err == nil {
				f.Value = o.Name
			} else if fault.CodeOf(err) != fault.NotFound {
				return nil, err
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// body is the organisation that was chosen. A fault.Invalid says in which field it is not.
func (u *Uses) body(r *http.Request) (string, error) {
	if id := r.FormValue(bodyField); id != "" {
		o, err := u.Adoptions.Organisation(r.Context(), id)
		if fault.CodeOf(err) == fault.NotFound {
			err = fault.New(fault.Invalid, "use.organisation_unknown").In(bodyField)
		}
		return o.ID, err
	}
	typed := r.FormValue(otherField)
	if typed == "" {
		return "", fault.New(fault.Invalid, "use.organisation_missing").In(cmp.Or(map[bool]string{true: otherField}[elsewhere(r.Context())], bodyField))
	}
	found, err := u.Bodies.Search(r.Context(), typed, 3)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fault.New(fault.Invalid, "use.organisation_unknown").In(otherField)
	case len(found) > 1 && !slices.Equal(people.Fold(found[0].Name), people.Fold(typed)):
		return "", fault.New(fault.Invalid, "use.organisation_several", found[0].Name, found[1].Name).In(otherField)
	}
	return found[0].ID, nil
}

// stateMark is what an adoption is worth, as a tag.
func stateMark(l *i18n.Localizer, a *commons.Adoption, on people.Date) web.Mark {
	s := a.State(on)
	return web.Mark{Text: l.T("use.state." + string(s)), Title: l.T("use.state." + string(s) + "_title"), Attention: s == commons.Expired}
}

// day is a year, a month or a day in words, a dash for none.
func sayDay(l *i18n.Localizer, v string) string {
	if v == "" {
		return "–"
	}
	if m, err := time.Parse("2006-01", v); err == nil {
		return l.T("library.month", l.T("i18n.month."+strconv.Itoa(int(m.Month()))), v[:4])
	}
	return l.Day(v)
}

// choice is a value of a list in words, "" for none.
func sayChoice(l *i18n.Localizer, list, v string) string {
	if v == "" {
		return ""
	}
	return l.T("use." + list + "." + v)
}
