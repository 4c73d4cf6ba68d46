package commonsweb

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// Harvests is what these pages ask of what the library is harvested from.
type Harvests struct {
	Store commons.HarvestStore
	Rules *commons.Sources
	// Try reads the beginning of a source and says what it would bring.
	Try func(context.Context, commons.Source) (commons.Report, error)
	// Wake has what is due begin now, and not at the next round.
	Wake func(context.Context) error
}

const harvestPath = "/administration/moissonnage"

// tryFor is how long a source may take to answer somebody who waits.
const tryFor = 20 * time.Second

// harvestRoutes are the ways in of what is harvested.
func (p *Pages) harvestRoutes() []web.Route {
	get := func(pattern, action string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: harvestPath + pattern, Action: action, Who: web.Granted, Handler: h}
	}
	post := func(pattern, action string, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: harvestPath + pattern, Action: action, Who: web.Granted, Handler: h}
	}
	return []web.Route{
		get("", "harvest.list", p.sources),
		get("/ajouter", "harvest.add.form", p.sourceForm),
		post("/ajouter", "harvest.add", p.addSource),
		get("/{id}", "harvest.show", p.sourcePage),
		post("/{id}/lancer", "harvest.run", p.runSource),
		post("/{id}/suspendre", "harvest.pause", p.pauseSource),
		get("/{id}/retirer", "harvest.remove.form", p.removeForm),
		post("/{id}/retirer", "harvest.remove", p.removeSource),
	}
}

func sourcePath(id string) string { return harvestPath + "/" + id }

// harvestRight says who decides of what is harvested.
func harvestRight(r *http.Request, l *i18n.Localizer) []web.Right {
	d := people.Of(r.Context()).MaySomewhere(commons.Harvest)
	return []web.Right{{What: l.T("people.right." + d.Right.Name), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}}
}

// harvestPage draws a page under the list of sources.
func (p *Pages) harvestPage(w http.ResponseWriter, r *http.Request, template, title string, view any, status int, crumbs ...web.Crumb) error {
	l := p.Kit.Locale(r.Context())
	crumbs = append([]web.Crumb{{Text: l.T("library.harvest.administration"), Href: "/administration"}}, crumbs...)
	return p.Kit.Page(w, r, &web.Page{Title: title, Template: template, View: view, NoIndex: true, Status: status, Crumbs: crumbs, Rights: harvestRight(r, l)})
}

func harvestCrumb(l *i18n.Localizer) web.Crumb {
	return web.Crumb{Text: l.T("library.harvest.title"), Href: harvestPath}
}

// sources lists what is harvested.
func (p *Pages) sources(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	list, err := p.Harvests.Store.Sources(r.Context())
	if err != nil {
		return err
	}
	v := &proposalsView{Title: l.T("library.harvest.title"), Lead: l.T("library.harvest.lead"), Actions: []web.Anchor{{Text: l.T("library.harvest.add"), Href: harvestPath + "/ajouter", Strong: true}}}
	t := &web.Table{ID: "sources", Caption: v.Title, Quiet: true, Columns: []web.Column{{Title: l.T("library.harvest.source")}, {Title: l.T("library.harvest.kind")}, {Title: l.T("library.harvest.last")}, {Title: l.T("library.harvest.next")}}}
	for i := range list {
		s := &list[i]
		if s.State == commons.SourceGone && s.RunAt.IsZero() {
			continue
		}
		name := web.Cell{Text: s.Title, Href: sourcePath(s.ID), Note: shortLink(s.Address)}
		last := web.Cell{Text: l.T("library.harvest.never")}
		if !s.Report.Ended.IsZero() {
			last = web.Cell{Text: l.Moment(s.Report.Ended), Note: counted(l, s.Report)}
		}
		if s.Report.Error != nil {
			last.Marks = []web.Mark{{Text: l.T("library.harvest.failed"), Attention: true}}
		}
		if s.Report.Held > 0 {
			last.Marks = append(last.Marks, web.Mark{Text: l.T("library.harvest.held_mark"), Attention: true})
		}
		t.Rows = append(t.Rows, []web.Cell{name, {Text: l.T("library.harvest.kind." + string(s.Kind))}, last, {Text: p.nextRun(l, s)}})
	}
	if len(t.Rows) > 0 {
		v.Table = t
	} else {
		v.Empty = &web.State{Kind: "empty", Title: l.T("library.harvest.empty"), Text: l.T("library.harvest.empty_text")}
	}
	if done := r.URL.Query().Get("fait"); done == "remove" {
		v.Notices = []web.Notice{{Kind: web.Done, Text: l.T("library.harvest.done.remove"), Role: "status"}}
	}
	return p.harvestPage(w, r, "library/proposals", v.Title, v, 0)
}

