package commonsweb

import (
	"net/http"
	"net/url"
	"slices"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/follow"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// followAnchor leads to where a subject is followed, or says that it is.
func (p *Community) followAnchor(r *http.Request, subject string) (web.Anchor, error) {
	l := p.Kit.Locale(r.Context())
	a := web.Anchor{Text: l.T("library.follow"), Href: followHref(subject), Quiet: true, Rel: "nofollow"}
	yes, err := follow.Following(r.Context(), p.Follows, subject)
	if yes {
		a.Text = l.T("library.followed")
	}
	return a, err
}

// followsView is what the reader follows.
type followsView struct {
	Title, Lead string
	Notices     []web.Notice
	Asked       *followView // what the reader came to follow
	Follows     []followView
	Empty       *web.State
	Choices     web.Anchor
}

// followView is something that is followed, or may be.
type followView struct {
	Subject, Text, Href, Kind string
	On                        bool
}

// named is a subject in words, fault.NotFound if there is no such thing.
func (p *Community) named(r *http.Request, l *i18n.Localizer, subject string) (followView, error) {
	ctx := r.Context()
	v := followView{Subject: subject}
	entry, organisation, place, err := follow.Parse(subject)
	switch {
	case err != nil:
		return v, fault.New(fault.NotFound, "follow.unknown")
	case entry != "":
		e, err := p.Library.Read(ctx, entry)
		v.Text, v.Href, v.Kind = e.Title(), address(entry), l.T("commons.kind."+string(e.Kind))
		return v, err
	case organisation != "":
		o, err := p.Bodies.Find(ctx, organisation)
		v.Text, v.Href, v.Kind = o.Name, "/organisations/"+organisation, l.T("library.follow.organisation")
		return v, err
	}
	s := snapshot.FromContext(ctx)
	t, ok := s.France.Territory(place)
	if !ok {
		return v, fault.New(fault.NotFound, "territory.not_found", subject)
	}
	v.Text, v.Href, v.Kind = naming.Heading(l, s.France, t), "/communs?territoire="+url.QueryEscape(subject), naming.Kind(l, t)
	return v, nil
}

func (p *Community) follows(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	mine, err := p.Follows.Follows(ctx, people.Of(ctx).Person.ID)
	if err != nil {
		return err
	}
	v := &followsView{Title: l.T("library.follows.title"), Lead: l.T("library.follows.lead"), Choices: web.Anchor{Text: l.T("library.follows.choices"), Href: "/mes-notifications/choix"}}
	if subject := cut(r.URL.Query().Get("objet"), 200); subject != "" {
		asked, err := p.named(r, l, subject)
		if err != nil {
			return err
		}
		asked.On = slices.ContainsFunc(mine, func(f follow.Follow) bool { return f.Subject == subject })
		v.Asked = &asked
	}
	for _, f := range mine {
		one, err := p.named(r, l, f.Subject)
		if code := fault.CodeOf(err); code == fault.NotFound || code == fault.Gone { // it went: it can still be taken off the list
			one, err = followView{Subject: f.Subject, Text: l.T("library.follow.gone")}, nil
		}
		if err != nil {
			return err
		}
		one.On = true
		v.Follows = append(v.Follows, one)
	}
	if len(mine) == 0 && v.Asked == nil {
		v.Empty = &web.State{Kind: "empty", Title: l.T("library.follows.empty"), Text: l.T("library.follows.empty_next"), Action: &web.Anchor{Text: l.T("library.title"), Href: "/communs"}}
	}
	switch done := r.URL.Query().Get("fait"); done {
	case "on", "off":
		v.Notices = []web.Notice{{Kind: web.Done, Text: l.T("library.follows.done." + done), Role: "status"}}
	}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "library/follows", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}, Rights: []web.Right{p.alone(r)}})
}

func (p *Community) follow(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), people.Of(r.Context())
	subject := cut(r.PostFormValue("objet"), 200)
	if r.PostFormValue("cesser") != "" {
		if err := p.Follows.Unfollow(ctx, actor.By(), actor.Person.ID, subject); err != nil {
			return err
		}
		return p.Kit.Redirect(w, r, "/mes-suivis?fait=off", http.StatusSeeOther)
	}
	if _, err := p.named(r, p.Kit.Locale(ctx), subject); err != nil {
		return err
	}
	if err := p.Follows.Follow(ctx, actor.By(), actor.Person.ID, subject); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/mes-suivis?fait=on", http.StatusSeeOther)
}

