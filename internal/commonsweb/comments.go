package commonsweb

import (
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// commentsOnPage is how many comments a page shows, and commentsOnEntry the page of an entry.
const (
	commentsOnPage  = 30
	commentsOnEntry = 3
)

// commentView is a comment as it is read.
type commentView struct {
	ID, Who, When, Note string // Note: that it answers another, was edited, waits
	Body                template.HTML
	Gone                string // instead of Body: hidden, with why, or deleted
	Answer              string // where it is answered
	Own                 string // where its author changes it
	Report              string
	Decide              string // where moderators decide
	Version             string
	Waits, Hidden       bool
	Entry               *web.Anchor // in the queue
}

// commentsView is the page of comments of an entry; Talk its part on the page of the entry.
type commentsView struct {
	Title    string
	Notices  []web.Notice
	Errors   web.Errors
	Comments []commentView
	Pages    *web.Pagination
	Empty    string
	Action   string // where one is written, "" for who may not
	SignIn   *web.Anchor
	Answers  *web.Anchor // the comment that is answered
	Parent   string
	Text     web.Field
	Note     string
	More     *web.Anchor
	Actions  []web.Anchor
}

// commentViews are comments as the reader sees them.
func (p *Community) commentViews(r *http.Request, list []commons.Comment, moderate bool) ([]commentView, error) {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	var ids []string
	for _, c := range list {
		ids = append(ids, c.Author)
	}
	names, err := p.names(r, ids...)
	if err != nil {
		return nil, err
	}
	me := people.Of(ctx).Person.ID
	out := make([]commentView, len(list))
	for i, c := range list {
		v := commentView{ID: c.ID, When: l.Moment(c.CreatedAt), Who: l.T("library.comment.somebody"), Version: strconv.FormatInt(c.Version, 10)}
		if name := names[c.Author]; name != "" {
			v.Who = name
		}
		switch c.State {
		case commons.CommentDeleted:
			v.Gone = l.T("library.comment.deleted")
		case commons.CommentHidden:
			v.Gone, v.Hidden = l.T("library.comment.hidden", l.Date(c.DecidedAt.In(p.Zone)), c.Reason), moderate && c.Text != ""
			if moderate || c.Author == me && me != "" {
				v.Body = said(c.Text)
			}
		case commons.CommentWaiting:
			v.Body, v.Waits, v.Note = said(c.Text), true, l.T("library.comment.waits")
		case commons.CommentShown:
			v.Body = said(c.Text)
			v.Answer, v.Report = "/communs/"+c.Entry+"/commentaires?reponse="+c.ID+"#ecrire", reportHref(commons.CommentSubject(c.ID))
			if !c.EditedAt.IsZero() {
				v.Note = l.T("library.comment.edited", l.Moment(c.EditedAt))
			}
		}
		if c.Parent != "" && v.Gone == "" {
			if at := slices.IndexFunc(list, func(o commons.Comment) bool { return o.ID == c.Parent }); at >= 0 && names[list[at].Author] != "" {
				v.Note = l.T("library.comment.answers_to", names[list[at].Author]) + " " + v.Note
			} else {
				v.Note = l.T("library.comment.answers") + " " + v.Note
			}
		}
		if me != "" && c.Author == me && (c.State == commons.CommentShown || c.State == commons.CommentWaiting) {
			v.Own = "/commentaires/" + c.ID
		}
		if moderate {
			v.Decide = "/commentaires/" + c.ID + "/decider"
		}
		out[i] = v
	}
	return out, nil
}

// commentPart is what the page of an entry shows of its comments: the last ones.
func (p *Community) commentPart(r *http.Request, e *commons.Entry, _ commons.Sheet) (template.HTML, error) {
	l := p.Kit.Locale(r.Context())
	_, total, _, err := p.Comments.Seen(r.Context(), e, 1, 0)
	if err != nil {
		return "", err
	}
	list, _, _, err := p.Comments.Seen(r.Context(), e, commentsOnEntry, max(0, total-commentsOnEntry))
	if err != nil {
		return "", err
	}
	at := address(e.ID) + "/commentaires"
	v := &commentsView{Title: l.T("library.comment.title"), Empty: l.T("library.comment.none"), More: &web.Anchor{Text: l.T("library.comment.write_first"), Href: at + "#ecrire", Rel: "nofollow"}}
	if v.Comments, err = p.commentViews(r, list, false); err != nil {
		return "", err
	}
	if total > 0 {
		v.More = &web.Anchor{Text: l.T("library.comment.all", total), Href: at}
	}
	following, err := p.followAnchor(r, "entry:"+e.ID)
	if err != nil {
		return "", err
	}
	v.Actions = []web.Anchor{following, {Text: l.T("library.report"), Href: reportHref("entry:" + e.ID), Quiet: true, Rel: "nofollow"}}
	return p.Kit.Fragment(l.Lang(), "library/talk", v)
}

func (p *Community) comments(w http.ResponseWriter, r *http.Request) error {
	return p.commentsPage(w, r, nil)
}

// commentsPage are the comments of an entry, with why one was refused.
func (p *Community) commentsPage(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	e, err := p.Library.Read(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if e.State == commons.Merged {
		return p.Kit.Redirect(w, r, address(e.MergedInto)+"/commentaires", http.StatusFound)
	}
	at, n := address(e.ID)+"/commentaires", pageOf(r)
	list, total, moderate, err := p.Comments.Seen(ctx, &e, commentsOnPage, (n-1)*commentsOnPage)
	if err != nil {
		return err
	}
	v := &commentsView{Title: l.T("library.comment.title_of", e.Title()), Empty: l.T("library.comment.none"), Pages: paged(l, l.T("library.comment.title"), at, n, commentsOnPage, total)}
	if v.Comments, err = p.commentViews(r, list, moderate); err != nil {
		return err
	}
	page := &web.Page{Title: v.Title, Template: "library/comments", View: v, NoIndex: n > 1, Crumbs: []web.Crumb{root(l), kindCrumb(l, e.Kind), {Text: e.Title(), Href: address(e.ID)}}}
	if v.Errors.Items, err = wrongs(l, refused); err != nil {
		return err
	}
	if refused != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	switch r.URL.Query().Get("fait") {
	case "shown", "waiting", "edit", "delete", "moderate":
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: l.T("library.comment.done." + r.URL.Query().Get("fait")), Role: "status"})
	}
	if people.Of(ctx).Known() {
		v.Action = at
		v.Text = marking(web.Field{Name: "text", Type: "textarea", Rows: 5, Label: l.T("library.comment.text"), Help: l.T("library.comment.text_help"), Value: r.PostFormValue("text"), Required: true}, v.Errors.Items)
		review, err := p.Comments.Review(ctx)
		if err != nil {
			return err
		}
		v.Note = l.T("library.comment.review." + string(review))
		if parent := cut(r.FormValue("reponse"), 40); parent != "" {
			if c, err := p.Store.Comment(ctx, parent); err == nil && c.Entry == e.ID && c.State == commons.CommentShown {
				v.Parent = c.ID
				v.Answers = &web.Anchor{Text: l.T("library.comment.answers_this"), Href: at + "#c-" + c.ID}
			} else if err != nil && fault.CodeOf(err) != fault.NotFound {
				return err
			}
		}
	} else {
		v.SignIn = &web.Anchor{Text: l.T("library.comment.sign_in"), Href: "/connexion?retour=" + at, Quiet: true, Rel: "nofollow"}
	}
	right, err := moderateRight(ctx, l, e.Scope())
	if err != nil {
		return err
	}
	page.Rights = []web.Right{signedRight(ctx, l, "library.right.comment"), right}
	return p.Kit.Page(w, r, page)
}