// nextRun is when a source is harvested next, in words.
func (p *Pages) nextRun(l *i18n.Localizer, s *commons.Source) string {
	switch {
	case s.State == commons.SourceGone:
		return l.T("library.harvest.removing")
	case s.State == commons.SourcePaused:
		return l.T("library.harvest.is_paused")
	case !s.Due.After(p.Now()):
		return l.T("library.harvest.soon")
	}
	return l.Moment(s.Due)
}

// counted is what a run did, in a few words.
func counted(l *i18n.Localizer, r commons.Report) string {
	var out []string
	for _, what := range []commons.What{commons.Came, commons.Changed, commons.Returned, commons.Vanished, commons.Rejected} {
		if n := r.Counts[what]; n > 0 {
			out = append(out, l.T("library.harvest.n_"+string(what), n))
		}
	}
	if len(out) == 0 {
		return l.T("library.harvest.nothing_new")
	}
	return l.List(out)
}

// reportView is what a run did, or would.
type reportView struct {
	Notices []web.Notice
	Facts   web.Facts
	Parts   []reportPart
}

// reportPart is what happened of one sort.
type reportPart struct {
	ID, Title, Text string
	Table           web.Table
}

// reported puts a report in words.
func (p *Pages) reported(l *i18n.Localizer, r commons.Report) *reportView {
	v := &reportView{}
	if r.Error != nil {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Title: l.T("library.harvest.failed"), Text: reason(l, *r.Error)})
	}
	if r.Held > 0 {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Title: l.T("library.harvest.held", r.Held), Text: l.T("library.harvest.held_text")})
	}
	if r.Unchanged {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Info, Text: l.T("library.harvest.unchanged")})
	}
	add := func(key string, n int) {
		if n > 0 {
			v.Facts.Items = append(v.Facts.Items, web.Fact{Term: l.T("library.harvest.count." + key), Text: l.Number(n)})
		}
	}
	for _, what := range whats {
		add(string(what), r.Counts[what])
	}
	add("joined", r.Joined)
	add("same", r.Same)
	add("own", r.Own)
	add("pages", r.Pages)
	for _, what := range whats {
		part := reportPart{ID: "faits-" + string(what), Title: l.T("library.harvest.count." + string(what))}
		part.Table = web.Table{ID: part.ID + "-t", Caption: part.Title, Quiet: true, Columns: []web.Column{{Title: l.T("library.list.entry")}, {Title: l.T("library.harvest.why")}}}
		for _, x := range r.Lines {
			if x.What != what {
				continue
			}
			name := web.Cell{Text: x.Title, Note: x.Record}
			if name.Text == "" {
				name = web.Cell{Text: x.Record}
			}
			if x.Entry != "" {
				name.Href = address(x.Entry)
			}
			if name.Text == "" {
				name.Text = l.T("library.harvest.document")
			}
			part.Table.Rows = append(part.Table.Rows, []web.Cell{name, {Text: reason(l, x), Note: x.Detail}})
		}
		n := len(part.Table.Rows)
		if n == 0 {
			continue
		}
		if n < r.Counts[what] {
			part.Text = l.T("library.harvest.first", n, r.Counts[what])
		}
		if what != commons.Rejected && what != commons.Odd {
			part.Table.Columns = part.Table.Columns[:1]
			for i := range part.Table.Rows {
				part.Table.Rows[i] = part.Table.Rows[i][:1]
			}
		}
		v.Parts = append(v.Parts, part)
	}
	return v
}

