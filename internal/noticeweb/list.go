package noticeweb

import (
	"net/http"
	"strconv"
	"time"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// each is how many notices a page shows.
const each = 20

// listView is the reader's notices.
type listView struct {
	Lead       string
	Unread     int
	Until      string // when the page was made: what came since is not marked with the others
	Items      []item
	Page       int
	Pagination *web.Pagination
	Empty      *web.State
}

type item struct {
	ID, Title, Text, Subject, When string
	Unread                         bool
	Link                           bool // it leads to a page
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	page := 1
	if asked := r.FormValue("page"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || n > 1_000_000 {
			return fault.New(fault.NotFound, "web.error.address")
		}
		page = n
	}
	now := p.Now()
	found, err := p.Store.Notices(r.Context(), people.Of(r.Context()).Person.ID, (page-1)*each, each)
	if err != nil {
		return err
	}
	if len(found.Notices) == 0 && page > 1 {
		if found.All > 0 { // those on it were forgotten
			return p.Kit.Redirect(w, r, "/mes-notifications", http.StatusSeeOther)
		}
		return fault.New(fault.NotFound, "web.error.address")
	}
	v := &listView{Unread: found.Unread, Page: page, Until: now.UTC().Format(time.RFC3339Nano)}
	if n := found.Notices; len(n) > 0 && n[0].Arrived.After(now) { // by a clock since set back
		v.Until = n[0].Arrived.UTC().Format(time.RFC3339Nano)
	}
	switch {
	case found.All == 0:
		v.Empty = &web.State{Kind: "empty", Title: l.T("noticeweb.list.empty"), Text: l.T("noticeweb.list.empty_text"),
			Action: &web.Anchor{Text: l.T("noticeweb.list.choose"), Href: "/mes-notifications/choix"}}
	case found.Unread == 0:
		v.Lead = l.T("noticeweb.list.all_read")
	default:
		v.Lead = l.T("noticeweb.list.unread", found.Unread)
	}
	for _, k := range found.Notices {
		v.Items = append(v.Items, item{
			ID: k.ID, Title: k.Title.In(l), Text: k.Text.In(l), Subject: k.Subject.Name().In(l), When: l.Moment(k.At),
			Unread: k.Read.IsZero(), Link: k.Link != "",
		})
	}
	if found.All > each {
		v.Pagination = pagination(page, found.All)
		v.Pagination.Label = l.T("noticeweb.list.pages")
		v.Pagination.Text = l.T("noticeweb.list.part", (page-1)*each+1, min(page*each, found.All), found.All)
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("noticeweb.list.title"), Template: "noticeweb/list", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: l.T("noticeweb.account"), Href: "/mon-compte"}}, Rights: p.own(r),
	})
}

func pagination(page, all int) *web.Pagination {
	v := &web.Pagination{}
	address := func(n int) string { return "/mes-notifications?page=" + strconv.Itoa(n) }
	if page > 1 {
		v.Previous = address(page - 1)
	}
	if page*each < all {
		v.Next = address(page + 1)
	}
	return v
}

// own says that these pages are the reader's alone.
func (p *Pages) own(r *http.Request) []web.Right {
	l := p.Kit.Locale(r.Context())
	return []web.Right{{What: l.T("noticeweb.right"), Who: l.T("noticeweb.right_who"), May: true, Why: l.T("noticeweb.right_why")}}
}

// read marks one notice as read, or all that had come when the page was made, and
// goes on to what the notice is about or back to the list.
func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	person, now := people.Of(r.Context()).Person.ID, p.Now()
	back := "/mes-notifications"
	if n, err := strconv.Atoi(r.PostFormValue("page")); err == nil && n > 1 {
		back += "?page=" + strconv.Itoa(n)
	}
	if id := r.PostFormValue("id"); id != "" {
		k, err := p.Store.Read(r.Context(), person, id, now)
		if err != nil {
			return err
		}
		if r.PostFormValue("go") != "" && k.Link != "" {
			back = k.Link
		}
		return p.Kit.Redirect(w, r, back, http.StatusSeeOther)
	}
	until, err := time.Parse(time.RFC3339Nano, r.PostFormValue("until"))
	if err != nil {
		until = now
	}
	if err := p.Store.ReadAll(r.Context(), person, until, now); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, back, http.StatusSeeOther)
}
