package siteweb

import (
	"net/http"
	"slices"
	"strings"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// aboutView is the page that says what this is.
type aboutView struct {
	Basins, Crossing int
	Site             web.Site
}

func (p *Pages) about(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	v := &aboutView{Site: p.Site()}
	basins := s.France.Level(territory.BassinDeVie)
	v.Basins = len(basins)
	for _, b := range basins {
		first := s.France.One(b.Communes()[0], territory.Departement)
		if slices.ContainsFunc(b.Communes(), func(n int32) bool { return s.France.One(n, territory.Departement) != first }) {
			v.Crossing++
		}
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("site.about.title"), Description: l.T("site.about.description"), Template: "site/about", View: v,
	})
}

func (p *Pages) accessibility(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("site.access.title"), Description: l.T("site.access.description"), Template: "site/accessibility", View: p.Site(),
	})
}

// legalView is the legal notice: each line with what the installer has set.
type legalView struct {
	Lines      []legalLine
	Incomplete bool
	More       []string // further paragraphs
}

type legalLine struct {
	Name  string
	Value string // "" if it is not filled in
	Mail  bool
}

func (p *Pages) legal(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	site := p.Site()
	v := &legalView{Lines: []legalLine{
		{Name: l.T("site.legal.site"), Value: site.Name},
		{Name: l.T("site.legal.publisher"), Value: site.Publisher},
		{Name: l.T("site.legal.address"), Value: site.Address},
		{Name: l.T("site.legal.director"), Value: site.Director},
		{Name: l.T("site.legal.host"), Value: site.Host},
		{Name: l.T("site.legal.contact"), Value: site.Contact, Mail: true},
	}}
	for s := range strings.SplitSeq(strings.ReplaceAll(site.Legal, "\r\n", "\n"), "\n\n") {
		if s = strings.TrimSpace(s); s != "" {
			v.More = append(v.More, s)
		}
	}
	v.Incomplete = slices.ContainsFunc(v.Lines, func(x legalLine) bool { return x.Value == "" })
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("site.legal.title"), Description: l.T("site.legal.description"), Template: "site/legal", View: v,
	})
}