func (p *Community) comment(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Comments.Write(r.Context(), r.PathValue("id"), r.PostFormValue("reponse"), r.PostFormValue("text"))
	if err != nil {
		if code := fault.CodeOf(err); code == fault.Invalid {
			return p.commentsPage(w, r, err)
		}
		return err
	}
	e, err := p.Library.Read(r.Context(), c.Entry)
	if err != nil {
		return err
	}
	_, total, _, err := p.Comments.Seen(r.Context(), &e, 1, 0)
	if err != nil {
		return err
	}
	last := max(1, (total+commentsOnPage-1)/commentsOnPage)
	return p.Kit.Redirect(w, r, address(c.Entry)+"/commentaires?fait="+string(c.State)+"&page="+strconv.Itoa(last)+"#c-"+c.ID, http.StatusSeeOther)
}

// ownView is where an author changes a comment.
type ownView struct {
	Title    string
	Errors   web.Errors
	Edit     string // "" once it is too late
	Late     string
	Text     web.Field
	Delete   string
	Version  string
	Continue web.Anchor
}

func (p *Community) ownComment(w http.ResponseWriter, r *http.Request) error {
	return p.ownPageOf(w, r, nil)
}

func (p *Community) ownPageOf(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	c, err := p.Store.Comment(ctx, r.PathValue("id"))
	if err == nil && (c.Author != people.Of(ctx).Person.ID || c.State != commons.CommentShown && c.State != commons.CommentWaiting) {
		err = fault.New(fault.NotFound, "commons.comment.not_found")
	}
	if err != nil {
		return err
	}
	v := &ownView{Title: l.T("library.comment.own"), Delete: "/commentaires/" + c.ID + "/supprimer", Version: strconv.FormatInt(c.Version, 10), Continue: web.Anchor{Text: l.T("library.comment.back"), Href: commons.CommentAddress(c)}}
	if v.Errors.Items, err = wrongs(l, refused); err != nil {
		return err
	}
	if p.Comments.MayEdit(ctx, c) {
		v.Edit = "/commentaires/" + c.ID + "/modifier"
		v.Text = marking(web.Field{Name: "text", Type: "textarea", Rows: 5, Label: l.T("library.comment.text"), Help: l.T("library.comment.edit_help", l.Moment(c.CreatedAt.Add(commons.EditFor))), Value: c.Text, Required: true}, v.Errors.Items)
		if refused != nil {
			v.Text.Value = r.PostFormValue("text")
		}
	} else {
		v.Late = l.T("library.comment.late")
	}
	page := &web.Page{Title: v.Title, Template: "library/own", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}, Rights: []web.Right{signedRight(ctx, l, "library.right.comment")}}
	if refused != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

