package commonsweb

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/follow"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/report"
	"bassin/internal/setting"
	"bassin/internal/web"
)

// Community are the pages of what people say around entries: comments, credits, what
// they follow, searches they keep.
type Community struct {
	*Pages
	Store    commons.CommunityStore
	Comments *commons.Comments
	Credits  *commons.Credits
	Searches *commons.Searches
	Follows  follow.Store
	Settings setting.Store
}

// Routes are the ways in.
func (p *Community) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/communs/{id}/commentaires", Action: "commons.comment", Who: web.Everyone, Handler: p.comments},
		{Method: http.MethodPost, Pattern: "/communs/{id}/commentaires", Action: "commons.comment.write", Who: web.SignedIn, Handler: p.comment},
		{Method: http.MethodGet, Pattern: "/commentaires/{id}", Action: "commons.comment.own", Who: web.SignedIn, Handler: p.ownComment},
		{Method: http.MethodPost, Pattern: "/commentaires/{id}/modifier", Action: "commons.comment.edit", Who: web.SignedIn, Handler: p.editComment},
		{Method: http.MethodPost, Pattern: "/commentaires/{id}/supprimer", Action: "commons.comment.delete", Who: web.SignedIn, Handler: p.deleteComment},
		{Method: http.MethodGet, Pattern: "/commentaires/a-relire", Action: "report.comments", Who: web.Granted, Handler: p.waiting},
		{Method: http.MethodPost, Pattern: "/commentaires/{id}/decider", Action: "report.comments.decide", Who: web.Granted, Handler: p.moderate},
		{Method: http.MethodPost, Pattern: "/commentaires/reglages", Action: "setting.comments", Who: web.Granted, Handler: p.reviewed},
		{Method: http.MethodGet, Pattern: "/communs/{id}/contributions", Action: "commons.credit.sheet", Who: web.SignedIn, Handler: p.creditSheet},
		{Method: http.MethodPost, Pattern: "/communs/{id}/contributions", Action: "commons.credit.propose", Who: web.SignedIn, Handler: p.propose},
		{Method: http.MethodPost, Pattern: "/contributions/{id}/retirer", Action: "report.credit", Who: web.Granted, Handler: p.uncredit},
		{Method: http.MethodGet, Pattern: "/contributions/{page}", Action: "commons.contributor", Who: web.Everyone, Handler: p.contributor},
		{Method: http.MethodGet, Pattern: "/mes-contributions", Action: "commons.credits", Who: web.SignedIn, Handler: p.credits},
		{Method: http.MethodPost, Pattern: "/mes-contributions", Action: "commons.credits.page", Who: web.SignedIn, Handler: p.ownPage},
		{Method: http.MethodPost, Pattern: "/mes-contributions/{id}/decider", Action: "commons.credits.decide", Who: web.SignedIn, Handler: p.consent},
		{Method: http.MethodGet, Pattern: "/mes-suivis", Action: "follow.list", Who: web.SignedIn, Handler: p.follows},
		{Method: http.MethodPost, Pattern: "/mes-suivis", Action: "follow.change", Who: web.SignedIn, Handler: p.follow},
		{Method: http.MethodGet, Pattern: "/mes-recherches", Action: "commons.searches", Who: web.SignedIn, Handler: p.searches},
		{Method: http.MethodPost, Pattern: "/mes-recherches", Action: "commons.searches.save", Who: web.SignedIn, Handler: p.save},
		{Method: http.MethodPost, Pattern: "/mes-recherches/{id}/supprimer", Action: "commons.searches.drop", Who: web.SignedIn, Handler: p.drop},
	}
}

// EntryParts are what the page of an entry tells of all that.
func (p *Community) EntryParts() []Part { return []Part{p.creditPart, p.commentPart} }

// reportHref is where something is reported.
func reportHref(subject string) string { return "/signaler?objet=" + subject }

// followHref is where something is followed, or no more.
func followHref(subject string) string { return "/mes-suivis?objet=" + subject }

// moderateRight says who moderates in a place, and whether the reader may.
func moderateRight(ctx context.Context, l *i18n.Localizer, in people.Scope) (web.Right, error) {
	d, err := people.Of(ctx).May(ctx, report.Right, in)
	r, _ := people.RightOf(report.Right)
	return web.Right{What: l.T("people.right." + r.Name), Who: r.Who(l), May: d.May, Why: d.In(l)}, err
}

// signedRight says that whoever has an account may do a thing.
func signedRight(ctx context.Context, l *i18n.Localizer, what string) web.Right {
	r := proposeRight(ctx, l)
	r.What = l.T(what)
	return r
}

// address finds addresses of pages in a text.
var webAddress = regexp.MustCompile(`https?://[^\s<>"'«»“”]+`)

// said is what somebody wrote as paragraphs, where addresses are links for which the
// site does not answer.
func said(text string) template.HTML {
	var b strings.Builder
	for _, line := range paragraphs(text) {
		b.WriteString("<p>")
		at := 0
		for _, m := range webAddress.FindAllStringIndex(line, -1) {
			href := strings.TrimRight(line[m[0]:m[1]], ".,;:!?)…")
			b.WriteString(template.HTMLEscapeString(line[at:m[0]]))
			fmt.Fprintf(&b, `<a href="%s" rel="nofollow ugc noopener">%s</a>`, template.HTMLEscapeString(href), template.HTMLEscapeString(shortLink(href)))
			at = m[0] + len(href)
		}
		b.WriteString(template.HTMLEscapeString(line[at:]) + "</p>")
	}
	return template.HTML(b.String()) //nolint:gosec // every piece is escaped above
}

// wrongs are the faults of people that an error joins, by field; an error of another
// nature is given back.
func wrongs(l *i18n.Localizer, err error) (out []web.FieldError, _ error) {
	faults, rest := fault.Split(err, fault.Mendable)
	if rest != nil {
		return nil, rest
	}
	for _, e := range faults {
		out = append(out, web.FieldError{Field: e.Field, Text: l.T(e.Key, e.Args...)})
	}
	return out, nil
}

// marking puts on a field what is wrong with it.
func marking(f web.Field, wrong []web.FieldError) web.Field {
	for _, e := range wrong {
		if e.Field == f.Name {
			f.Error = e.Text
		}
	}
	return f
}

// pageOf is the number of the page asked for, from 1.
func pageOf(r *http.Request) int {
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && n > 1 && n < 1e5 {
		return n
	}
	return 1
}

// paged leads through a list.
func paged(l *i18n.Localizer, label, at string, n, each, total int) *web.Pagination {
	if total <= each {
		return nil
	}
	from := (n - 1) * each
	out := &web.Pagination{Label: label, Text: l.T("library.list.page", min(from+1, total), min(from+each, total), total)}
	if n > 1 {
		out.Previous = at + "?page=" + strconv.Itoa(n-1)
	}
	if from+each < total {
		out.Next = at + "?page=" + strconv.Itoa(n+1)
	}
	return out
}
