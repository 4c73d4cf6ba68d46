package adminweb

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"iter"
	"maps"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) auditRoutes() []web.Route {
	return []web.Route{
		get("/journal", "audit", p.journal),
		get("/journal/csv", "audit.csv", p.journalCSV),
		get("/journal/json", "audit.json", p.journalJSON),
		get("/journal/{seq}", "audit.row", p.row),
		get("/journal/verifier", "audit.verify.form", p.verifyForm),
		post("/journal/verifier", "audit.verify", p.verify),
		post("/journal/tete", "audit.head", p.mailHead),
	}
}

const rowsLimit = 50

// families are kinds of actions, by their first words.
var families = []string{"person", "credential", "session", "mandate", "organisation", "commons", "adoption", "search", "follow", "report", "media", "setting", "notice", "outbox", "schedule", "retention", "perimeter", "data", "store", "audit"}

// sought reads the filters of the record. Wrong is what cannot be searched for.
func (p *Pages) sought(r *http.Request) (f audit.Filter, wrong error, err error) {
	ctx := r.Context()
	f = audit.Filter{Subject: typed(r, "sur", 200), Before: max(0, numbered(r, "avant")), Limit: rowsLimit + 1}
	if family := typed(r, "quoi", 40); slices.Contains(families, family) {
		f.Action = family + "."
	}
	for _, d := range []struct {
		name string
		at   *time.Time
		add  int
	}{{"du", &f.Since, 0}, {"au", &f.Until, 1}} {
		if s := typed(r, d.name, 10); s != "" {
			t, e := time.ParseInLocation(time.DateOnly, s, p.Zone)
			if e != nil {
				wrong = fault.New(fault.Invalid, "people.mandate.day").In(d.name)
				continue
			}
			*d.at = t.AddDate(0, 0, d.add)
		}
	}
	switch who := typed(r, "qui", 200); {
	case who == "":
	case strings.HasPrefix(who, "person:"), strings.HasPrefix(who, "console:"), who == string(audit.System), who == string(audit.Visitor):
		f.By = audit.Actor(who)
	default:
		var found []people.Person
		if a, e := mail.ParseAddress(who); e == nil {
			x, e := p.People.Store.PersonByEmail(ctx, people.EmailKey(a.Address))
			if e != nil && fault.CodeOf(e) != fault.NotFound {
				return f, nil, e
			}
			if e == nil {
				found = append(found, x)
			}
		} else if found, err = p.People.Store.People(ctx, people.PeopleQuery{Text: who, On: p.People.Today(), Limit: 2}); err != nil {
			return f, nil, err
		}
		switch len(found) {
		case 0:
			wrong = fault.New(fault.Invalid, "admin.audit.nobody", who).In("qui")
		case 1:
			f.By = audit.Person(found[0].ID)
		default:
			wrong = fault.New(fault.Invalid, "admin.audit.several", who).In("qui")
		}
	}
	return f, wrong, nil
}

