package personalweb

import (
	"net/http"

	"bassin/internal/web"
)

// registerView is the record of processing.
type registerView struct {
	Site     web.Site
	Holdings []holdingView
	Periods  []Period
	Erased   bool // the reader has just had themselves erased
}

type holdingView struct {
	ID, Name, Why, Basis, Readers, Kept string
	What                                []string // columns in words
	Rows                                int
	Public                              bool
}

func (p *Pages) register(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	kept, err := p.Data.Store.Holdings(r.Context())
	if err != nil {
		return err
	}
	v := &registerView{Site: p.Site(), Erased: r.URL.Query().Get("fait") == "efface"}
	for _, h := range kept {
		say := func(k string) string { return l.T("personal.table." + h.Table + "." + k) }
		x := holdingView{ID: h.Table, Name: say("name"), Why: say("why"), Basis: say("basis"), Readers: say("readers"), Kept: say("kept"), Rows: h.Rows, Public: h.Public}
		for _, c := range h.Columns {
			x.What = append(x.What, columnName(l, h.Table, c))
		}
		v.Holdings = append(v.Holdings, x)
	}
	if p.Periods != nil {
		if v.Periods, err = p.Periods(r, l); err != nil {
			return err
		}
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("personal.register.title"), Description: l.T("personal.register.description"), Template: "personal/register", View: v,
	})
}