func (p *Community) changedComment(w http.ResponseWriter, r *http.Request, done string, c commons.Comment, err error) error {
	if code := fault.CodeOf(err); code == fault.Invalid || code == fault.Conflict {
		return p.ownPageOf(w, r, err)
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, address(c.Entry)+"/commentaires?fait="+done+"#c-"+c.ID, http.StatusSeeOther)
}

func (p *Community) editComment(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Comments.Edit(r.Context(), r.PathValue("id"), versionOf(r), r.PostFormValue("text"))
	return p.changedComment(w, r, "edit", c, err)
}

func (p *Community) deleteComment(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Comments.Delete(r.Context(), r.PathValue("id"), versionOf(r))
	return p.changedComment(w, r, "delete", c, err)
}

// queueView are the comments that wait for the reader.
type queueView struct {
	Title, Lead string
	Notices     []web.Notice
	Errors      web.Errors
	Comments    []commentView
	Reason      web.Field
	Empty       *web.State
	Setting     string // where what waits is set, "" for who may not
	Review      web.Field
}

func (p *Community) waiting(w http.ResponseWriter, r *http.Request) error {
	return p.waitingPage(w, r, nil)
}

func (p *Community) waitingPage(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	list, entries, err := p.Comments.Waiting(ctx)
	if err != nil {
		return err
	}
	v := &queueView{Title: l.T("library.comment.queue"), Lead: l.T("library.comment.queue_lead")}
	if v.Errors.Items, err = wrongs(l, refused); err != nil {
		return err
	}
	if v.Comments, err = p.commentViews(r, list, true); err != nil {
		return err
	}
	for i, c := range list {
		e := entries[c.Entry]
		v.Comments[i].Entry = &web.Anchor{Text: e.Title(), Href: address(e.ID)}
	}
	if len(list) == 0 {
		v.Empty = &web.State{Kind: "empty", Title: l.T("library.comment.queue_empty"), Text: l.T("library.comment.queue_empty_next"), Action: &web.Anchor{Text: l.T("library.reports"), Href: "/signalements"}}
	}
	if r.URL.Query().Get("fait") != "" {
		v.Notices = []web.Notice{{Kind: web.Done, Text: l.T("library.comment.done.moderate"), Role: "status"}}
	}
	if d, err := people.Of(ctx).May(ctx, "setting.comments", people.Everywhere); err != nil {
		return err
	} else if d.May {
		now, err := p.Comments.Review(ctx)
		if err != nil {
			return err
		}
		v.Setting = "/commentaires/reglages"
		v.Review = web.Field{Name: "review", Type: "radio", Label: l.T("library.comment.setting"), Help: l.T("library.comment.setting_help"), Required: true}
		for _, c := range commons.CommentReviews {
			v.Review.Options = append(v.Review.Options, web.Option{Value: string(c), Label: l.T("library.comment.setting." + string(c)), Chosen: c == now})
		}
	}
	d := people.Of(ctx).MaySomewhere("report")
	page := &web.Page{Title: v.Title, Template: "library/queue", View: v, NoIndex: true, Crumbs: []web.Crumb{root(l)}, Rights: []web.Right{{What: l.T("people.right." + d.Right.Name), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}}}
	if refused != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

func (p *Community) moderate(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	var c commons.Comment
	var err error
	if r.PostFormValue("publier") != "" {
		c, err = p.Comments.Show(r.Context(), id, versionOf(r))
	} else {
		c, err = p.Comments.Hide(r.Context(), id, versionOf(r), r.PostFormValue("reason"))
	}
	if code := fault.CodeOf(err); code == fault.Invalid || code == fault.Conflict {
		return p.waitingPage(w, r, err)
	}
	if err != nil {
		return err
	}
	if r.PostFormValue("retour") == "liste" {
		return p.Kit.Redirect(w, r, "/commentaires/a-relire?fait=moderate", http.StatusSeeOther)
	}
	return p.Kit.Redirect(w, r, address(c.Entry)+"/commentaires?fait=moderate#c-"+c.ID, http.StatusSeeOther)
}

func (p *Community) reviewed(w http.ResponseWriter, r *http.Request) error {
	review := commons.CommentReview(r.PostFormValue("review"))
	if !slices.Contains(commons.CommentReviews, review) {
		return p.waitingPage(w, r, fault.New(fault.Invalid, "commons.comment.review").In("review"))
	}
	value, err := json.Marshal(commons.CommentSettings{Review: review})
	if err != nil {
		return err
	}
	if _, err := p.Settings.UpdateSetting(r.Context(), people.Of(r.Context()).By(), commons.CommentsName, -1, func(json.RawMessage) (json.RawMessage, error) { return value, nil }); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/commentaires/a-relire?fait=moderate", http.StatusSeeOther)
}
