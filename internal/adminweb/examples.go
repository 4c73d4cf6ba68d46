package adminweb

import "bassin/internal/web"

// examples are the views on which the templates are checked when the server starts.
func examples() map[string][]any {
	f := form{ID: "a", Action: "/a", Lead: "…", Button: "…", Fields: []web.Field{{Name: "b", Label: "…"}}, Hidden: []web.Hidden{{Name: "c", Value: "d"}}, Cancel: &web.Anchor{Text: "…", Href: "/"}, Told: "…"}
	get := form{Get: true, Row: true, Action: "/a", Button: "…"}
	box := &pick{ID: "e", Action: "/a", Label: "…", Help: "…", Button: "…", Name: "q", Error: "…", Value: "ou", Lead: "…", Choices: []web.Anchor{{Text: "…", Href: "/"}}}
	return map[string][]any{
		"admin/page": {&page{Title: "…", Lead: "…", Shows: []web.Component{web.Notice{Text: "…"}}, Parts: []part{
			{ID: "f", Title: "…", Text: "…", Forms: []form{f, get}, Pick: box, After: []web.Component{web.Links{}}}, {Forms: []form{f}}}}},
		"admin/work":  {workView{Running: true, Total: 2}, workView{}},
		"admin/dead":  {[]deadView{{Kind: "…", Raw: "…", Retry: f, Drop: "/"}}},
		"admin/cards": {[]web.Card{{Title: "…", Href: "/"}}},
	}
}
