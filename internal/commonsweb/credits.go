package commonsweb

import (
	"html/template"
	"net/http"
	"strconv"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// creditView is what somebody did for an entry.
type creditView struct {
	Text, State string
	Href        string // entry, or page of whom it credits
	Who         string
	Asked       bool // it may be accepted
	Shown       bool // it may be taken back
	Action      string
	Version     string
}

// creditsView is who is credited on an entry, on the page of the entry and on the page
// where credits are proposed.
type creditsView struct {
	Title, Lead string
	Groups      []creditGroup
	Propose     *web.Anchor
	Notices     []web.Notice
	Errors      web.Errors
	Action      string
	Fields      []web.Field
	Removable   []creditView
	Continue    web.Anchor
}

// creditGroup is those who did one thing.
type creditGroup struct {
	Did string
	Who template.HTML
}

// creditGroups are the credits to be seen of an entry, by what was done. Names come by
// date, as nobody is before another.
func (p *Community) creditGroups(r *http.Request, shown []commons.Credit) ([]creditGroup, error) {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	var ids []string
	for _, c := range shown {
		if c.Person != "" {
			ids = append(ids, c.Person)
		}
	}
	names := map[string]string{}
	var err error
	if len(ids) > 0 {
		if names, err = p.People.Names(ctx, ids); err != nil {
			return nil, err
		}
	}
	var out []creditGroup
	for _, did := range commons.Deeds {
		var who []template.HTML
		for _, c := range shown {
			if c.Did != did {
				continue
			}
			if c.Organisation != "" {
				o, err := p.Bodies.Find(ctx, c.Organisation)
				if err == nil {
					who = append(who, web.Linked(p.Kit.Href(l.Lang(), "/organisations/"+o.ID), o.Name))
				} else if fault.CodeOf(err) != fault.NotFound {
					return nil, err
				}
				continue
			}
			page, err := p.Store.ContributorPage(ctx, c.Person)
			if err != nil {
				return nil, err
			}
			switch name := names[c.Person]; {
			case name == "":
			case page != "":
				who = append(who, web.Linked(p.Kit.Href(l.Lang(), "/contributions/"+page), name))
			default:
				who = append(who, template.HTML(template.HTMLEscapeString(name))) //nolint:gosec // escaped
			}
		}
		if len(who) > 0 {
			out = append(out, creditGroup{l.T("commons.did." + did), web.Listed(l, who)})
		}
	}
	return out, nil
}

func (p *Community) shownOn(r *http.Request, entry string) ([]commons.Credit, error) {
	return p.Store.Credits(r.Context(), commons.CreditFilter{Entry: entry, States: []commons.CreditState{commons.CreditShown}})
}

// creditPart is what the page of an entry shows of who did what for it.
func (p *Community) creditPart(r *http.Request, e *commons.Entry, _ commons.Sheet) (template.HTML, error) {
	l := p.Kit.Locale(r.Context())
	shown, err := p.shownOn(r, e.ID)
	if err != nil {
		return "", err
	}
	v := &creditsView{Title: l.T("library.credit.title"), Lead: l.T("library.credit.none"), Propose: &web.Anchor{Text: l.T("library.credit.propose"), Href: address(e.ID) + "/contributions", Rel: "nofollow"}}
	if v.Groups, err = p.creditGroups(r, shown); err != nil {
		return "", err
	}
	return p.Kit.Fragment(l.Lang(), "library/thanks", v)
}

func (p *Community) creditSheet(w http.ResponseWriter, r *http.Request) error {
	return p.creditPage(w, r, nil)
}

func (p *Community) creditPage(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	e, err := p.Library.Read(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if e.State == commons.Merged {
		return p.Kit.Redirect(w, r, address(e.MergedInto)+"/contributions", http.StatusFound)
	}
	shown, err := p.shownOn(r, e.ID)
	if err != nil {
		return err
	}
	v := &creditsView{Title: l.T("library.credit.title_of", e.Title()), Lead: l.T("library.credit.lead"), Action: address(e.ID) + "/contributions", Continue: web.Anchor{Text: l.T("library.back"), Href: address(e.ID)}}
	if v.Groups, err = p.creditGroups(r, shown); err != nil {
		return err
	}
	if v.Errors.Items, err = wrongs(l, refused); err != nil {
		return err
	}
	if r.URL.Query().Get("fait") != "" {
		v.Notices = []web.Notice{{Kind: web.Done, Text: l.T("library.credit.asked"), Role: "status"}}
	}
	did := web.Field{Name: "did", Type: "select", Label: l.T("library.credit.did"), Required: true}
	for _, d := range commons.Deeds {
		did.Options = append(did.Options, web.Option{Value: d, Label: l.T("commons.did." + d), Chosen: r.PostFormValue("did") == d})
	}
	who := web.Field{Name: "who", Type: "radio", Label: l.T("library.credit.who"), Required: true, Options: []web.Option{
		{Value: "me", Label: l.T("library.credit.me"), Chosen: r.PostFormValue("who") == "me"},
		{Value: "person", Label: l.T("library.credit.person"), Chosen: r.PostFormValue("who") == "person"},
		{Value: "organisation", Label: l.T("library.credit.organisation"), Chosen: r.PostFormValue("who") == "organisation"},
	}}
	email := web.Field{Name: "email", Type: "email", Label: l.T("library.credit.email"), Help: l.T("library.credit.email_help"), Value: r.PostFormValue("email")}
	body := web.Field{Name: "organisation", Label: l.T("library.credit.body"), Help: l.T("library.credit.body_help"), Value: r.PostFormValue("organisation")}
	for _, f := range []web.Field{did, who, email, body} {
		v.Fields = append(v.Fields, marking(f, v.Errors.Items))
	}
	right, err := moderateRight(ctx, l, e.Scope())
	if err != nil {
		return err
	}
	if right.May {
		if v.Removable, err = p.creditLines(r, shown, false); err != nil {
			return err
		}
	}
	page := &web.Page{Title: v.Title, Template: "library/credit", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l), {Text: e.Title(), Href: address(e.ID)}}, Rights: []web.Right{signedRight(ctx, l, "library.right.credit"), right}}
	if refused != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

// found is the organisation that was typed: its id, or a name that one alone has.
func (p *Community) bodyTyped(r *http.Request, typed string) (string, error) {
	id := entryTyped(typed)
	if _, err := p.Bodies.Find(r.Context(), id); err == nil {
		return id, nil
	} else if fault.CodeOf(err) != fault.NotFound {
		return "", err
	}
	found, err := p.Bodies.Search(r.Context(), cut(typed, 200), 2)
	if err != nil || len(found) != 1 {
		return "", err
	}
	return found[0].ID, nil
}

func (p *Community) propose(w http.ResponseWriter, r *http.Request) error {
	c := commons.ProposedCredit{Entry: r.PathValue("id"), Did: r.PostFormValue("did")}
	switch r.PostFormValue("who") {
	case "me":
		c.Own = true
	case "person":
		c.Email = cut(r.PostFormValue("email"), 300)
	case "organisation":
		id, err := p.bodyTyped(r, r.PostFormValue("organisation"))
		if err != nil {
			return err
		}
		if c.Organisation = id; id == "" {
			return p.creditPage(w, r, fault.New(fault.Invalid, "commons.credit.organisation_unknown").In("organisation"))
		}
	}
	err := p.Credits.Propose(r.Context(), c)
	if code := fault.CodeOf(err); code == fault.Invalid || code == fault.Conflict {
		return p.creditPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, address(c.Entry)+"/contributions?fait=1", http.StatusSeeOther)
}

func (p *Community) uncredit(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Store.Credit(r.Context(), r.PathValue("id"))
	if err == nil {
		err = p.Credits.Remove(r.Context(), c.ID, versionOf(r))
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, address(c.Entry)+"/contributions", http.StatusSeeOther)
}

// creditLines are credits one by one: by entry for those they credit, by name for others.
func (p *Community) creditLines(r *http.Request, list []commons.Credit, own bool) ([]creditView, error) {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	var ids, persons []string
	for _, c := range list {
		ids, persons = append(ids, c.Entry), append(persons, c.Person)
	}
	found, err := p.Library.All(ctx, ids)
	if err != nil {
		return nil, err
	}
	entries := map[string]commons.Entry{}
	for _, e := range found {
		entries[e.ID] = e
	}
	names, err := p.names(r, persons...)
	if err != nil {
		return nil, err
	}
	var out []creditView
	for _, c := range list {
		e, there := entries[c.Entry]
		if !there {
			continue
		}
		v := creditView{Text: e.Title(), Href: address(e.ID), State: l.T("commons.did." + c.Did), Who: names[c.Person], Asked: c.State == commons.CreditAsked || c.State == commons.CreditRefused, Shown: c.State == commons.CreditShown,
			Action: "/mes-contributions/" + c.ID + "/decider", Version: strconv.FormatInt(c.Version, 10)}
		if c.Organisation != "" {
			o, err := p.Bodies.Find(ctx, c.Organisation)
			if err != nil && fault.CodeOf(err) != fault.NotFound {
				return nil, err
			}
			v.Who = o.Name
		}
		if !own {
			v.Action = "/contributions/" + c.ID + "/retirer"
		} else if c.Organisation == "" {
			v.Who = ""
		}
		out = append(out, v)
	}
	return out, nil
}

// ownCreditsView is what credits the reader and the organisations they speak for.
type ownCreditsView struct {
	Title, Lead string
	Notices     []web.Notice
	Asked       []creditView
	Shown       []creditView
	Refused     []creditView
	Empty       *web.State
	Open        bool
	Page        *web.Anchor
}

func (p *Community) credits(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	me := people.Of(ctx).Person.ID
	list, err := p.Store.Credits(ctx, commons.CreditFilter{Person: me})
	if err != nil {
		return err
	}
	if bodies := commons.Bodies(ctx); len(bodies) > 0 {
		more, err := p.Store.Credits(ctx, commons.CreditFilter{Organisations: bodies})
		if err != nil {
			return err
		}
		list = append(list, more...)
	}
	by := map[commons.CreditState][]commons.Credit{}
	for _, c := range list {
		by[c.State] = append(by[c.State], c)
	}
	v := &ownCreditsView{Title: l.T("library.credits.title"), Lead: l.T("library.credits.lead")}
	for state, into := range map[commons.CreditState]*[]creditView{commons.CreditAsked: &v.Asked, commons.CreditShown: &v.Shown, commons.CreditRefused: &v.Refused} {
		if *into, err = p.creditLines(r, by[state], true); err != nil {
			return err
		}
	}
	if len(v.Asked)+len(v.Shown)+len(v.Refused) == 0 {
		v.Empty = &web.State{Kind: "empty", Title: l.T("library.credits.empty"), Text: l.T("library.credits.empty_next"), Action: &web.Anchor{Text: l.T("library.title"), Href: "/communs"}}
	}
	page, err := p.Store.ContributorPage(ctx, me)
	if err != nil {
		return err
	}
	if page != "" {
		v.Open, v.Page = true, &web.Anchor{Text: l.T("library.credits.see"), Href: "/contributions/" + page}
	}
	if r.URL.Query().Get("fait") != "" {
		v.Notices = []web.Notice{{Kind: web.Done, Text: l.T("library.credits.done"), Role: "status"}}
	}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "library/credits", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}, Rights: []web.Right{p.alone(r)}})
}