// whats are the sorts of lines, what calls for somebody first.
var whats = []commons.What{commons.Rejected, commons.Came, commons.Changed, commons.Returned, commons.Vanished, commons.Odd}

// reason is why a line says what it says: where, and in words.
func reason(l *i18n.Localizer, x commons.Item) string {
	if x.Key == "" {
		return ""
	}
	args := make([]any, len(x.Args))
	for i, a := range x.Args {
		args[i] = a
		if n, err := strconv.Atoi(a); err == nil && strconv.Itoa(n) == a {
			args[i] = n
		}
	}
	text := l.T("harvest.unknown")
	if l.Has(x.Key) {
		text = l.T(x.Key, args...)
	}
	field := x.Field
	if key := "commons.field." + field; field != "" && l.Has(key) {
		field = l.T(key)
	}
	switch {
	case field != "" && x.At > 0:
		return l.T("library.harvest.at_line", field, x.At, text)
	case field != "":
		return l.T("library.harvest.at_field", field, text)
	}
	return text
}

// sourceView is the page of a source.
type sourceView struct {
	Title    string
	Notices  []web.Notice
	Facts    web.Facts
	Run      string // where to ask for a run, "" if it cannot be
	Allow    bool   // what is missing may be let go
	Pause    string
	Paused   bool
	Remove   *web.Anchor
	ReportOf string
	Report   *reportView
}

func (p *Pages) oneSource(r *http.Request) (commons.Source, error) {
	s, err := p.Harvests.Store.Source(r.Context(), r.PathValue("id"))
	if err == nil && s.State == commons.SourceGone && s.RunAt.IsZero() {
		err = fault.New(fault.NotFound, "harvest.not_found", s.ID)
	}
	return s, err
}

func (p *Pages) sourcePage(w http.ResponseWriter, r *http.Request) error { return p.source(w, r, nil) }

func (p *Pages) source(w http.ResponseWriter, r *http.Request, refused error) error {
	t := p.teller(r)
	l := t.l
	s, err := p.oneSource(r)
	if err != nil {
		return err
	}
	v := &sourceView{Title: s.Title}
	switch done := r.URL.Query().Get("fait"); done {
	case "add", "run", "pause", "resume":
		v.Notices = append(v.Notices, web.Notice{Kind: web.Done, Text: l.T("library.harvest.done." + done), Role: "status"})
	}
	status := 0
	if f, ok := errors.AsType[*fault.Error](refused); ok && web.Status(refused) < 500 && l.Has(f.Key) {
		status = web.Status(refused)
		v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Text: l.T(f.Key, f.Args...), Role: "alert"})
	} else if refused != nil {
		return refused
	}
	v.Facts.Items = []web.Fact{
		{Term: l.T("library.harvest.kind"), Text: l.T("library.harvest.kind." + string(s.Kind))}, {Term: l.T("library.harvest.address"), Body: web.Linked(s.Address, s.Address)},
		{Term: l.T("library.harvest.rhythm"), Text: l.T("library.harvest.rhythm." + string(s.Rhythm))}, {Term: l.T("library.harvest.home"), Text: t.home(s.Home)},
	}
	if s.Licence != "" {
		v.Facts.Items = append(v.Facts.Items, web.Fact{Term: l.T("library.harvest.licence"), Text: s.Licence})
	}
	v.Facts.Items = append(v.Facts.Items, web.Fact{Term: l.T("library.harvest.next"), Text: p.nextRun(l, &s)})
	if s.State != commons.SourceGone {
		if v.Pause, v.Paused = sourcePath(s.ID)+"/suspendre", s.State == commons.SourcePaused; !v.Paused {
			v.Run, v.Allow = sourcePath(s.ID)+"/lancer", s.Report.Held > 0
		}
		v.Remove = &web.Anchor{Text: l.T("library.harvest.remove"), Href: sourcePath(s.ID) + "/retirer", Quiet: true}
	}
	if !s.Report.Began.IsZero() {
		v.Report = p.reported(l, s.Report)
		v.ReportOf = l.T("library.harvest.under_way", l.Moment(s.Report.Began))
		if !s.Report.Ended.IsZero() {
			v.ReportOf = l.T("library.harvest.report_of", l.Moment(s.Report.Ended))
		}
	}
	return p.harvestPage(w, r, "library/source", v.Title, v, status, harvestCrumb(l))
}

