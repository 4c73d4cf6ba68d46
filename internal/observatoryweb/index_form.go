package observatoryweb

import (
	"net/url"
	"slices"
	"strconv"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/web"
)

// indexFormView is the form that changes the index. It works without script.
type indexFormView struct {
	Open   bool
	Axes   []indexAxisView
	More   []indexMoreView
	Fields []web.Field
	Hidden []web.Hidden
}

// indexAxisView is an axis with its weight and its components.
type indexAxisView struct {
	Name, Title, Weight string
	Parts               []indexPartView
}

type indexPartView struct{ Name, Title, Note, Weight string }

// indexMoreView is an axis of the catalogue with what may be added of it.
type indexMoreView struct {
	Title string
	Items []web.Option
}

// form lays the form out as the index is asked for.
func (d indexTeller) form(p observatory.IndexParameters, q url.Values) indexFormView {
	l := d.l
	v := indexFormView{Hidden: []web.Hidden{{Name: indexFormParam, Value: "1"}}}
	if own := q.Get(indexOwnParam); own != "" {
		v.Hidden = append(v.Hidden, web.Hidden{Name: indexOwnParam, Value: clipped(own)})
	}
	weight := func(list []observatory.Weighted, key, otherwise string) string {
		if i := slices.IndexFunc(list, func(w observatory.Weighted) bool { return w.Key == key }); i >= 0 {
			return strconv.FormatFloat(list[i].Weight, 'f', -1, 64)
		}
		return otherwise
	}
	for _, c := range observatory.IndexChoices {
		def, ok := d.o.Panel.Definition(c.Key)
		if !ok {
			continue
		}
		i := slices.IndexFunc(v.Axes, func(a indexAxisView) bool { return a.Name == indexAxisPrefix+string(c.Axis) })
		if i < 0 {
			v.Axes = append(v.Axes, indexAxisView{Name: indexAxisPrefix + string(c.Axis), Title: d.axis(c.Axis), Weight: weight(p.Axes, string(c.Axis), "1")})
			i = len(v.Axes) - 1
		}
		v.Axes[i].Parts = append(v.Axes[i].Parts, indexPartView{indexPartPrefix + c.Key, d.name(def), l.T("index.why." + c.Key), weight(p.Components, c.Key, "0")})
	}
	others := d.o.OtherIndexChoices()
	for _, axis := range indicator.Axes {
		m := indexMoreView{Title: l.T("observatory.axis." + string(axis))}
		for _, def := range others {
			if def.Axis == axis {
				m.Items = append(m.Items, web.Option{Value: def.Key, Label: d.name(def), Chosen: weight(p.Components, def.Key, "") != ""})
			}
		}
		if len(m.Items) > 0 {
			v.More = append(v.More, m)
		}
	}
	level := web.Field{Name: indexLevelParam, Type: "select", Required: true, Label: l.T("index.field.level")}
	for _, lv := range observatory.IndexLevels {
		level.Options = append(level.Options, web.Option{Value: string(lv), Label: i18n.Upper(d.level(lv, 2)), Chosen: lv == p.Level})
	}
	norm := web.Field{Name: indexNormParam, Type: "select", Required: true, Label: l.T("index.field.norm"), Help: l.T("index.field.norm.help")}
	for _, n := range observatory.IndexNorms {
		norm.Options = append(norm.Options, web.Option{Value: string(n), Label: i18n.Upper(l.T("index.norm." + string(n))), Chosen: n == p.Norm})
	}
	mean := web.Field{Name: indexMeanParam, Type: "select", Required: true, Label: l.T("index.field.mean"), Help: l.T("index.field.mean.help")}
	for _, m := range observatory.IndexMeans {
		mean.Options = append(mean.Options, web.Option{Value: string(m), Label: i18n.Upper(l.T("index.mean." + string(m))), Chosen: m == p.Mean})
	}
	v.Fields = []web.Field{level, norm, mean}
	return v
}
