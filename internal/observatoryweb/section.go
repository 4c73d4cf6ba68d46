package observatoryweb

import (
	"context"
	"html/template"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// essentialsView is what a territory page says of digital inequalities.
type essentialsView struct {
	Answer []string
	More   web.Anchor
}

// essentials is the section of territory pages that leads to the diagnosis.
func (p *Pages) essentials() web.Section {
	return web.Section{ID: "diagnostic", Title: "diagnosis.section.essentials", Order: 5,
		For: func(l territory.Level) bool { return l != territory.QPV },
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			s := snapshot.FromContext(ctx)
			if s == nil {
				return "", nil
			}
			w := words{q.Localizer, q.France}
			return q.Fragment("observatory/essentials", essentialsView{
				Answer: w.answer(p.Observatory.Of(s).Essentials(q.Territory)),
				More:   web.Anchor{Text: q.Localizer.T("diagnosis.read"), Href: q.Self + "/diagnostic", Strong: true, Icon: "arrow"},
			})
		}}
}
