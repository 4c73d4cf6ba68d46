package noticeweb

import (
	"net/http"

	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/web"
)

// choicesView is how the reader wants to be told of each subject.
type choicesView struct {
	Saved  bool
	Digest string // when the digest leaves
	Fields []web.Field
	Bound  []boundView
}

// boundView is a subject that nobody chooses.
type boundView struct{ Name, Why string }

// shown are the subjects that concern the reader.
func shown(r *http.Request) []notice.Subject {
	administers := false
	for _, m := range people.Of(r.Context()).Mandates {
		administers = administers || m.Role == people.Administrator
	}
	var out []notice.Subject
	for _, s := range notice.Subjects() {
		if administers || !s.Administrators() {
			out = append(out, s)
		}
	}
	return out
}

func (p *Pages) choices(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	mine, err := p.Store.Choices(r.Context(), people.Of(r.Context()).Person.ID)
	if err != nil {
		return err
	}
	settings, err := p.Settings(r.Context())
	if err != nil {
		return err
	}
	v := &choicesView{Saved: r.FormValue("enregistre") != "", Digest: l.T("noticeweb.choices.digest", settings.DigestHour)}
	for _, s := range shown(r) {
		help := l.T("noticeweb.subject." + string(s))
		if s.Bound() {
			v.Bound = append(v.Bound, boundView{s.Name().In(l), help})
			continue
		}
		f := web.Field{Name: string(s), Label: s.Name().In(l), Help: help, Type: "radio", Required: true}
		for _, c := range notice.AllChoices() {
			f.Options = append(f.Options, web.Option{Value: string(c), Label: l.T("notice.choice." + string(c)), Chosen: mine.Of(s) == c})
		}
		v.Fields = append(v.Fields, f)
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("noticeweb.choices.title"), Template: "noticeweb/choices", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: l.T("noticeweb.account"), Href: "/mon-compte"}, {Text: l.T("noticeweb.list.title"), Href: "/mes-notifications"}}, Rights: p.own(r),
	})
}

func (p *Pages) choose(w http.ResponseWriter, r *http.Request) error {
	c := notice.Choices{}
	for _, s := range shown(r) {
		if v := r.PostFormValue(string(s)); v != "" && !s.Bound() {
			c[s] = notice.Choice(v)
		}
	}
	a := people.Of(r.Context())
	if err := p.Store.Choose(r.Context(), a.By(), a.Person.ID, c); err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, "/mes-notifications/choix?enregistre=1", http.StatusSeeOther)
}
