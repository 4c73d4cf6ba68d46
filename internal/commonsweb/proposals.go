package commonsweb

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// pageRows is how many proposals a page of a list shows.
const pageRows = 50

// proposalsView is a list of proposals.
type proposalsView struct {
	Title, Lead string
	Notices     []web.Notice
	Table       *web.Table
	Empty       *web.State
	Pages       *web.Pagination
	Actions     []web.Anchor
}

// mine are the proposals of the reader.
func (p *Pages) mine(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	v := &proposalsView{Title: l.T("library.mine.title"), Lead: l.T("library.mine.lead"),
		Actions: []web.Anchor{{Text: l.T("library.choose.title"), Href: "/proposer", Strong: true},
			{Text: l.T("library.credits.title"), Href: "/mes-contributions", Quiet: true}, {Text: l.T("library.follows.title"), Href: "/mes-suivis", Quiet: true}, {Text: l.T("library.searches.title"), Href: "/mes-recherches", Quiet: true}},
		Empty: &web.State{Kind: "empty", Title: l.T("library.mine.empty"), Text: l.T("library.mine.empty_next")}}
	return p.list(w, r, v, commons.RevisionFilter{Author: people.Of(r.Context()).Person.ID}, "/propositions", proposeRight(r.Context(), l))
}

// queue are the proposals that wait for the reader.
func (p *Pages) queue(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	v := &proposalsView{Title: l.T("library.queue.title"), Lead: l.T("library.queue.lead"),
		Actions: []web.Anchor{{Text: l.T("library.comment.queue"), Href: "/commentaires/a-relire", Quiet: true}, {Text: l.T("library.reports"), Href: "/signalements", Quiet: true}}, Empty: &web.State{Kind: "empty", Title: l.T("library.queue.empty"), Text: l.T("library.queue.empty_next")}}
	homes, err := p.Library.Homes(ctx)
	if err != nil {
		return err
	}
	d := people.Of(ctx).MaySomewhere(commons.Review)
	rights := web.Right{What: l.T("people.right." + d.Right.Name), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}
	return p.list(w, r, v, commons.RevisionFilter{States: []commons.RevisionState{commons.Submitted}, Homes: homes}, "/propositions/a-relire", rights)
}

// list is a page of proposals.
func (p *Pages) list(w http.ResponseWriter, r *http.Request, v *proposalsView, f commons.RevisionFilter, at string, rights web.Right) error {
	t := p.teller(r)
	n := 1
	if asked, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && asked > 1 && asked < 1e6 {
		n = asked
	}
	f.Limit, f.Offset = pageRows, (n-1)*pageRows
	found, total, err := p.Library.Store.Revisions(r.Context(), f)
	if err != nil {
		return err
	}
	ids, authors := make([]string, len(found)), make([]string, len(found))
	for i, rev := range found {
		ids[i], authors[i] = rev.Entry, rev.Author
	}
	entries, err := p.Library.All(r.Context(), ids)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for i := range entries {
		titles[entries[i].ID] = entries[i].Title()
	}
	names, err := p.names(r, authors...)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		v.Empty = nil
		v.Table = &web.Table{ID: "propositions", Caption: v.Title, Quiet: true, Columns: []web.Column{
			{Title: t.l.T("library.list.entry")}, {Title: t.l.T("library.list.state")}, {Title: t.l.T("library.list.when")}, {Title: t.l.T("library.list.author")}, {Title: t.l.T("library.list.home")},
		}}
		for _, rev := range found {
			title := cmp.Or(rev.Sheet.Get("title"), titles[rev.Entry], t.l.T("library.untitled"))
			v.Table.Rows = append(v.Table.Rows, []web.Cell{
				{Text: title, Href: proposalAddress(rev.ID), Note: t.l.T("commons.kind." + string(rev.Kind))}, {Text: t.l.T("library.state." + string(rev.State))},
				{Text: t.l.Date(rev.UpdatedAt.In(p.Zone))}, {Text: who(t.l, names, rev.Author)}, {Text: t.home(rev.Home)},
			})
		}
	}
	if total > pageRows {
		v.Pages = &web.Pagination{Label: v.Title, Text: t.l.T("library.list.page", f.Offset+1, min(f.Offset+pageRows, total), total)}
		if n > 1 {
			v.Pages.Previous = at + "?page=" + strconv.Itoa(n-1)
		}
		if f.Offset+pageRows < total {
			v.Pages.Next = at + "?page=" + strconv.Itoa(n+1)
		}
	}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "library/proposals", View: v, NoIndex: true, Crumbs: []web.Crumb{root(t.l)}, Rights: []web.Right{rights}})
}

// home is where an entry is reviewed, in words.
func (t *teller) home(id territory.ID) string {
	if u, ok := t.f.Territory(id); ok {
		return naming.Heading(t.l, t.f, u)
	}
	return t.l.T("library.everywhere")
}

// changeView is what became of a field.
type changeView struct{ Field, Was, Now string }

