package adminweb

import (
	"net/http"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/web"
)

// Files is what these pages ask of attachments.
type Files interface {
	// Panel is what a page shows of a subject's attachments, with forms to action if it is given.
	Panel(r *http.Request, subject, action string, failed error) (web.Files, error)
	// Receive does what a form of a panel asks.
	Receive(r *http.Request, by audit.Actor, subject string, public bool) error
	// Body is how many bytes such a form may take.
	Body() int64
}

const logoPath = settingsPath + "/logo"

func (p *Pages) logoRoutes() []web.Route {
	form, send := get("/reglages/logo", "setting.logo.form", p.logo), post("/reglages/logo", "setting.logo", p.saveLogo)
	send.Body = p.Files.Body()
	return []web.Route{form, send}
}

func (p *Pages) logo(w http.ResponseWriter, r *http.Request) error { return p.logoWith(w, r, nil) }

func (p *Pages) logoWith(w http.ResponseWriter, r *http.Request, failed error) error {
	l := p.Kit.Locale(r.Context())
	files, err := p.Files.Panel(r, setting.LogoSubject, logoPath, failed)
	if err != nil {
		return err
	}
	o := options{crumbs: []web.Crumb{{Text: l.T("admin.setting.title"), Href: settingsPath}}, actions: []string{"setting"}}
	if failed != nil {
		o.status = web.Status(failed)
	}
	return p.draw(w, r, &page{Title: l.T("admin.setting.logo"), Lead: l.T("admin.setting.logo.lead"), Parts: []part{{Shows: []web.Component{files}}}}, o)
}

// saveLogo does what the form asks of the pictures, then names the last of them in the
// setting of the installation.
func (p *Pages) saveLogo(w http.ResponseWriter, r *http.Request) error {
	by := people.Of(r.Context()).By()
	if err := p.Files.Receive(r, by, setting.LogoSubject, true); err != nil {
		return p.logoWith(w, r, err)
	}
	files, err := p.Files.Panel(r, setting.LogoSubject, logoPath, nil)
	if err != nil {
		return err
	}
	picture, alt := files.LastPicture()
	if err := setting.SetLogo(r.Context(), p.Settings, by, picture, alt); err != nil {
		return err
	}
	if err := p.Refreshed(r.Context()); err != nil {
		return err
	}
	if r.PostFormValue("do") == "" && picture == "" {
		return p.logoWith(w, r, fault.New(fault.Invalid, "admin.setting.logo.picture").In("file"))
	}
	return p.Kit.Redirect(w, r, logoPath+"?fait=logo", http.StatusSeeOther)
}
