package observatoryweb

import (
	"bytes"
	"math"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// indexCSV exports the index: every territory of the level, the most fragile
// first, those that are not ranked last with what is known of them.
func (p *Pages) indexCSV(w http.ResponseWriter, r *http.Request) error {
	k, err := p.takeIndex(r)
	if err != nil {
		return err
	}
	l, x := p.Kit.Locale(r.Context()), k.x
	head := []string{"niveau", "code", "nom", "rang", "rang_bas", "rang_median", "rang_haut", "indice"}
	for _, a := range x.Axes {
		head = append(head, "axe_"+string(a.Axis))
	}
	for _, c := range x.Components {
		head = append(head, c.Definition.Key, c.Definition.Key+"_note")
	}
	number := func(v float64) string {
		if math.IsNaN(v) {
			return ""
		}
		s := strconv.FormatFloat(v, 'g', 10, 64)
		if l.Lang() == i18n.FR {
			return strings.ReplaceAll(s, ".", ",")
		}
		return s
	}
	named := func(t *territory.Territory) []string {
		return []string{string(t.Level), web.Harmless(t.Code), web.Harmless(t.Name)}
	}
	var b bytes.Buffer
	err = web.WriteCSV(&b, l, head, func(write func([]string)) {
		for _, i := range x.Order() {
			row := append(named(x.Territories[i]), strconv.Itoa(int(x.Rank[i])), number(x.Low[i]), number(x.Median[i]), number(x.High[i]), number(x.Score[i]))
			for _, a := range x.Axes {
				row = append(row, number(a.Scores[i]))
			}
			for _, c := range x.Components {
				row = append(row, number(c.Values[i]), number(c.Scores[i]))
			}
			write(row)
		}
		for _, t := range snapshot.FromContext(r.Context()).France.Level(k.p.Level) {
			if _, ok := x.At(t); ok {
				continue
			}
			row := append(named(t), make([]string, 5+len(x.Axes))...)
			for _, c := range x.Components {
				row = append(row, number(k.o.Panel.Latest(t, c.Definition).Value), "")
			}
			write(row)
		}
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="fragilite-`+string(k.p.Level)+`.csv"`)
	return web.Respond(w, r, b.Bytes())
}