// changes are the differences between two sheets in words.
func (t *teller) changes(was, now commons.Sheet) ([]changeView, error) {
	if err := t.know(was, now); err != nil {
		return nil, err
	}
	var out []changeView
	for _, c := range was.Changes(now) {
		before, err := t.texts(c.Field, c.Was)
		if err != nil {
			return nil, err
		}
		after, err := t.texts(c.Field, c.Now)
		if err != nil {
			return nil, err
		}
		out = append(out, changeView{t.field(c.Field), before, after})
	}
	return out, nil
}

// proposalView is the page of a proposal.
type proposalView struct {
	Title, State string
	Notices      []web.Notice
	Facts        web.Facts
	Changes      []changeView
	New          bool // the entry is not published yet
	Actions      []web.Anchor
	Withdraw     string // where its author takes it back
	Decide       string // where a moderator decides
	Version      string
	Answer       web.Field
	Clashes      []clashView
}

// clashView is a field that others changed otherwise, to choose from.
type clashView struct{ Name, Label, Theirs, Yours string }

func (p *Pages) proposal(w http.ResponseWriter, r *http.Request) error {
	return p.proposalPage(w, r, nil, "")
}

// proposalPage is the page of a proposal, with why a decision was refused.
func (p *Pages) proposalPage(w http.ResponseWriter, r *http.Request, refused error, answer string) error {
	ctx, t := r.Context(), p.teller(r)
	rev, e, err := p.Library.Proposed(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	base, err := p.Library.Before(ctx, rev, e)
	if err != nil {
		return err
	}
	was, _ := base.Sheet()
	base.Own = rev.Sheet
	now, _ := base.Sheet()
	v := &proposalView{Title: cmp.Or(now.Get("title"), t.l.T("library.untitled")), State: t.l.T("library.state." + string(rev.State)), New: rev.Base == 0 && e.Version == 0 && len(e.Said) == 0,
		Version: strconv.FormatInt(rev.Version, 10)}
	if v.Changes, err = t.changes(was, now); err != nil {
		return err
	}
	names, err := p.names(r, rev.Author, rev.Reviewer)
	if err != nil {
		return err
	}
	fact := func(key, text, href string) {
		if text != "" {
			v.Facts.Items = append(v.Facts.Items, web.Fact{Term: t.l.T("library.list." + key), Text: text, Href: href})
		}
	}
	fact("kind", t.l.T("commons.kind."+string(rev.Kind)), "")
	if !v.New {
		fact("entry", e.Title(), address(e.ID))
	}
	fact("author", who(t.l, names, rev.Author), "")
	fact("when", t.l.Date(rev.UpdatedAt.In(p.Zone)), "")
	fact("home", t.home(rev.Home), "")
	fact("note", rev.Note, "")
	if rev.Reviewer != "" {
		fact("reviewer", who(t.l, names, rev.Reviewer), "")
	}
	fact("answer", rev.Answer, "")
	review, err := reviewRight(ctx, t.l, rev.Scope())
	if err != nil {
		return err
	}
	if author := people.Of(ctx).Person.ID; author != "" && author == rev.Author && rev.State.Open() {
		v.Actions = append(v.Actions, web.Anchor{Text: t.l.T("library.resume"), Href: proposalAddress(rev.ID) + "/modifier", Strong: rev.State != commons.Submitted})
		v.Withdraw = proposalAddress(rev.ID) + "/abandonner"
	}
	if review.May && rev.State == commons.Submitted {
		v.Decide = proposalAddress(rev.ID) + "/decider"
		v.Answer = web.Field{Name: "answer", Type: "textarea", Label: t.l.T("library.decide.answer"), Help: t.l.T("library.decide.answer_help"), Value: answer}
	}
	switch done := commons.RevisionState(r.URL.Query().Get("fait")); done {
	case commons.Draft, commons.Submitted, commons.Refused, commons.Withdrawn, commons.Accepted:
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: t.l.T("library.done." + string(done)), Role: "status"})
	}
	page := &web.Page{Title: v.Title, Template: "library/proposal", View: v, NoIndex: true, Crumbs: []web.Crumb{root(t.l), {Text: t.l.T("library.mine.title"), Href: "/propositions"}},
		Rights: []web.Right{proposeRight(ctx, t.l), review}}
	if refused != nil {
		page.Status = http.StatusConflict
		if err := t.explain(refused, v); err != nil {
			return err
		}
	}
	return p.Kit.Page(w, r, page)
}

