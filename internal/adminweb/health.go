package adminweb

import (
	"net/http"

	"bassin/internal/audit"
	"bassin/internal/web"
)

func (p *Pages) healthRoutes() []web.Route {
	return []web.Route{get("/sante", "health", p.health)}
}

func (p *Pages) health(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	h, err := p.Server.Health(ctx)
	if err != nil {
		return err
	}
	backup := web.Fact{Term: l.T("admin.health.backup"), Text: l.T("admin.health.never")}
	rows, err := p.Record.Find(ctx, audit.Filter{Action: "store.backup", Limit: 1})
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		backup.Text = l.Moment(rows[0].At)
		if v, err := audit.Open(rows[0].Became, func(string) ([]byte, error) { return nil, nil }); err == nil && v["encrypted"] == false {
			backup.Note = l.T("admin.health.clear")
		}
	}
	disk := web.Fact{Term: l.T("admin.health.disk"), Text: l.T("admin.health.unknown")}
	if h.DiskTotal > 0 {
		disk.Text = l.T("admin.health.free", l.Bytes(h.DiskFree), l.Bytes(h.DiskTotal))
		if h.Tight() {
			disk.Marks = []web.Mark{{Text: l.T("admin.health.tight"), Attention: true}}
		}
	}
	mail := l.T("admin.health.mail_off")
	if h.Mail {
		mail = l.T("admin.health.mail_on")
	}
	memory := l.Bytes(h.Memory)
	if h.MemoryLimit > 0 {
		memory = l.T("admin.health.memory_of", memory, l.Bytes(h.MemoryLimit))
	}
	v := &page{Title: l.T("admin.health.title"), Lead: l.T("admin.health.lead"), Shows: []web.Component{web.Facts{Items: []web.Fact{
		{Term: l.T("admin.health.database"), Text: l.T("admin.health.size", h.Database, l.Bytes(h.DatabaseBytes))},
		disk,
		{Term: l.T("admin.health.memory"), Text: memory},
		{Term: l.T("admin.health.mail"), Text: mail},
		backup,
		{Term: l.T("admin.health.since"), Text: l.Moment(h.Started)},
	}}}, Parts: []part{
		{ID: "sauvegarder", Title: l.T("admin.health.how"), Text: l.T("admin.health.how_text"), Shows: []web.Component{web.Notice{Kind: web.Info, Body: web.Say(l, "admin.health.command", code("bassin backup --var "+h.Folder+" --out bassin-"+day(p.Now(), p.Zone)+".gz.age --key …"))}}},
		{ID: "version", Title: l.T("admin.health.version"), Text: l.T("admin.health.version_text", h.Version)},
	}}
	return p.draw(w, r, v, options{actions: []string{"health"}})
}
