package observatoryweb

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// form lays the fields out, with what was typed.
func (x explorerSaid) form(v *explorerView, q url.Values) {
	l, e := x.l, x.e
	wrong := map[string]string{}
	for _, w := range e.wrong {
		wrong[w.Field] = w.Text
	}
	field := func(name, kind string) web.Field {
		return web.Field{Name: name, Type: kind, Label: l.T("explorer.field." + name), Required: true, Error: wrong[name]}
	}
	level := field(levelParam, "select")
	for _, lv := range explorerLevels {
		level.Options = append(level.Options, web.Option{Value: string(lv), Label: i18n.Upper(l.T("level." + string(lv) + ".names")), Chosen: lv == e.level})
	}
	key := field(keyParam, "select")
	key.Groups = x.indicators(e.d)
	zone := field(zoneParam, "select")
	zone.Options = []web.Option{{Label: l.T("explorer.zone.france"), Chosen: e.zone == nil}}
	zone.Groups = []web.Group{x.zones(territory.Region), x.zones(territory.Departement)}
	v.Main = []web.Field{key, level, zone}

	if len(e.d.Vintages) > 1 {
		f := field(periodParam, "select")
		for i := len(e.d.Vintages) - 1; i >= 0; i-- {
			f.Options = append(f.Options, web.Option{Value: e.d.Vintages[i].Period, Label: vintage(l, e.d.Vintages[i]), Chosen: i == e.vintage})
		}
		v.Main = append(v.Main, f)
	}
	method := field(methodParam, "select")
	asked := cmp.Or(q.Get(methodParam), byQuantiles)
	for _, m := range []string{byQuantiles, byJenks, byLimits} {
		method.Options = append(method.Options, web.Option{Value: m, Label: l.T("explorer.method." + m), Chosen: m == asked})
	}
	number := field(classesParam, "select")
	for n := 2; n <= indicator.MaxClasses; n++ {
		number.Options = append(number.Options, web.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Chosen: n == e.classes})
	}
	limits := field(limitsParam, "text")
	limits.Required, limits.Value = false, q.Get(limitsParam)
	limits.Help, limits.Example = l.T("explorer.field.limites.help"), l.T("explorer.field.limites.example")
	places := field(placesParam, "checkbox")
	places.Options = []web.Option{{Value: francePlaces, Label: l.T("explorer.field.lieux.show"), Chosen: e.places}}
	second := field(withParam, "select")
	second.Required = false
	second.Help = l.T("explorer.field.avec.help")
	second.Options = []web.Option{{Label: l.T("explorer.field.avec.none"), Chosen: e.with == nil}}
	second.Groups = x.indicators(e.with)
	scale := field(logParam, "checkbox")
	scale.Help = l.T("explorer.field.echelle.help")
	scale.Options = []web.Option{
		{Value: "x", Label: l.T("explorer.field.echelle.x"), Chosen: e.logX}, {Value: "y", Label: l.T("explorer.field.echelle.y"), Chosen: e.logY},
	}
	v.More = []web.Field{method, number, limits, places, second, scale}
	for _, name := range []string{methodParam, classesParam, limitsParam, placesParam, withParam} {
		v.Open = v.Open || q.Get(name) != "" && (wrong[name] != "" || name != classesParam && name != methodParam)
	}
	v.Open = v.Open || wrong[logParam] != ""
	if e.own != nil {
		v.Hidden = append(v.Hidden, web.Hidden{Name: ownParam, Value: e.own.ID.String()})
	}
}

// indicators are the options of a list of indicators, axis by axis.
func (x explorerSaid) indicators(chosen *indicator.Definition) []web.Group {
	var out []web.Group
	for _, axis := range indicator.Axes {
		g := web.Group{Label: x.l.T("observatory.axis." + string(axis))}
		for _, d := range x.s.Panel.Definitions() {
			if d.Axis == axis {
				g.Options = append(g.Options, web.Option{Value: d.Key, Label: x.name(d), Chosen: d == chosen})
			}
		}
		if len(g.Options) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// zones are the régions or départements that a map can be of.
func (x explorerSaid) zones(level territory.Level) web.Group {
	g := web.Group{Label: i18n.Upper(x.l.T("level." + string(level) + ".names"))}
	ts := slices.Clone(x.s.France.Level(level))
	slices.SortFunc(ts, func(a, b *territory.Territory) int {
		return cmp.Or(strings.Compare(naming.SortKey(a.Name), naming.SortKey(b.Name)), strings.Compare(a.Code, b.Code))
	})
	for _, t := range ts {
		if t.Zone == "com" {
			continue
		}
		name := t.Name
		if level == territory.Departement {
			name = x.l.T("explorer.named", t.Name, t.Code)
		}
		g.Options = append(g.Options, web.Option{Value: t.ID.String(), Label: name, Chosen: t == x.e.zone})
	}
	return g
}