// explain puts on the page why a decision was refused; an error that is none of the
// moderator's is returned.
func (t *teller) explain(refused error, v *proposalView) error {
	if clash, ok := errors.AsType[*commons.Clash](refused); ok {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Text: t.l.T("commons.clash"), Role: "alert"})
		for _, name := range clash.Fields {
			theirs, err := t.texts(name, clash.Present[name])
			if err != nil {
				return err
			}
			yours, err := t.texts(name, clash.Proposed[name])
			if err != nil {
				return err
			}
			v.Clashes = append(v.Clashes, clashView{name, t.field(name), theirs, yours})
		}
		return nil
	}
	if e, ok := errors.AsType[*fault.Error](refused); ok && web.Status(refused) < 500 && fault.CodeOf(refused) != fault.Forbidden && fault.CodeOf(refused) != fault.NotFound {
		text := t.l.T(e.Key, e.Args...)
		if e.Field == "answer" {
			v.Answer.Error = text
		}
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Text: text, Role: "alert"})
		return nil
	}
	return refused
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	version, _ := strconv.ParseInt(r.PostFormValue(versionField), 10, 64)
	if err := p.Library.Withdraw(r.Context(), r.PathValue("id"), version); err != nil {
		return p.proposalPage(w, r, err, "")
	}
	return p.Kit.Redirect(w, r, proposalAddress(r.PathValue("id"))+"?fait="+string(commons.Withdrawn), http.StatusSeeOther)
}

// decide publishes or refuses a proposal. Where fields clash, the moderator chose for
// each whose words stay.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	version, _ := strconv.ParseInt(r.PostFormValue(versionField), 10, 64)
	d := commons.Decision{Revision: r.PathValue("id"), Version: version, Accept: r.PostFormValue("publier") != "", Answer: r.PostFormValue("answer")}
	rev, err := p.Library.Decide(r.Context(), d)
	if clash, ok := errors.AsType[*commons.Clash](err); ok && !slices.ContainsFunc(clash.Fields, func(f string) bool { return r.PostFormValue("pick."+f) == "" }) {
		for _, f := range clash.Fields {
			if r.PostFormValue("pick."+f) == "theirs" {
				clash.Proposed[f] = clash.Present[f]
			}
		}
		d.Sheet, d.Seen = clash.Proposed, &clash.Revision
		rev, err = p.Library.Decide(r.Context(), d)
	}
	if fault.CodeOf(err) == fault.Forbidden {
		return err
	}
	if err != nil {
		return p.proposalPage(w, r, err, d.Answer)
	}
	if rev.State == commons.Accepted {
		return p.Kit.Redirect(w, r, address(rev.Entry)+"?fait=publish", http.StatusSeeOther)
	}
	return p.Kit.Redirect(w, r, proposalAddress(rev.ID)+"?fait="+string(rev.State), http.StatusSeeOther)
}

// versionsView is the history of an entry.
type versionsView struct {
	Title    string
	Versions []versionView
	Pages    *web.Pagination
}

// versionView is a publication, with what it changed.
type versionView struct {
	Number  int
	When    string
	Who     string
	Note    string
	Changes []changeView
}

func (p *Pages) versions(w http.ResponseWriter, r *http.Request) error {
	ctx, t := r.Context(), p.teller(r)
	e, err := p.Library.Read(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	n := 1
	if asked, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && asked > 1 && asked < 1e6 {
		n = asked
	}
	const most = 20
	// One more than is shown: the last is compared with the one before it.
	found, total, err := p.Library.Store.Revisions(ctx, commons.RevisionFilter{Entry: e.ID, States: []commons.RevisionState{commons.Accepted}, Limit: most + 1, Offset: (n - 1) * most})
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b commons.Revision) int { return b.Number - a.Number })
	var ids []string
	for _, rev := range found {
		ids = append(ids, rev.Author)
	}
	names, err := p.names(r, ids...)
	if err != nil {
		return err
	}
	v := &versionsView{Title: t.l.T("library.versions.of", e.Title())}
	for i, rev := range found {
		if i == most {
			break
		}
		was := commons.Entry{Said: e.Said}
		if i+1 < len(found) {
			was.Own = found[i+1].Sheet
		}
		now := commons.Entry{Said: e.Said, Own: rev.Sheet}
		before, _ := was.Sheet()
		after, _ := now.Sheet()
		changes, err := t.changes(before, after)
		if err != nil {
			return err
		}
		v.Versions = append(v.Versions, versionView{rev.Number, t.l.Date(rev.DecidedAt.In(p.Zone)), who(t.l, names, rev.Author), rev.Note, changes})
	}
	if total > most {
		v.Pages = &web.Pagination{Label: v.Title, Text: t.l.T("library.list.page", (n-1)*most+1, min(n*most, total), total)}
		at := address(e.ID) + "/versions"
		if n > 1 {
			v.Pages.Previous = at + "?page=" + strconv.Itoa(n-1)
		}
		if n*most < total {
			v.Pages.Next = at + "?page=" + strconv.Itoa(n+1)
		}
	}
	review, err := reviewRight(ctx, t.l, e.Scope())
	if err != nil {
		return err
	}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "library/versions", View: v, NoIndex: true, Crumbs: []web.Crumb{root(t.l), {Text: e.Title(), Href: address(e.ID)}}, Rights: []web.Right{review}})
}
