package adminweb

import (
	"context"
	"net/http"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

func (p *Pages) dataRoutes() []web.Route {
	return []web.Route{
		get("/donnees", "data.manage", p.data),
		post("/donnees/preparer", "data.manage.build", p.build),
	}
}

func (p *Pages) data(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	d, err := p.Server.Data(ctx)
	if err != nil {
		return err
	}
	v := &page{Title: l.T("admin.data.title"), Lead: l.T("admin.data.lead")}
	body, last, err := p.work(ctx, l, dataWork, l.T("admin.data.building"), l.T("admin.data.building"), dataPath)
	if err != nil {
		return err
	}
	switch {
	case last.Running():
	case last.Err != nil:
		v.Shows = append(v.Shows, web.Notice{Kind: web.Attention, Title: l.T("admin.data.failed", l.Moment(last.Ended)), Text: last.Err.Error()})
	case last.Result == true:
		v.Shows = append(v.Shows, web.Notice{Kind: web.Done, Text: l.T("admin.data.fresh", l.Moment(last.Ended))})
	case last.Result == false:
		v.Shows = append(v.Shows, web.Notice{Kind: web.Done, Text: l.T("admin.data.same", l.Moment(last.Ended))})
	}
	state := web.Fact{Term: l.T("admin.data.state"), Text: l.T("admin.data.current")}
	switch {
	case d.Missing:
		state.Text = l.T("admin.data.missing")
	case d.Stale:
		state.Text, state.Marks = l.T("admin.data.stale"), []web.Mark{{Text: l.T("admin.data.todo"), Attention: true}}
	}
	built := l.T("admin.health.unknown")
	if !d.Built.IsZero() {
		built = l.Moment(d.Built)
	}
	s := snapshot.FromContext(ctx)
	main := part{Shows: []web.Component{web.Facts{Items: []web.Fact{
		{Term: l.T("admin.data.edition"), Text: d.Edition[:min(10, len(d.Edition))], Note: l.T("admin.data.vintage", i18n.Plain(d.Vintage))},
		{Term: l.T("admin.data.built"), Text: built},
		state,
	}}}, Body: body}
	if !last.Running() && !d.Missing {
		main.Forms = []form{{Action: dataPath + "/preparer", Button: l.T("admin.data.build"), Quiet: !d.Stale, Lead: l.T("admin.data.build_text")}}
	}
	v.Parts = []part{main}
	changed := map[string]bool{}
	for _, k := range d.Changed {
		changed[k] = true
	}
	t := web.Table{ID: "sources", Caption: l.T("admin.data.title"), Quiet: true, Columns: []web.Column{{Title: l.T("admin.data.source")}, {Title: l.T("admin.data.of")}, {Title: l.T("admin.data.state")}},
		More: &web.Anchor{Text: l.T("admin.data.more"), Href: "/donnees", Icon: "arrow"}}
	for _, x := range s.Manifest.Sources {
		state := web.Cell{Text: l.T("admin.data.used")}
		if changed[x.Key] {
			state = web.Cell{Text: l.T("admin.data.changed"), Marks: []web.Mark{{Text: l.T("admin.data.todo"), Attention: true}}}
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: x.Title.In(l.Lang()), Href: "/donnees#source-" + x.Key}, {Text: x.Vintage.In(l.Lang())}, state})
	}
	v.Parts = append(v.Parts, part{ID: "sources-h", Title: l.T("admin.data.sources"), Shows: []web.Component{t}})
	return p.draw(w, r, v, options{actions: []string{"data.manage"}, scripts: []string{"admin.js"}})
}

// build looks at the open data again, in the background.
func (p *Pages) build(w http.ResponseWriter, r *http.Request) error {
	actor := people.Of(r.Context())
	err := p.start(r, dataWork, "snapshot", func(ctx context.Context, tell job.Tell) (any, error) {
		fresh, err := p.Server.Rebuild(ctx, tell)
		e := audit.Entry{By: actor.By(), Action: "data.build", Subject: "snapshot", Became: audit.Values{"new": fresh, "failed": err != nil}}
		if e := p.Record.Record(ctx, e); err == nil {
			err = e
		}
		return fresh, err
	})
	if err != nil {
		return err
	}
	return p.Kit.Redirect(w, r, dataPath, http.StatusSeeOther)
}
