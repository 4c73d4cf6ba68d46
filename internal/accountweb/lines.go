package accountweb

import (
	"net/http"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// right says who may do one thing, and whether the reader may.
func right(r *http.Request, l *i18n.Localizer, action string) web.Right {
	d := people.Of(r.Context()).MaySomewhere(action)
	return web.Right{What: l.T("people.right." + action), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}
}

// lines say who may do what on the pages of accounts that need no mandate: everybody
// signs in, and each has their own account.
func lines(r *http.Request, l *i18n.Localizer) []web.Right {
	if people.Of(r.Context()).Known() {
		return []web.Right{{What: l.T("account.line.own"), Who: l.T("account.line.own_who"), May: true, Why: l.T("account.line.own_why")}}
	}
	return []web.Right{{What: l.T("account.line.sign_in"), Who: l.T("account.line.anyone"), May: true, Why: l.T("account.line.anyone_why")}}
}

// held say that a page is for whoever has its link: the mail or the console that gave
// it is their proof.
func held(l *i18n.Localizer, what string) []web.Right {
	return []web.Right{{What: what, Who: l.T("account.line.link_who"), May: true, Why: l.T("account.line.link_why")}}
}
