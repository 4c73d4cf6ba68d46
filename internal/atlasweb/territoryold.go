package atlasweb

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// elsewhere answers for a code that is no territory of the level today: it leads
// to the one that took its place, or helps to find what was meant.
func (p *Pages) elsewhere(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, level territory.Level, code string) error {
	f := s.France
	for _, other := range []string{strings.ToUpper(code), strings.ToLower(code)} {
		if t, ok := f.Territory(territory.ID{Level: level, Code: other}); ok {
			return p.Kit.Redirect(w, r, t.Path(), http.StatusMovedPermanently)
		}
	}
	if level != territory.Commune {
		return p.missing(w, r, s, level, code)
	}
	code = strings.ToUpper(code)
	if t, ok := f.Territory(territory.ID{Level: territory.ArrondissementMunicipal, Code: code}); ok {
		return p.Kit.Redirect(w, r, t.Path(), http.StatusMovedPermanently)
	}
	if part, ok := f.Part(code); ok {
		return p.Kit.Redirect(w, r, "/commune/"+part.Commune+"?depuis="+code, http.StatusMovedPermanently)
	}
	switch today := f.Current(code); len(today) {
	case 0:
		return p.missing(w, r, s, level, code)
	case 1:
		return p.Kit.Redirect(w, r, "/commune/"+today[0]+"?depuis="+code, http.StatusMovedPermanently)
	default:
		return p.split(w, r, s, code, today)
	}
}

// comesFrom tells a reader who followed an old code, or that of a part of a
// commune, why they are here. It is empty for a code that does not lead to t.
func comesFrom(l *i18n.Localizer, f *territory.France, t *territory.Territory, code string) template.HTML {
	if code == "" || t.Level != territory.Commune || code == t.Code {
		return ""
	}
	if part, ok := f.Part(code); ok && part.Commune == t.Code && part.Type != territory.PartArrondissement {
		since := ""
		for _, e := range f.History(code) {
			if e.FromCode == code && e.ToCode != code {
				since = e.Date
			}
		}
		if since == "" {
			return web.Say(l, "territory.from.part."+part.Type, part.Name, code, l.Of(t.Name, naming.Article(f, t)))
		}
		return web.Say(l, "territory.from.part_since."+part.Type, part.Name, code, l.Of(t.Name, naming.Article(f, t)), l.Day(since))
	}
	if !slices.Contains(f.Current(code), t.Code) {
		return ""
	}
	return story(l, f, code, t)
}

// story tells in one sentence how an old code became today's commune.
func story(l *i18n.Localizer, f *territory.France, code string, t *territory.Territory) template.HTML {
	var last *territory.EventRow
	for _, e := range f.History(code) {
		if e.FromCode == code && e.ToCode != code {
			last = &e
		}
	}
	if last == nil {
		return web.Say(l, "territory.from.code", code, t.Name)
	}
	switch last.Kind() {
	case territory.Recoded, territory.SeatMoved:
		return web.Say(l, "territory.from.recoded", last.FromName, code, t.Code, l.Day(last.Date))
	}
	if last.ToCode != t.Code && last.ToName != t.Name {
		return web.Say(l, "territory.from.joined_via", last.FromName, code, last.ToName, l.Day(last.Date), t.Name)
	}
	return web.Say(l, "territory.from.joined", last.FromName, code, t.Name, l.Day(last.Date))
}

// splitView is the page of an old commune that several of today's share.
type splitView struct {
	Kind, Title string
	Answer      template.HTML
	Communes    []linkView
}

func (p *Pages) split(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, code string, today []string) error {
	l, f := p.Kit.Locale(r.Context()), s.France
	name, date := code, ""
	for _, e := range f.History(code) {
		if e.FromCode == code {
			name, date = e.FromName, e.Date
		}
	}
	v := splitView{Kind: l.T("territory.split.kind", code), Title: name, Answer: web.Say(l, "territory.split.answer", name, len(today))}
	if date != "" {
		v.Answer = web.Say(l, "territory.split.answer_since", name, len(today), l.Day(date))
	}
	for _, c := range today {
		if t, ok := f.Territory(territory.ID{Level: territory.Commune, Code: c}); ok {
			v.Communes = append(v.Communes, linkView{Href: p.Kit.Href(l.Lang(), t.Path()), Text: t.Name})
		}
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: v.Title, Template: "atlas/territory_split", View: v, NoIndex: true,
		Crumbs: []web.Crumb{{Text: l.T("territory.france"), Href: "/pays/FR"}},
	})
}

// missingView is the page of a code that exists at no level, or at another.
type missingView struct {
	Title  string
	Text   string
	Near   []linkView
	Search web.Search
}

// missing answers 404 with what the reader may have meant: the same code at
// other levels, the commune of that code and its territory of this level, and
// codes that differ by one character.
func (p *Pages) missing(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, level territory.Level, code string) error {
	l, f := p.Kit.Locale(r.Context()), s.France
	shown := code
	if len([]rune(shown)) > 24 {
		shown = string([]rune(shown)[:24]) + "…"
	}
	v := missingView{
		Title: l.T("territory.missing.title", l.T("level."+string(level)+".name"), shown),
		Text:  l.T("territory.missing.text", i18n.Plain(f.Vintage())), Search: web.Search{ID: "cherche", Value: shown},
	}
	for _, t := range near(f, level, code) {
		v.Near = append(v.Near, linkView{
			Href: p.Kit.Href(l.Lang(), t.Path()), Text: l.T("territory.missing.near", naming.Heading(l, f, t), naming.Kind(l, t), t.Code),
		})
	}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Template: "atlas/territory_missing", View: v, Status: http.StatusNotFound, NoIndex: true, Query: shown})
}

// nearMost is the number of suggestions for a wrong code.
const nearMost = 8

// near lists what a wrong code may stand for.
func near(f *territory.France, level territory.Level, code string) []*territory.Territory {
	var out []*territory.Territory
	add := func(t *territory.Territory) {
		if t != nil && len(out) < nearMost && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	upper := strings.ToUpper(code)
	if n, ok := f.CommuneNumber(upper); ok {
		for _, t := range f.Of(n, level) {
			add(t)
		}
	}
	for _, other := range territory.Levels {
		for _, c := range []string{upper, strings.ToLower(code)} {
			t, _ := f.Territory(territory.ID{Level: other, Code: c})
			add(t)
		}
	}
	for _, t := range f.Level(level) {
		if differByOne(t.Code, upper) {
			add(t)
		}
	}
	return out
}

// differByOne says whether one character was mistyped, forgotten, added, or two
// neighbours swapped.
func differByOne(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	switch len(a) - len(b) {
	case 0:
		if i == len(a) {
			return false
		}
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i+1:] == b[i:]
	}
	return false
}
