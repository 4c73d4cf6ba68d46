package observatoryweb

import (
	"net/http"
	"strconv"

	"bassin/internal/fault"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/carto"
)

// indexMapView is the map, as an image one clicks on.
type indexMapView struct {
	Src     string
	Sizes   []imageSize
	Hidden  []web.Hidden
	Alt     string
	Caption string
	Legend  []legendView
}

// indexClasses is the number of classes of the map: each has as many territories.
const indexClasses = 5

func indexClass(x *observatory.Index, i int) int {
	return indexClasses - 1 - (int(x.Rank[i])-1)*indexClasses/len(x.Territories)
}

func (d indexTeller) plan(drawn *carto.Plan, theme string) *indexMapView {
	l, n := d.l, len(d.x.Territories)
	m := &indexMapView{Alt: l.T("index.map.alt", d.level(d.p.Level, 2)), Caption: l.T("index.map.caption", d.level(d.p.Level, 2))}
	m.Src = "/fragilite/carte.svg" + indexQuery(d.text, "v="+d.s.Manifest.Hash, theme)
	width, height := drawn.Size()
	for _, w := range explorerWidths {
		m.Sizes = append(m.Sizes, imageSize{w, height * w / width})
	}
	for _, h := range [][2]string{{indexLevelParam, d.text.Level}, {indexPartsParam, d.text.Components}, {indexAxesParam, d.text.Weights}, {indexNormParam, d.text.Norm}, {indexMeanParam, d.text.Mean}} {
		if h[1] != "" {
			m.Hidden = append(m.Hidden, web.Hidden{Name: h[0], Value: h[1]})
		}
	}
	for k := indexClasses - 1; k >= 0; k-- {
		step := indexClasses - 1 - k
		first, last := (step*n+indexClasses-1)/indexClasses+1, ((step+1)*n+indexClasses-1)/indexClasses
		key := "index.map.class"
		switch k {
		case indexClasses - 1:
			key = "index.map.most"
		case 0:
			key = "index.map.least"
		}
		m.Legend = append(m.Legend, legendView{carto.Tone(k, indexClasses, 0), l.T(key, first, last)})
	}
	m.Legend = append(m.Legend, legendView{"none", l.T("index.map.none", d.x.Unranked)})
	return m
}

func (p *Pages) indexPlan(s *snapshot.Snapshot) *carto.Plan { return p.plans.Of(s, newPlans).france }

// indexImage serves the map, for good where its address holds the snapshot.
func (p *Pages) indexImage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	theme := q.Get("theme")
	if theme != "" && theme != "light" && theme != "dark" {
		return fault.New(fault.NotFound, "web.error.address")
	}
	k, err := p.takeIndex(r)
	if err != nil {
		return err
	}
	image := p.indexPlan(k.s).Shaded(carto.Shading{
		Unit: k.p.Level, Classes: indexClasses, Theme: theme,
		Class: func(t *territory.Territory) int {
			if i, ok := k.x.At(t); ok {
				return indexClass(k.x, i)
			}
			return carto.Hatched
		},
	})
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if q.Get("v") == k.s.Manifest.Hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return web.Respond(w, r, image)
}

// indexClick leads from a point of the map, as a browser sends it with an <input
// type="image">, to what the index says of the territory drawn there.
func (p *Pages) indexClick(w http.ResponseWriter, r *http.Request) error {
	s, q := snapshot.FromContext(r.Context()), r.URL.Query()
	o := p.Observatory.Of(s)
	parameters, err := o.ParseIndex(indexTextOf(q))
	x, errX := strconv.ParseFloat(q.Get("x"), 64)
	y, errY := strconv.ParseFloat(q.Get("y"), 64)
	if err != nil || errX != nil || errY != nil {
		return p.Kit.Redirect(w, r, "/fragilite", http.StatusSeeOther)
	}
	plan := p.indexPlan(s)
	width, _ := plan.Size()
	if shown, err := strconv.ParseFloat(q.Get("w"), 64); err == nil && shown >= 100 && shown <= 4000 {
		x, y = x*float64(width)/shown, y*float64(width)/shown
	}
	n, _ := plan.At(x, y)
	t := s.France.One(n, parameters.Level)
	if t == nil {
		t = s.France.Level(territory.Commune)[n]
	}
	return p.Kit.Redirect(w, r, "/fragilite"+indexQuery(o.IndexText(parameters), indexOwn(t.ID.String()))+"#ici", http.StatusSeeOther)
}
