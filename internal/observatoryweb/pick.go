package observatoryweb

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// Parameters by which pages take territories.
const (
	pickedParam = "t"    // an identifier or a set expression
	typedParam  = "q"    // what was typed in the search box
	plusParam   = "plus" // what the script of the search box chose
)

// picked is a territory as an address names it: a set that is not kept is found by
// its expression only.
type picked struct {
	*territory.Territory
	expr string
}

func (p *Pages) picked(r *http.Request, expr string) (picked, error) {
	t, err := p.Observatory.Perimeters.Resolve(r.Context(), snapshot.FromContext(r.Context()).France, expr)
	if err == nil && len(t.Communes()) == 0 {
		err = fault.New(fault.NotFound, "territory.not_found", clipped(expr))
	}
	if err != nil {
		return picked{}, err
	}
	if t.Level != territory.Custom {
		expr = t.ID.String()
	}
	return picked{t, expr}, nil
}

// self is the address of its page.
func (x picked) self() string {
	if x.Level == territory.Custom {
		return "/set/" + url.PathEscape(strings.TrimPrefix(x.expr, "set:"))
	}
	return x.Path()
}

// pickBox is a search box that takes a territory, and what it answers.
type pickBox struct {
	Action  string
	Label   string
	Help    string
	Button  string
	Typed   string
	Error   string
	Levels  string // to suggest
	Hidden  []web.Hidden
	Choices []web.Anchor // to choose from, where what was typed names several
	Lead    string       // above them
}

// choices are the territories that what was typed may name.
func choices(s *snapshot.Snapshot, typed string, levels []territory.Level) []*territory.Territory {
	var out []*territory.Territory
	for _, m := range s.Names.Search(typed, names.Options{Limit: 12, Levels: levels}) {
		if t, ok := s.France.Territory(m.ID); ok && len(t.Communes()) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// look answers a search box: the address to go to where one territory is meant, or
// the box with choices or with what is wrong.
func (p *Pages) look(r *http.Request, box *pickBox, levels []territory.Level, to func(expr string) string) (href string) {
	q := r.URL.Query()
	if plus := q.Get(plusParam); plus != "" {
		return to(plus)
	}
	typed := strings.TrimSpace(strings.ToValidUTF8(q.Get(typedParam), ""))
	if _, asked := q[typedParam]; !asked {
		return ""
	}
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	box.Typed = typed
	if typed == "" {
		box.Error = l.T("compare.pick.empty")
		return ""
	}
	if long := []rune(typed); len(long) > 2000 {
		box.Typed = string(long[:2000])
		box.Error = l.T("compare.pick.long")
		return ""
	}
	if strings.ContainsAny(typed, ":,~") {
		x, err := p.picked(r, typed)
		if err == nil {
			return to(x.expr)
		}
		if !strings.Contains(typed, ", ") { // a name may hold a comma
			box.Error = said(l, err)
			return ""
		}
	}
	found := choices(s, typed, levels)
	if len(found) == 1 {
		return to(found[0].ID.String())
	}
	if len(found) == 0 {
		box.Error = l.T("compare.pick.none", clipped(typed))
		return ""
	}
	w := words{l, s.France}
	box.Lead = l.T("compare.pick.several", clipped(typed))
	for _, t := range found {
		text := w.heading(t)
		if t.Level == territory.Commune || t.Level == territory.ArrondissementMunicipal {
			text = l.T("explorer.told", w.label(t), naming.Kind(l, t))
		}
		box.Choices = append(box.Choices, web.Anchor{Text: text, Href: to(t.ID.String())})
	}
	return ""
}

// said is an error in words.
func said(l *i18n.Localizer, err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return l.T(e.Key, e.Args...)
	}
	return l.T("web.error.500.text")
}
