package observatoryweb

import (
	"net/url"
	"strings"

	"bassin/internal/observatory"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// twinsPart is what the diagnosis says of the territories most like this one.
type twinsPart struct {
	Lead  string
	Items []twinView
	More  web.Anchor
}

type twinView struct{ Name, Href, Why, Compare, CompareName string }

func (d diagnoser) twins(x *observatory.Diagnosis) *twinsPart {
	if len(x.Twins) == 0 {
		return nil
	}
	l := d.l
	expr := x.Territory.ID.String()
	if x.Territory.Level == territory.Custom { // it may not be kept: its address says its communes
		if code, err := url.PathUnescape(strings.TrimPrefix(d.self, "/set/")); err == nil {
			expr = code
		}
	}
	level, _ := observatory.TwinLevel(x.Territory)
	out := &twinsPart{
		Lead: l.T("twinsof.diagnosis.lead", len(x.Twins), d.level(level, len(x.Twins))),
		More: web.Anchor{Text: l.T("twinsof.diagnosis.more"), Href: twinsAddress(expr, observatory.TwinOptions{})},
	}
	for _, w := range x.Twins {
		name := d.label(w.Territory)
		item := twinView{
			Name: name, Href: w.Territory.Path() + "/diagnostic", CompareName: l.T("twinsof.diagnosis.compare_name", name),
			Compare: compareAddress([]string{expr, w.Territory.ID.String()}),
		}
		switch {
		case len(w.Alike) > 0 && len(w.Differ) > 0:
			item.Why = l.T("twinsof.diagnosis.row", d.likeness(d.o, w.Alike[0]), d.likeness(d.o, w.Differ[0]))
		case len(w.Alike) > 0:
			item.Why = l.T("twinsof.diagnosis.row_same", d.likeness(d.o, w.Alike[0]))
		default:
			item.Why = l.T("twinsof.diagnosis.row_apart", d.likeness(d.o, w.Differ[0]))
		}
		out.Items = append(out.Items, item)
	}
	return out
}