func (p *Pages) runSource(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	err := p.Harvests.Rules.RunNow(r.Context(), id, r.PostFormValue("laisser") == "1")
	return p.sourceChanged(w, r, id, "run", err)
}

func (p *Pages) pauseSource(w http.ResponseWriter, r *http.Request) error {
	id, done := r.PathValue("id"), "resume"
	paused := r.PostFormValue("pause") == "1"
	if paused {
		done = "pause"
	}
	return p.sourceChanged(w, r, id, done, p.Harvests.Rules.Pause(r.Context(), id, paused))
}

// sourceChanged answers after a decision: what is due begins.
func (p *Pages) sourceChanged(w http.ResponseWriter, r *http.Request, id, done string, err error) error {
	if fault.CodeOf(err) == fault.Conflict {
		return p.source(w, r, err)
	}
	if err == nil {
		err = p.Harvests.Wake(r.Context())
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, sourcePath(id)+"?fait="+done, http.StatusSeeOther)
}

// removeView asks whether a source is to be given up.
type removeView struct{ Title, Text, Action, Cancel string }

func (p *Pages) removeForm(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	s, err := p.oneSource(r)
	if err != nil {
		return err
	}
	all, _, err := p.Harvests.Store.Having(r.Context(), s.ID, p.Now())
	if err != nil {
		return err
	}
	v := &removeView{Title: l.T("library.harvest.remove_of", s.Title), Text: l.T("library.harvest.remove_text", all), Action: sourcePath(s.ID) + "/retirer", Cancel: sourcePath(s.ID)}
	return p.harvestPage(w, r, "library/sourceremove", v.Title, v, 0, harvestCrumb(l), web.Crumb{Text: s.Title, Href: sourcePath(s.ID)})
}

func (p *Pages) removeSource(w http.ResponseWriter, r *http.Request) error {
	err := p.Harvests.Rules.Remove(r.Context(), r.PathValue("id"))
	if err == nil {
		err = p.Harvests.Wake(r.Context())
	}
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, harvestPath+"?fait=remove", http.StatusSeeOther)
}

// sourceFormView is the form of a new source, and what it would bring once it is tried.
type sourceFormView struct {
	Title, Lead string
	Action      string
	Cancel      string
	Errors      web.Errors
	Fields      []web.Field
	Tried       *reportView
}

func (p *Pages) sourceForm(w http.ResponseWriter, r *http.Request) error {
	return p.askSource(w, r, commons.Source{Kind: commons.OfData, Rhythm: commons.Daily}, "", nil, nil)
}

// askSource is the form, with what is wrong in it.
func (p *Pages) askSource(w http.ResponseWriter, r *http.Request, s commons.Source, home string, wrong []web.FieldError, tried *commons.Report) error {
	l := p.Kit.Locale(r.Context())
	v := &sourceFormView{Title: l.T("library.harvest.add"), Lead: l.T("library.harvest.add_lead"), Action: harvestPath + "/ajouter", Cancel: harvestPath, Errors: web.Errors{Items: wrong}}
	field := func(name, value string, required bool) *web.Field {
		f := web.Field{Name: name, Label: l.T("library.harvest." + name), Help: l.T("library.harvest." + name + "_help"), Value: value, Required: required}
		for _, e := range wrong {
			if e.Field == name {
				f.Error = e.Text
			}
		}
		v.Fields = append(v.Fields, f)
		return &v.Fields[len(v.Fields)-1]
	}
	kind := field("kind", "", true)
	kind.Type = "radio"
	for _, k := range commons.SourceKinds {
		kind.Options = append(kind.Options, web.Option{Value: string(k), Label: l.T("library.harvest.kind." + string(k)), Chosen: k == s.Kind})
	}
	field("address", s.Address, true)
	name := field("title", s.Title, true)
	name.Label = l.T("library.harvest.name")
	rhythm := field("rhythm", "", true)
	rhythm.Type = "select"
	for _, k := range commons.Rhythms {
		rhythm.Options = append(rhythm.Options, web.Option{Value: string(k), Label: l.T("library.harvest.rhythm." + string(k)), Chosen: k == s.Rhythm})
	}
	field("licence", s.Licence, false)
	field("home", home, false)
	status := 0
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	if tried != nil {
		v.Tried = p.reported(l, *tried)
	}
	return p.harvestPage(w, r, "library/sourceform", v.Title, v, status, harvestCrumb(l))
}