func (p *Pages) journal(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	f, wrong, err := p.sought(r)
	if err != nil {
		return err
	}
	names := []string{"qui", "quoi", "sur", "du", "au"}
	var filters []string
	for _, n := range names {
		filters = append(filters, n, typed(r, n, 200))
	}
	kinds := []web.Option{{Value: "", Label: l.T("admin.audit.everything")}}
	for _, k := range families {
		kinds = append(kinds, web.Option{Value: k, Label: l.T("admin.family." + k), Chosen: f.Action == k+"."})
	}
	filter := form{ID: "filtre", Get: true, Row: true, Action: auditPath, Button: l.T("admin.filter"), Quiet: true, Fields: []web.Field{
		{Name: "qui", Label: l.T("admin.audit.who"), Type: "search", Required: true, Value: typed(r, "qui", 200)},
		{Name: "quoi", Label: l.T("admin.audit.what"), Type: "select", Required: true, Options: kinds},
		{Name: "sur", Label: l.T("admin.audit.subject"), Type: "search", Required: true, Value: f.Subject},
		{Name: "du", Label: l.T("admin.audit.from"), Type: "date", Required: true, Value: typed(r, "du", 10)},
		{Name: "au", Label: l.T("admin.audit.to"), Type: "date", Required: true, Value: typed(r, "au", 10)},
	}}
	var rows []audit.Row
	if wrong != nil {
		if err := filter.wrong(l, wrong); err != nil {
			return err
		}
	} else if rows, err = p.Record.Find(ctx, f); err != nil {
		return err
	}
	main := part{Forms: []form{filter}}
	if len(rows) == 0 {
		main.After = []web.Component{web.State{Kind: "empty", Title: l.T("admin.audit.none"), Text: l.T("admin.audit.none_text")}}
	} else {
		more := len(rows) > rowsLimit
		rows = rows[:min(len(rows), rowsLimit)]
		t := web.Table{ID: "journal", Caption: l.T("admin.audit.title"), Quiet: true, Columns: []web.Column{{Title: l.T("admin.audit.when")}, {Title: l.T("admin.audit.who")}, {Title: l.T("admin.audit.what")}, {Title: l.T("admin.audit.subject")}, {Title: l.T("admin.audit.number"), Numeric: true}}}
		n, err := p.named(ctx, l, rows)
		if err != nil {
			return err
		}
		for _, x := range rows {
			at := auditPath + "/" + number(x.Seq)
			t.Rows = append(t.Rows, []web.Cell{{Text: l.Moment(x.At), Href: at}, {Text: n.actor(l, x.By)}, {Text: action(l, x.Action)}, n.cell(l, x.Subject), {Text: l.Number(int(x.Seq))}})
		}
		main.After = []web.Component{t}
		if more {
			main.After = append(main.After, web.Pagination{Label: l.T("admin.audit.title"), Text: l.T("admin.audit.page", len(rows)), Next: address(auditPath, append(filters, "avant", number(rows[len(rows)-1].Seq))...)})
		}
		links := web.Links{Label: l.T("admin.actions"), Items: []web.Anchor{
			{Text: l.T("admin.csv"), Href: address(auditPath+"/csv", filters...), Icon: "down", Rel: "nofollow"}, {Text: l.T("admin.audit.json"), Href: address(auditPath+"/json", filters...), Icon: "down", Rel: "nofollow"}}}
		if f.Before > 0 {
			links.Items = append([]web.Anchor{{Text: l.T("admin.audit.newest"), Href: address(auditPath, filters...), Icon: "back"}}, links.Items...)
		}
		main.After = append(main.After, links)
	}
	v := &page{Title: l.T("admin.audit.title"), Lead: l.T("admin.audit.lead"), Parts: []part{main}}
	proof := part{ID: "preuve", Title: l.T("admin.audit.proof"), Text: l.T("admin.audit.proof_text")}
	proof.Shows = []web.Component{web.Links{Label: l.T("admin.audit.proof"), Items: []web.Anchor{{Text: l.T("admin.verify.title"), Href: auditPath + "/verifier", Icon: "done"}}}}
	v.Parts = append(v.Parts, proof)
	return p.draw(w, r, v, options{actions: []string{"audit"}})
}

// action is an action in words.
func action(l *i18n.Localizer, a string) string {
	if key := "admin.action." + a; l.Has(key) {
		return l.T(key)
	}
	return a
}

