package reportweb

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"time"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/report"
	"bassin/internal/web"
)

//go:embed report/*.html
var files embed.FS

// Pages are the pages of reports.
type Pages struct {
	Kit  *web.Renderer
	Desk *report.Desk
	From func(*http.Request) string // network address of the request, "" if it is not known
	Zone *time.Location
}

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "report")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "report", Files: sub, Examples: examples()}
}

// Routes are the ways in. Whoever holds the address of a report may read it: it is a secret.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/signaler", Action: "abuse.form", Who: web.Everyone, Handler: p.form},
		{Method: http.MethodPost, Pattern: "/signaler", Action: "abuse.send", Who: web.Everyone, Handler: p.send},
		{Method: http.MethodGet, Pattern: "/signalements/{id}", Action: "abuse.show", Who: web.Everyone, Handler: p.show},
		{Method: http.MethodGet, Pattern: "/signalements", Action: "report.queue", Who: web.Granted, Handler: p.queue},
		{Method: http.MethodPost, Pattern: "/signalements/{id}", Action: "report.answer", Who: web.Granted, Handler: p.answer},
	}
}

// formView is where something is reported.
type formView struct {
	Title, Lead string
	About       web.Anchor
	Errors      web.Errors
	Subject     string
	Fields      []web.Field
	Delay       string
}

// wrongs are the faults of people that an error joins; an error of another nature is given back.
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

func marked(f web.Field, wrong []web.FieldError) web.Field {
	if at := slices.IndexFunc(wrong, func(e web.FieldError) bool { return e.Field == f.Name }); at >= 0 {
		f.Error = wrong[at].Text
	}
	return f
}

func (p *Pages) form(w http.ResponseWriter, r *http.Request) error {
	return p.formPage(w, r, nil)
}

func (p *Pages) formPage(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	subject := r.FormValue("objet")
	thing, err := p.Desk.Things.Thing(ctx, subject)
	if err != nil {
		return err
	}
	v := &formView{Title: l.T("report.form.title"), Lead: l.T("report.form.lead"), About: web.Anchor{Text: thing.Title, Href: thing.Href}, Subject: subject}
	if v.Errors.Items, err = wrongs(l, refused); err != nil {
		return err
	}
	if v.Delay, err = p.delay(r, l); err != nil {
		return err
	}
	reason := web.Field{Name: "reason", Type: "radio", Label: l.T("report.form.reason"), Required: true}
	for _, x := range report.Reasons {
		reason.Options = append(reason.Options, web.Option{Value: x, Label: l.T("report.reason." + x), Chosen: r.PostFormValue("reason") == x})
	}
	text := web.Field{Name: "text", Type: "textarea", Rows: 5, Label: l.T("report.form.text"), Help: l.T("report.form.text_help"), Value: r.PostFormValue("text")}
	v.Fields = []web.Field{marked(reason, v.Errors.Items), marked(text, v.Errors.Items)}
	page := &web.Page{Title: v.Title, Template: "report/form", View: v, NoIndex: true, Rights: []web.Right{{What: l.T("report.right"), Who: l.T("report.right_who"), May: true, Why: l.T("report.right_why")}}}
	if refused != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

// delay says in how long reports are answered.
func (p *Pages) delay(r *http.Request, l *i18n.Localizer) (string, error) {
	d, err := p.Desk.Delay(r.Context())
	switch hours := int(d / time.Hour); {
	case err != nil || d == 0:
		return "", err
	case hours < 48:
		return l.T("report.delay_hours", max(1, hours)), nil
	default:
		return l.T("report.delay_days", hours/24), nil
	}
}

func (p *Pages) send(w http.ResponseWriter, r *http.Request) error {
	kept, err := p.Desk.Send(r.Context(), r.PostFormValue("objet"), r.PostFormValue("reason"), r.PostFormValue("text"), p.From(r))
	if fault.CodeOf(err) == fault.Invalid {
		return p.formPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, report.Address(kept.ID)+"?fait=1", http.StatusSeeOther)
}

// showView is a report and what became of it.
type showView struct {
	Title    string
	Notices  []web.Notice
	Errors   web.Errors
	Facts    web.Facts
	Text     string
	Answered string // when and how, "" before
	Answer   string
	Keep     string // what a visitor does to come back
	Delay    string
	Action   string // where it is answered, "" for who may not
	Version  string
	Fields   []web.Field
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showPage(w, r, nil)
}

func (p *Pages) showPage(w http.ResponseWriter, r *http.Request, refused error) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	kept, err := p.Desk.Store.Report(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	thing, err := p.Desk.Things.Thing(ctx, kept.Subject)
	if code := fault.CodeOf(err); code == fault.NotFound || code == fault.Gone {
		thing, err = report.Thing{Title: l.T("report.gone")}, nil
	}
	if err != nil {
		return err
	}
	v := &showView{Title: l.T("report.show.title"), Text: kept.Text, Version: strconv.FormatInt(kept.Version, 10)}
	v.Facts.Items = []web.Fact{
		{Term: l.T("report.show.about"), Text: thing.Title, Href: thing.Href}, {Term: l.T("report.show.reason"), Text: l.T("report.reason." + kept.Reason)}, {Term: l.T("report.show.sent"), Text: l.Moment(kept.CreatedAt)},
		{Term: l.T("report.show.state"), Text: l.T("report.state." + string(kept.State))},
	}
	if v.Errors.Items, err = wrongs(l, refused); err != nil {
		return err
	}
	if r.URL.Query().Get("fait") != "" {
		v.Notices = []web.Notice{{Kind: web.Done, Text: l.T("report.show.done"), Role: "status"}}
	}
	d, err := people.Of(ctx).May(ctx, report.Right+".answer", thing.Scope)
	if err != nil {
		return err
	}
	switch {
	case kept.State != report.Open:
		v.Answered, v.Answer = l.T("report.show.answered", l.Moment(kept.AnsweredAt)), kept.Answer
	case d.May:
		v.Action = report.Address(kept.ID)
		outcome := web.Field{Name: "outcome", Type: "radio", Label: l.T("report.answer.outcome"), Required: true}
		for _, o := range report.Outcomes {
			outcome.Options = append(outcome.Options, web.Option{Value: string(o), Label: l.T("report.outcome." + string(o)), Chosen: r.PostFormValue("outcome") == string(o)})
		}
		words := web.Field{Name: "words", Type: "textarea", Rows: 4, Label: l.T("report.answer.words"), Help: l.T("report.answer.words_help"), Value: r.PostFormValue("words"), Required: true}
		v.Fields = []web.Field{marked(outcome, v.Errors.Items), marked(words, v.Errors.Items)}
	default:
		v.Keep = l.T("report.show.keep")
		if kept.Reporter != "" && kept.Reporter == people.Of(ctx).Person.ID {
			v.Keep = l.T("report.show.told")
		}
		if v.Delay, err = p.delay(r, l); err != nil {
			return err
		}
	}
	page := &web.Page{Title: v.Title, Template: "report/show", View: v, NoIndex: true, Rights: []web.Right{{What: l.T("people.right." + d.Right.Name), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}}}
	if refused != nil {
		page.Status = http.StatusUnprocessableEntity
	}
	return p.Kit.Page(w, r, page)
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = -1
	}
	kept, err := p.Desk.Answer(r.Context(), report.Answer{Report: r.PathValue("id"), Version: version, State: report.State(r.PostFormValue("outcome")), Words: r.PostFormValue("words")})
	if code := fault.CodeOf(err); code == fault.Invalid || code == fault.Conflict {
		return p.showPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, report.Address(kept.ID)+"?fait=1", http.StatusSeeOther)
}

