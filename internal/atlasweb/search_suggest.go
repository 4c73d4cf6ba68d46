package atlasweb

import (
	"encoding/json"
	"net/http"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
)

// mostSuggested is the number of suggestions while one types.
const mostSuggested = 8

// suggest answers the search box as one types: the best territories, by level.
// levels narrows them to some levels, separated by commas.
func (p *Pages) suggest(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	asked := r.URL.Query()
	o := names.Options{Limit: mostSuggested}
	for key := range strings.SplitSeq(asked.Get("levels"), ",") {
		if key == "" {
			continue
		}
		level := territory.Level(key)
		if level == territory.Custom || !level.Valid() {
			return fault.New(fault.Invalid, "search.no_level", shortened(key, 20)).In("levels")
		}
		o.Levels = append(o.Levels, level)
	}
	f := finder{l, s, func(path string) string { return p.Kit.Href(l.Lang(), path) }}
	q, _ := cleaned(asked.Get("q"))
	b, err := json.Marshal(f.suggestions(q, o))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "public, max-age=600")
	h.Set("X-Robots-Tag", "noindex")
	return web.Respond(w, r, b)
}

func (f finder) suggestions(q string, o names.Options) web.Suggestions {
	out := web.Suggestions{Groups: []web.SuggestionGroup{}}
	if q == "" {
		return out
	}
	if at, ok := readPoint(q); ok {
		if v := f.point(at); v.In != nil {
			out.Groups = append(out.Groups, web.SuggestionGroup{
				Label: f.plural(territory.Commune),
				Items: []web.Suggestion{{Label: v.In.Name, Detail: v.In.Where, Why: f.l.T("search.point.title", v.Text), Href: v.In.Href, Value: v.In.value}},
			})
		}
		return out
	}
	for _, g := range names.GroupByLevel(f.s.Names.Search(q, o)) {
		group := web.SuggestionGroup{Label: f.plural(g.Level)}
		for _, m := range g.Matches {
			v := f.found(m)
			detail := v.Where
			if detail == "" {
				detail = v.Size
			}
			group.Items = append(group.Items, web.Suggestion{Label: v.Name, Detail: detail, Why: v.Why, Href: v.Href, Value: m.ID.String()})
		}
		out.Groups = append(out.Groups, group)
	}
	return out
}
