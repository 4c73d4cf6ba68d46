package adminweb

import (
	"context"
	"html/template"

	"bassin/internal/i18n"
	"bassin/internal/job"
)

// Names of long work.
const (
	dataWork   = "data"
	verifyWork = "verify"
)

// workView is long work under way.
type workView struct {
	ID, Label, Text, Href string
	Running               bool
	Done, Total           int64
}

// work shows work under way, with a way to look again. Nothing goes on: "".
func (p *Pages) work(ctx context.Context, l *i18n.Localizer, name, label, text, href string) (template.HTML, job.Work, error) {
	w, err := p.look(ctx, name)
	if err != nil {
		return "", w, err
	}
	v := workView{ID: "travail-" + name, Label: label, Text: text, Href: href, Running: w.Running(), Done: w.Done, Total: w.Total}
	if w.Running() && w.Total > 0 {
		v.Text = l.T("admin.work.step", text, w.Done, w.Total)
	}
	body, err := p.Kit.Fragment(l.Lang(), "admin/work", v)
	return body, w, err
}