// queueView are the reports that wait for the reader.
type queueView struct {
	Title, Lead, Delay string
	Table              *web.Table
	Empty              *web.State
	Comments           web.Anchor
}

func (p *Pages) queue(w http.ResponseWriter, r *http.Request) error {
	ctx, l := r.Context(), p.Kit.Locale(r.Context())
	list, things, err := p.Desk.Queue(ctx)
	if err != nil {
		return err
	}
	v := &queueView{Title: l.T("report.queue.title"), Lead: l.T("report.queue.lead"), Comments: web.Anchor{Text: l.T("report.queue.comments"), Href: "/commentaires/a-relire"}}
	if v.Delay, err = p.delay(r, l); err != nil {
		return err
	}
	if len(list) == 0 {
		v.Empty = &web.State{Kind: "empty", Title: l.T("report.queue.empty"), Text: l.T("report.queue.empty_next")}
	} else {
		v.Table = &web.Table{ID: "signalements", Caption: v.Title, Quiet: true, Columns: []web.Column{{Title: l.T("report.show.about")}, {Title: l.T("report.show.reason")}, {Title: l.T("report.show.sent")}, {Title: l.T("report.queue.waits"), Numeric: true}}}
		now := p.Desk.Now()
		for _, x := range list {
			title := things[x.Subject].Title
			if title == "" {
				title = l.T("report.gone")
			}
			v.Table.Rows = append(v.Table.Rows, []web.Cell{{Text: title, Href: report.Address(x.ID)}, {Text: l.T("report.reason." + x.Reason)}, {Text: l.Moment(x.CreatedAt)}, {Text: l.T("report.queue.days", int(now.Sub(x.CreatedAt)/(24*time.Hour)))}})
		}
	}
	d := people.Of(ctx).MaySomewhere(report.Right + ".queue")
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "report/queue", View: v, NoIndex: true, Rights: []web.Right{{What: l.T("people.right." + d.Right.Name), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}}})
}

// examples are views on which every branch of the templates is tried when the server starts.
func examples() map[string][]any {
	anchor := web.Anchor{Text: "…", Href: "/communs"}
	field := web.Field{Name: "text", Label: "…", Error: "…"}
	wrong := web.Errors{Items: []web.FieldError{{Field: "text", Text: "…"}}}
	notice := web.Notice{Kind: web.Done, Text: "…", Role: "status"}
	return map[string][]any{
		"report/form": {&formView{Title: "…", Lead: "…", About: anchor}, &formView{Title: "…", Lead: "…", About: anchor, Errors: wrong, Subject: "entry:a", Fields: []web.Field{field}, Delay: "…"}},
		"report/show": {&showView{Title: "…", Keep: "…", Delay: "…"}, &showView{Title: "…", Notices: []web.Notice{notice}, Errors: wrong, Text: "…", Answered: "…", Answer: "…", Action: "/signalements/a", Version: "1", Fields: []web.Field{field}}},
		"report/queue": {&queueView{Title: "…", Lead: "…", Empty: &web.State{Kind: "empty", Title: "…", Text: "…"}, Comments: anchor},
			&queueView{Title: "…", Lead: "…", Delay: "…", Table: &web.Table{ID: "t", Caption: "…", Columns: []web.Column{{Title: "…"}}, Rows: [][]web.Cell{{{Text: "…"}}}}, Comments: anchor}},
	}
}