// searchesView are the searches that the reader keeps.
type searchesView struct {
	Title, Lead string
	Notices     []web.Notice
	Errors      web.Errors
	Saving      bool
	Query       string
	What        *web.Anchor // the search that is to be kept
	Fields      []web.Field
	Searches    []searchView
	Empty       *web.State
}

// searchView is a search that is kept.
type searchView struct{ Name, Href, Often, Feed, Drop string }

func (p *Community) searches(w http.ResponseWriter, r *http.Request) error {
	return p.searchesPage(w, r, cut(r.URL.Query().Get("recherche"), 4000), nil)
}

func (p *Community) searchesPage(w http.ResponseWriter, r *http.Request, query string, refused error) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	mine, err := p.Store.Searches(ctx, people.Of(ctx).Person.ID)
	if err != nil {
		return err
	}
	v := &searchesView{Title: l.T("library.searches.title"), Lead: l.T("library.searches.lead"), Query: query, Saving: query != "" || refused != nil}
	if v.Errors.Items, err = wrongs(l, refused); err != nil {
		return err
	}
	if v.Saving {
		v.What = &web.Anchor{Text: l.T("library.searches.see"), Href: "/communs?" + canonical(query)}
		name := web.Field{Name: "name", Label: l.T("library.searches.name"), Help: l.T("library.searches.name_help"), Value: r.PostFormValue("name"), Required: true}
		if q, err := url.ParseQuery(query); err == nil && name.Value == "" {
			name.Value = cut(q.Get("q"), 100)
		}
		often := web.Field{Name: "often", Type: "radio", Label: l.T("library.searches.often"), Help: l.T("library.searches.often_help"), Required: true}
		chosen := commons.Often(r.PostFormValue("often"))
		if chosen == "" {
			chosen = commons.EachWeek
		}
		for _, o := range commons.AllOften {
			often.Options = append(often.Options, web.Option{Value: string(o), Label: l.T("library.searches.often." + string(o)), Chosen: o == chosen})
		}
		v.Fields = []web.Field{marking(name, v.Errors.Items), marking(often, v.Errors.Items)}
	}
	for _, s := range mine {
		v.Searches = append(v.Searches, searchView{s.Name, "/communs?" + s.Query, l.T("library.searches.often." + string(s.Often)), "/communs/flux?" + s.Query, "/mes-recherches/" + s.ID + "/supprimer"})
	}
	if len(mine) == 0 && !v.Saving {
		v.Empty = &web.State{Kind: "empty", Title: l.T("library.searches.empty"), Text: l.T("library.searches.empty_next"), Action: &web.Anchor{Text: l.T("library.title"), Href: "/communs"}}
	}
	switch done := r.URL.Query().Get("fait"); done {
	case "saved", "dropped":
		v.Notices = []web.Notice{{Kind: web.Done, Text: l.T("library.searches.done." + done), Role: "status"}}
	}
	page := &web.Page{Title: v.Title, Template: "library/searches", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}, Rights: []web.Right{p.alone(r)}}
	if refused != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

// canonical is a query as an address may hold it.
func canonical(query string) string {
	q, _ := url.ParseQuery(query) // what cannot be read is left out
	return q.Encode()
}

func (p *Community) save(w http.ResponseWriter, r *http.Request) error {
	query := canonical(cut(r.PostFormValue("recherche"), 4000))
	err := p.Searches.Save(r.Context(), r.PostFormValue("name"), query, string(p.Kit.Locale(r.Context()).Lang()), commons.Often(r.PostFormValue("often")))
	if code := fault.CodeOf(err); code == fault.Invalid {
		return p.searchesPage(w, r, query, err)
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/mes-recherches?fait=saved", http.StatusSeeOther)
}

func (p *Community) drop(w http.ResponseWriter, r *http.Request) error {
	if err := p.Searches.Drop(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/mes-recherches?fait=dropped", http.StatusSeeOther)
}

// ReadSearch reads a search as the address of the list holds it: what is kept of it.
func (p *Pages) ReadSearch(query, lang string, f *territory.France) (commons.Search, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return commons.Search{}, fault.New(fault.NotFound, "commons.search.not_found").Because(err)
	}
	a, err := readQuery(q, lang, f)
	return a.search, err
}
