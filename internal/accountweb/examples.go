package accountweb

import "bassin/internal/web"

// examples are the views on which the templates are checked when the server starts.
func examples() map[string][]any {
	full := &form{
		Title: "…", Lead: []string{"…"}, Notices: []web.Notice{{Kind: web.Attention, Text: "…"}}, Action: "/connexion", Hidden: []web.Hidden{{Name: "a", Value: "b"}},
		Groups: []group{{Title: "…", Help: "…", Fields: []web.Field{{Name: "a", Label: "…"}}}}, Button: "…", Other: "…", Links: []web.Anchor{{Text: "…", Href: "/"}},
	}
	full.Link = "https://example.org"
	full.Picture, full.Key, full.Codes, full.Next = "data:image/png;base64,", "…", []string{"…"}, "/"
	full.Passkey = &passkeyForm{Title: "…", Text: "…", Mode: "get", Action: "/", Begin: "/", Hidden: []web.Hidden{{Name: "a"}}, Fields: []web.Field{{Name: "b", Label: "…"}}, Button: "…"}
	full.Providers = full.Links
	full.Upload = true
	full.Groups = append(full.Groups, group{Title: "…", Shown: web.Notice{Text: "…"}, File: &fileField{Name: "f", Label: "…", Help: "…", Accept: "image/png", Error: "…"}})
	full.wrong("a", "…")
	m := mandateView{Role: "…", Where: "…", Href: "/", When: "…", Act: "…", ActHref: "/", Note: "…", Can: []string{"…"}}
	return map[string][]any{
		"account/form": {full, &form{Title: "…"}},
		"account/home": {&homeView{
			Name: "…", Done: &web.Notice{Kind: web.Done, Text: "…"}, Held: []mandateView{m}, Past: []mandateView{{Role: "…", When: "…", Act: "…"}},
			Ways: []wayView{{Title: "…", Change: "/", Drop: true, ID: "a"}, {Title: "…", Change: "/", ChangeText: "…"}}, Add: web.Links{Items: []web.Anchor{{Text: "…", Href: "/"}}},
			Sessions: []sessionView{{Here: true}, {ID: "a"}}, Others: 1,
		}, &homeView{}},
		"account/rights": {&rightsView{Known: true, Rows: []rightRow{{}}, Roles: []roleView{{Can: []string{"…"}, Whole: []string{"…"}, Gives: "…"}, {}}}, &rightsView{Rows: []rightRow{{}}}},
	}
}