// addSource keeps a new source, or tries it first.
func (p *Pages) addSource(w http.ResponseWriter, r *http.Request) error {
	ctx, t := r.Context(), p.teller(r)
	typed := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	home := typed("home")
	s := commons.Source{Kind: commons.SourceKind(typed("kind")), Address: typed("address"), Title: typed("title"), Rhythm: commons.Rhythm(typed("rhythm")), Licence: typed("licence")}
	var wrong []web.FieldError
	if home != "" {
		id, many := t.place(home)
		switch {
		case len(many) > 0:
			wrong = append(wrong, web.FieldError{Field: "home", Text: t.l.T("library.form.place_several", home, t.l.List(many))})
		case id == (territory.ID{}):
			wrong = append(wrong, web.FieldError{Field: "home", Text: t.l.T("commons.territory_unknown", home)})
		}
		s.Home = id
	}
	checked, err := p.Harvests.Rules.Checked(ctx, s)
	faults, err := wrongs(t.l, err)
	if err != nil {
		return err
	}
	wrong = append(wrong, faults...)
	if len(wrong) > 0 {
		return p.askSource(w, r, s, home, wrong, nil)
	}
	if r.PostFormValue("essayer") != "" {
		limited, cancel := context.WithTimeout(ctx, tryFor)
		defer cancel()
		report, err := p.Harvests.Try(limited, checked)
		if limited.Err() != nil && ctx.Err() == nil {
			report, err = commons.Report{Error: &commons.Item{What: commons.Rejected, Key: "harvest.error.slow", Args: []string{strconv.Itoa(int(tryFor / time.Second))}}}, nil
		}
		if err != nil {
			return err
		}
		return p.askSource(w, r, checked, home, nil, &report)
	}
	kept, err := p.Harvests.Rules.Add(ctx, s)
	return p.sourceChanged(w, r, kept.ID, "add", err)
}

// harvested names the source of a field that was harvested.
func (t *teller) harvested(o commons.Origin) (web.Cell, bool) {
	id, ok := commons.HarvestOf(o.Source)
	if !ok || t.p.Harvests == nil {
		return web.Cell{}, false
	}
	s, ok := t.harvests[id]
	if !ok {
		var err error
		if s, err = t.p.Harvests.Store.Source(t.ctx, id); err != nil {
			return web.Cell{}, false
		}
		t.harvests[id] = s
	}
	c := web.Cell{Text: s.Title, Note: o.Record}
	if o.Licence != "" {
		c.Note = t.l.T("library.origins.note", o.Record, o.Licence)
	}
	if o.Vintage != "" {
		c.Text = t.l.T("library.origins.of", s.Title, t.l.Day(o.Vintage))
	}
	if strings.HasPrefix(o.Record, "https://") || strings.HasPrefix(o.Record, "http://") {
		c.Href = o.Record
	}
	return c, true
}

// retiredFor is why an entry was retired, in words.
func retiredFor(l *i18n.Localizer, e *commons.Entry) string {
	if e.Reason == commons.WithdrawnBySource {
		return l.T("library.withdrawn_by_source")
	}
	return e.Reason
}
