package observatoryweb

import (
	"net/url"
	"strings"

	"bassin/internal/observatory"
)

// Parameters of the page of the index, as addresses write them. Values are those
// of [observatory.IndexText], the same in every language.
const (
	indexLevelParam = "niveau"
	indexPartsParam = "composantes"
	indexAxesParam  = "poids"
	indexNormParam  = "norme"
	indexMeanParam  = "moyenne"
	indexOwnParam   = "t"
	indexPageParam  = "page"
	indexFormParam  = "changer" // set by the form, whose fields are one a component
	indexPartPrefix = "c."
	indexAxisPrefix = "a."
	indexMoreParam  = "plus"
)

// indexTextOf reads an address of the page.
func indexTextOf(q url.Values) observatory.IndexText {
	return observatory.IndexText{
		Level: q.Get(indexLevelParam), Components: q.Get(indexPartsParam), Weights: q.Get(indexAxesParam), Norm: q.Get(indexNormParam), Mean: q.Get(indexMeanParam),
	}
}

// indexQuery writes an address of the page, in one order, with what is not the
// default only. What a form sent in place of keys and weights is escaped.
func indexQuery(t observatory.IndexText, more ...string) string {
	var parts []string
	for _, p := range [][2]string{
		{indexLevelParam, t.Level}, {indexPartsParam, t.Components}, {indexAxesParam, t.Weights}, {indexNormParam, t.Norm}, {indexMeanParam, t.Mean},
	} {
		if p[1] != "" {
			parts = append(parts, p[0]+"="+plainSigns.Replace(url.QueryEscape(p[1])))
		}
	}
	for _, m := range more {
		if m != "" {
			parts = append(parts, m)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}

// plainSigns are those of keys and weights that may stand in a query as they are.
var plainSigns = strings.NewReplacer("%3A", ":", "%2C", ",")

// indexOwn writes the parameter of the reader's territory.
func indexOwn(id string) string {
	if id == "" {
		return ""
	}
	return indexOwnParam + "=" + url.QueryEscape(id)
}

// indexFormText puts the fields of the form together as an address writes them: a
// number for each component and axis, zero or nothing leaving it out. It returns
// false where no component is left.
func indexFormText(o *observatory.Observatory, q url.Values) (observatory.IndexText, bool) {
	t := observatory.IndexText{Level: q.Get(indexLevelParam), Norm: q.Get(indexNormParam), Mean: q.Get(indexMeanParam)}
	var parts, axes []string
	axis := map[observatory.IndexAxis]bool{}
	add := func(key, weight string) {
		if weight = strings.ReplaceAll(strings.TrimSpace(weight), ",", "."); weight == "" || strings.Trim(weight, "0.") == "" {
			return
		}
		parts = append(parts, key+":"+weight)
		axis[o.IndexAxisOf(key)] = true
	}
	for _, c := range observatory.IndexChoices {
		add(c.Key, q.Get(indexPartPrefix+c.Key))
	}
	for _, key := range q[indexMoreParam] {
		add(key, "1")
	}
	for _, a := range indexAxes(o) {
		if weight := strings.ReplaceAll(strings.TrimSpace(q.Get(indexAxisPrefix+string(a))), ",", "."); weight != "" && axis[a] {
			axes = append(axes, string(a)+":"+weight)
		}
	}
	t.Components, t.Weights = strings.Join(parts, ","), strings.Join(axes, ",")
	return t, len(parts) > 0
}

// indexAxes are the axes that components may be of, those of the default first.
func indexAxes(o *observatory.Observatory) []observatory.IndexAxis {
	var out []observatory.IndexAxis
	seen := map[observatory.IndexAxis]bool{}
	add := func(a observatory.IndexAxis) {
		if !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	for _, c := range observatory.IndexChoices {
		add(c.Axis)
	}
	for _, d := range o.OtherIndexChoices() {
		add(o.IndexAxisOf(d.Key))
	}
	return out
}