// alone says that a page is the reader's alone.
func (p *Community) alone(r *http.Request) web.Right {
	l := p.Kit.Locale(r.Context())
	return web.Right{What: l.T("library.right.own"), Who: l.T("library.right.own_who"), May: true, Why: l.T("library.right.own_why")}
}

func (p *Community) consent(w http.ResponseWriter, r *http.Request) error {
	if err := p.Credits.Decide(r.Context(), r.PathValue("id"), versionOf(r), r.PostFormValue("accepter") != ""); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/mes-contributions?fait=1", http.StatusSeeOther)
}

func (p *Community) ownPage(w http.ResponseWriter, r *http.Request) error {
	if err := p.Credits.OpenPage(r.Context(), r.PostFormValue("ouvrir") != ""); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/mes-contributions?fait=1", http.StatusSeeOther)
}

// contributorView is the public page of what a person did.
type contributorView struct {
	Title, Lead string
	Credits     []creditView
	Empty       string
}

func (p *Community) contributor(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	person, err := p.Store.Contributor(ctx, r.PathValue("page"))
	if err != nil {
		return err
	}
	names, err := p.People.Names(ctx, []string{person})
	if err == nil && names[person] == "" {
		err = fault.New(fault.NotFound, "commons.contributor.not_found")
	}
	if err != nil {
		return err
	}
	list, err := p.Store.Credits(ctx, commons.CreditFilter{Person: person, States: []commons.CreditState{commons.CreditShown}})
	if err != nil {
		return err
	}
	v := &contributorView{Title: names[person], Lead: l.T("library.contributor.lead"), Empty: l.T("library.contributor.none")}
	if v.Credits, err = p.creditLines(r, list, true); err != nil {
		return err
	}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "library/contributor", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}})
}

// OfOrganisation is what the page of an organisation shows of what it did; "" if nothing
// is to be shown.
func (p *Community) OfOrganisation(r *http.Request, organisation string) (template.HTML, error) {
	l := p.Kit.Locale(r.Context())
	list, err := p.Store.Credits(r.Context(), commons.CreditFilter{Organisations: []string{organisation}, States: []commons.CreditState{commons.CreditShown}})
	if err != nil {
		return "", err
	}
	v := &contributorView{Title: l.T("library.credit.of_organisation")}
	if v.Credits, err = p.creditLines(r, list, true); err != nil {
		return "", err
	}
	for i := range v.Credits {
		v.Credits[i].Who = ""
	}
	following, err := p.followAnchor(r, "organisation:"+organisation)
	if err != nil {
		return "", err
	}
	return p.Kit.Fragment(l.Lang(), "library/did", &didView{v, following})
}

// didView is what an organisation did, on its page.
type didView struct {
	*contributorView
	Follow web.Anchor
}