// all are the rows of a filter, the newest first.
func (p *Pages) all(ctx context.Context, f audit.Filter) iter.Seq2[audit.Row, error] {
	f.Limit = 500
	return func(yield func(audit.Row, error) bool) {
		for {
			rows, err := p.Record.Find(ctx, f)
			if err != nil {
				yield(audit.Row{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
			if len(rows) < f.Limit {
				return
			}
			f.Before = rows[len(rows)-1].Seq
		}
	}
}

// mostRows is how many rows one file holds at most: more are had by dates.
const mostRows = 100_000

func (p *Pages) journalCSV(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	f, wrong, err := p.sought(r)
	if err != nil || wrong != nil {
		return cmp.Or(err, wrong)
	}
	var rows [][]string
	n := nameList{map[string]string{}, map[string]place{}}
	for x, err := range p.all(ctx, f) {
		if err != nil {
			return err
		}
		if err := p.learn(ctx, l, n, string(x.By), x.Subject); err != nil {
			return err
		}
		rows = append(rows, []string{number(x.Seq), x.At.Format(time.RFC3339Nano), string(x.By), n.actor(l, x.By), x.Action, action(l, x.Action), x.Subject, x.Was, x.Became, x.Hash})
		if len(rows) == mostRows {
			break
		}
	}
	return writeCSV(w, l, l.T("admin.audit.file"), []string{l.T("admin.audit.number"), l.T("admin.audit.when"), l.T("admin.audit.actor"), l.T("admin.audit.who"), l.T("admin.audit.action"), l.T("admin.audit.what"), l.T("admin.audit.subject"), l.T("admin.audit.was"), l.T("admin.audit.became"), l.T("admin.audit.hash")}, rows)
}

// journalJSON gives rows as they are kept, sealed values included: what another
// program needs to check the chain.
func (p *Pages) journalJSON(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	f, wrong, err := p.sought(r)
	if err != nil || wrong != nil {
		return cmp.Or(err, wrong)
	}
	type row struct {
		Seq     int64           `json:"seq"`
		At      time.Time       `json:"at"`
		By      audit.Actor     `json:"by"`
		Action  string          `json:"action"`
		Subject string          `json:"subject"`
		Was     json.RawMessage `json:"was,omitempty"`
		Became  json.RawMessage `json:"became,omitempty"`
		Hash    string          `json:"hash"`
	}
	rows := []row{}
	for x, err := range p.all(r.Context(), f) {
		if err != nil {
			return err
		}
		rows = append(rows, row{x.Seq, x.At, x.By, x.Action, x.Subject, json.RawMessage(x.Was), json.RawMessage(x.Became), x.Hash})
		if len(rows) == mostRows {
			break
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="`+l.T("admin.audit.file")+`.json"`)
	return json.NewEncoder(w).Encode(map[string]any{"rows": rows})
}

// row shows one change: before and after side by side.
func (p *Pages) row(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 62)
	if err != nil || seq < 1 {
		return fault.New(fault.NotFound, "admin.audit.no_row")
	}
	rows, err := p.Record.Find(ctx, audit.Filter{Before: seq + 1, Limit: 1})
	if err != nil {
		return err
	}
	if len(rows) == 0 || rows[0].Seq != seq {
		return fault.New(fault.NotFound, "admin.audit.no_row")
	}
	x := rows[0]
	key := func(of string) ([]byte, error) { return p.Record.Key(ctx, of) }
	was, err := audit.Open(x.Was, key)
	if err != nil {
		return err
	}
	became, err := audit.Open(x.Became, key)
	if err != nil {
		return err
	}
	was, became = spread(was), spread(became)
	var more []string
	for _, v := range []audit.Values{was, became} {
		for name, value := range v {
			if of, ok := value.(string); ok && of != "" {
				more = append(more, subjectOf(name, of))
			}
		}
	}
	n, err := p.named(ctx, l, rows, more...)
	if err != nil {
		return err
	}
	about := n.subject(l, x.Subject)
	v := &page{Title: l.T("admin.audit.row", x.Seq), Shows: []web.Component{web.Facts{Items: []web.Fact{
		{Term: l.T("admin.audit.when"), Text: l.Moment(x.At)},
		{Term: l.T("admin.audit.who"), Text: n.actor(l, x.By), Href: address(auditPath, "qui", string(x.By))},
		{Term: l.T("admin.audit.what"), Text: action(l, x.Action), Note: x.Action},
		{Term: l.T("admin.audit.subject"), Text: about.Text, Href: about.Href},
		{Term: l.T("admin.audit.hash"), Body: code(x.Hash)},
	}}, web.Links{Label: l.T("admin.actions"), Items: []web.Anchor{{Text: l.T("admin.audit.same"), Href: address(auditPath, "sur", x.Subject)}}}}}
	t := web.Table{ID: "valeurs", Caption: l.T("admin.audit.row", x.Seq), Quiet: true, Columns: []web.Column{{Title: l.T("admin.audit.field")}, {Title: l.T("admin.audit.was")}, {Title: l.T("admin.audit.became")}}}
	names := slices.Sorted(maps.Keys(maps.Collect(joined(was, became))))
	for _, name := range names {
		a, b := n.value(l, name, was), n.value(l, name, became)
		if name == "scope" {
			a, b = p.scopeValue(ctx, l, was), p.scopeValue(ctx, l, became)
		}
		if a == b && a == "–" {
			continue
		}
		row := []web.Cell{{Text: field(l, name)}, {Text: a}, {Text: b}}
		if was != nil && became != nil && a != b {
			row[0].Marks = []web.Mark{{Text: l.T("admin.audit.differs"), Attention: true}}
		}
		t.Rows = append(t.Rows, row)
	}
	s := part{ID: "avant-apres", Title: l.T("admin.audit.values")}
	switch {
	case len(t.Rows) == 0:
		s.Text = l.T("admin.audit.no_values")
	default:
		s.Shows = []web.Component{t}
	}
	v.Parts = []part{s}
	return p.draw(w, r, v, options{crumbs: []web.Crumb{{Text: l.T("admin.audit.title"), Href: auditPath}}, actions: []string{"audit"}})
}

// spread shows the values of a setting one by one.
func spread(v audit.Values) audit.Values {
	if inner, ok := v["value"].(map[string]any); ok && len(v) == 1 {
		return inner
	}
	return v
}

func joined(a, b audit.Values) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, v := range []audit.Values{a, b} {
			for k, x := range v {
				if !yield(k, x) {
					return
				}
			}
		}
	}
}

// field is the name of a value in words.
func field(l *i18n.Localizer, name string) string {
	if key := "admin.field." + name; l.Has(key) {
		return l.T(key)
	}
	return name
}

// value is one value in words; "–" where there is none.
func (n nameList) value(l *i18n.Localizer, name string, of audit.Values) string {
	v, ok := of[name]
	if !ok {
		return "–"
	}
	if own, ok := v.(audit.Personal); ok {
		v = own.Value
	}
	switch x := v.(type) {
	case audit.Erased:
		return l.T("admin.audit.erased")
	case nil:
		return "–"
	case bool:
		return l.T(map[bool]string{true: "admin.yes", false: "admin.no"}[x])
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case string:
		switch {
		case x == "":
			return "–"
		case subjectOf(name, x) != "":
			return n.subject(l, subjectOf(name, x)).Text
		case name == "role" && people.Role(x).Known():
			return l.T("people.role." + x)
		case people.Date(x).Valid():
			return l.Day(x)
		case name == "state" && l.Has("admin.state."+x):
			return l.T("admin.state." + x)
		}
		return x
	}
	text, err := audit.Canonical(v)
	if err != nil {
		return "–"
	}
	return text
}

// scopeValue is the scope among some values in words.
func (p *Pages) scopeValue(ctx context.Context, l *i18n.Localizer, of audit.Values) string {
	text, ok := of["scope"].(string)
	if !ok {
		return "–"
	}
	s, err := people.ParseScope(text)
	if err != nil {
		return text
	}
	return p.at(ctx, l, s).Text
}

// verifyForm says how the last check ended, and begins another.
func (p *Pages) verifyForm(w http.ResponseWriter, r *http.Request) error {
	v, o, err := p.verifying(r)
	if err != nil {
		return err
	}
	return p.draw(w, r, v, o)
}

func (p *Pages) verifying(r *http.Request) (*page, options, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	o := options{crumbs: []web.Crumb{{Text: l.T("admin.audit.title"), Href: auditPath}}, actions: []string{"audit"}, scripts: []string{"admin.js"}}
	v := &page{Title: l.T("admin.verify.title"), Lead: l.T("admin.verify.lead")}
	self := auditPath + "/verifier"
	body, last, err := p.work(ctx, l, verifyWork, l.T("admin.verify.running"), l.T("admin.verify.running"), self)
	if err != nil {
		return nil, o, err
	}
	s := part{Body: body}
	if report, ok := last.Result.(audit.Report); ok && !last.Running() {
		v.Shows = append(v.Shows, reported(l, report, last))
	} else if last.Err != nil && !last.Running() {
		v.Shows = append(v.Shows, web.Notice{Kind: web.Attention, Text: l.T("admin.verify.failed", l.Moment(last.Ended))})
	} else if !last.Running() {
		if rows, err := p.Record.Find(ctx, audit.Filter{Action: "audit.verify", Limit: 1}); err != nil {
			return nil, o, err
		} else if len(rows) > 0 {
			v.Shows = append(v.Shows, web.Notice{Kind: web.Info, Text: l.T("admin.verify.before", l.Moment(rows[0].At))})
		}
	}
	if !last.Running() {
		s.Forms = []form{{ID: "verifier", Action: self, Button: l.T("admin.verify.button"), Fields: []web.Field{
			{Name: "head", Label: l.T("admin.verify.head"), Help: l.T("admin.verify.head_help"), Value: typed(r, "head", 200)}}}}
	}
	head, err := p.Record.Head(ctx)
	if err != nil {
		return nil, o, err
	}
	note := part{ID: "tete", Title: l.T("admin.head.title"), Text: l.T("admin.head.text"), Shows: []web.Component{web.Facts{Items: []web.Fact{{Term: l.T("admin.head.now"), Body: code(head.String())}}}}}
	if h, err := p.Server.Health(ctx); err == nil && h.Mail {
		note.Forms = []form{{Action: auditPath + "/tete", Button: l.T("admin.head.mail"), Quiet: true}}
	}
	v.Parts = []part{s, note}
	return v, o, nil
}

func reported(l *i18n.Localizer, r audit.Report, w job.Work) web.Notice {
	if len(r.Problems) == 0 {
		return web.Notice{Kind: web.Done, Title: l.T("admin.verify.whole", r.Rows), Text: l.T("admin.verify.when", l.Moment(w.Ended))}
	}
	var list strings.Builder
	for _, x := range r.Problems {
		fmt.Fprintf(&list, "<li>%s</li>", template.HTMLEscapeString(l.T("admin.verify.problem", x.Seq, x.Why)))
	}
	return web.Notice{Kind: web.Attention, Title: l.T("admin.verify.broken", l.Moment(w.Ended)), Body: web.Say(l, "admin.verify.broken_text") + "<ul>" + template.HTML(list.String()) + "</ul>"} //nolint:gosec // each line is escaped above
}

// counted tells how many rows of a record were read.
type counted struct {
	audit.Store
	total int64
	tell  job.Tell
}

func (c counted) Rows(ctx context.Context) iter.Seq2[audit.Row, error] {
	return func(yield func(audit.Row, error) bool) {
		n := int64(0)
		for r, err := range c.Store.Rows(ctx) {
			if n++; n%1000 == 1 {
				c.tell(min(n, c.total), c.total, "")
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func (p *Pages) verified(ctx context.Context, tell job.Tell, noted []audit.Head) (audit.Report, error) {
	head, err := p.Record.Head(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	return audit.Verify(ctx, counted{p.Record, head.Seq, tell}, noted...)
}

// verify checks the whole chain in the background. What was found is recorded.
func (p *Pages) verify(w http.ResponseWriter, r *http.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	var noted []audit.Head
	if s := typed(r, "head", 200); s != "" {
		h, err := audit.ParseHead(s)
		if err != nil {
			v, o, e := p.verifying(r)
			if e != nil {
				return e
			}
			return p.again(w, r, v, o, fault.New(fault.Invalid, "admin.verify.no_head").In("head").Because(err))
		}
		noted = append(noted, h)
	}
	actor := people.Of(r.Context())
	err := p.start(r, verifyWork, "audit", func(ctx context.Context, tell job.Tell) (any, error) {
		report, err := p.verified(ctx, tell, noted)
		values := audit.Values{"rows": report.Rows, "head": report.Head.String(), "problems": len(report.Problems)}
		if len(report.Problems) > 0 {
			values["found"] = report.Problems
		}
		if err != nil {
			values = audit.Values{"failed": true}
		}
		return report, errors.Join(err, p.Record.Record(ctx, audit.Entry{By: actor.By(), Action: "audit.verify", Subject: "audit", Became: values}))
	})
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, auditPath+"/verifier", http.StatusSeeOther)
}

// mailHead sends the head of the chain to the reader, out of reach of the server.
func (p *Pages) mailHead(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	actor := people.Of(ctx)
	head, err := p.Record.Head(ctx)
	if err != nil {
		return err
	}
	e, err := notice.Mail{To: actor.Person.Email, Subject: l.T("admin.head.subject", head.Seq), Text: l.T("admin.head.letter", l.Moment(p.Now())) + "\n\n" + head.String() + "\n\n" + l.T("admin.head.letter_use") + "\n"}.Event(actor.Person.ID)
	if err != nil {
		return err
	}
	if err := p.Outbox.Leave(ctx, e); err != nil {
		return err
	}
	return p.to(w, r, auditPath+"/verifier", "head")
}
