package commonsweb

import (
	"context"
	"net/http"

	"bassin/internal/commons"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/web"
)

// A large file is read, and what it makes is written, while its sender need not wait. One
// person has one such import at a time, on the server that they sent it to; what is not
// kept yet ends with that server.

// workOf names the import of the reader.
func workOf(r *http.Request) string { return "commons.import:" + people.Of(r.Context()).Person.ID }

// telling tells how far a part of an import is.
func telling(tell job.Tell) func(done, total int) {
	return func(done, total int) { tell(int64(done), int64(total), "") }
}

// took is how an import ended.
type took struct {
	kept []commons.Revision
	late []commons.Finding
}

// importWork is the page of a large import: how far it is, what it would make, what it made.
func (p *Pages) importWork(w http.ResponseWriter, r *http.Request) error {
	return p.importWorkPage(w, r, &importView{})
}

func (p *Pages) importWorkPage(w http.ResponseWriter, r *http.Request, v *importView) error {
	l := p.Kit.Locale(r.Context())
	work, ok := p.Desk.Look(workOf(r))
	if !ok {
		v.Notices = append(v.Notices, web.Notice{Kind: web.Info, Text: l.T("import.no_work")})
		return p.importPage(w, r, v, given{})
	}
	v.Kept, v.Wait = true, &web.Anchor{Text: l.T("import.refresh"), Href: "/importer/suivi"}
	var g given
	switch {
	case work.Running():
		v.Read = l.T("import.running", int(work.Done), int(work.Total))
	case work.Err != nil:
		v.Kept, v.Wait = false, nil
		if !refused(work.Err, v, l) {
			return work.Err
		}
	default:
		v.Wait = nil
		switch result := work.Result.(type) {
		case *read:
			g = result.given
			if err := p.preview(r, v, result); err != nil {
				return err
			}
		case *took:
			v.Kept = false
			if len(result.late) == 0 && len(result.kept) > 0 {
				return p.Kit.Redirect(w, r, "/importer?"+tally(result.kept), http.StatusSeeOther)
			}
			v.Notices = append(v.Notices, web.Notice{Kind: web.Attention, Role: "alert", Text: l.T("import.some", len(result.kept))})
			if err := p.preview(r, v, &read{findings: result.late}); err != nil {
				return err
			}
		}
	}
	return p.importPage(w, r, v, g)
}

// importGo writes what a large file makes.
func (p *Pages) importGo(w http.ResponseWriter, r *http.Request) error {
	v := &importView{}
	work, ok := p.Desk.Look(workOf(r))
	got, ready := work.Result.(*read)
	do := submit(r)
	if !ok || work.Running() || !ready || do == "" {
		return p.importWorkPage(w, r, v)
	}
	l := p.Kit.Locale(r.Context())
	scope, known := (&form{teller: p.teller(r)}).scopeOf(got.home)
	if !known {
		v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: homeField, Text: l.T("commons.territory_unknown", got.home)})
		return p.importWorkPage(w, r, v)
	}
	partly := r.PostFormValue("partly") != ""
	for i := range got.taken {
		if !partly && got.taken[i].Fate == commons.FateBarred {
			v.Errors.Items = append(v.Errors.Items, web.FieldError{Field: "partly", Text: l.T("import.barred")})
			return p.importWorkPage(w, r, v)
		}
	}
	p.Desk.Start(r.Context(), workOf(r), people.Of(r.Context()).Person.ID, func(ctx context.Context, tell job.Tell) (any, error) {
		kept, late, err := p.Library.Take(ctx, got.taken, scope, got.note, do == "envoyer", !partly, telling(tell))
		return &took{kept, late}, err
	})
	return p.Kit.Redirect(w, r, "/importer/suivi", http.StatusSeeOther)
}
