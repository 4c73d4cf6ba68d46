package noticeweb

import (
	"net/http"

	"bassin/internal/web"
)

// stopView is what one click in a mail leads to.
type stopView struct {
	What    string // the subject in words
	Token   string
	Already bool // nothing is left to stop
	Done    bool
}

// stopForm changes nothing: programs that look through mails follow its links.
func (p *Pages) stopForm(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	s, on, err := p.Store.Stopping(r.Context(), token)
	if err != nil {
		return err
	}
	return p.stopPage(w, r, &stopView{What: s.Name().In(p.Kit.Locale(r.Context())), Token: token, Already: !on})
}

func (p *Pages) stop(w http.ResponseWriter, r *http.Request) error {
	s, err := p.Store.Stop(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.stopPage(w, r, &stopView{What: s.Name().In(p.Kit.Locale(r.Context())), Done: true})
}

func (p *Pages) stopPage(w http.ResponseWriter, r *http.Request, v *stopView) error {
	l := p.Kit.Locale(r.Context())
	h := w.Header()
	h.Set("Referrer-Policy", "no-referrer") // the address is the key
	h.Set("Cache-Control", "no-store")
	title := l.T("noticeweb.stop.title")
	if v.Done || v.Already {
		title = l.T("noticeweb.stop.done_title")
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: title, Template: "noticeweb/stop", View: v, NoIndex: true,
		Rights: []web.Right{{What: l.T("noticeweb.stop.right"), Who: l.T("noticeweb.stop.right_who"), May: true, Why: l.T("noticeweb.stop.right_why")}},
	})
}
