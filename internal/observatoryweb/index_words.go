package observatoryweb

import (
	"math"
	"net/url"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// indexTeller says an index in words.
type indexTeller struct {
	words
	*indexTaken
}

// axis names an axis: those of the index, or those of the catalogue for what is
// added to it.
func (d indexTeller) axis(a observatory.IndexAxis) string {
	if key := "index.axis." + string(a); d.l.Has(key) {
		return d.l.T(key)
	}
	return d.l.T("observatory.axis." + string(a))
}

// short names a territory in a list of its level, with its département.
func (d indexTeller) short(t *territory.Territory) string {
	if t.Level == territory.Departement {
		return t.Name
	}
	if n := t.Communes(); len(n) > 0 {
		seat, ok := d.f.CommuneNumber(t.Seat)
		if !ok {
			seat = n[0]
		}
		return d.l.T("index.named", t.Name, d.f.Commune(seat).Departement)
	}
	return t.Name
}

// span writes the range of a rank: 3 à 17.
func (d indexTeller) span(i int) string {
	if d.x.Low == nil {
		return "–"
	}
	low, high := ranks(d.x.Low[i], d.x.High[i])
	return d.l.T("index.range", low, high)
}

// ranks are the ends of a range as whole ranks, outwards.
func ranks(low, high float64) (int, int) { return int(math.Floor(low)), int(math.Ceil(high)) }

// answer is what the index says first.
func (d indexTeller) answer() []string {
	l, x := d.l, d.x
	n := len(x.Territories)
	names := d.level(d.p.Level, 2)
	var first []string
	for _, i := range x.Order()[:3] {
		low, high := ranks(x.Low[i], x.High[i])
		if low == high {
			first = append(first, l.T("index.answer.still", naming.Named(l, d.f, x.Territories[i]), int(x.Rank[i])))
			continue
		}
		first = append(first, l.T("index.answer.one", naming.Named(l, d.f, x.Territories[i]), int(x.Rank[i]), low, high))
	}
	tenth := n / 10
	return []string{
		l.T("index.answer.first", n, names, l.List(first)) + " " + l.T("index.answer.read", l.Number(d.x.Draws)),
		l.T("index.answer.always", x.Always(tenth), tenth, names),
		l.T("index.answer.unranked", x.Unranked, names, l.Percent(observatory.IndexKnown, 0)),
	}
}

// changed says how the index differs from the default.
func (d indexTeller) changed() string {
	l := d.l
	var parts []string
	if d.text.Components != "" || d.text.Weights != "" {
		parts = append(parts, l.T("index.changed.parts", len(d.p.Components)))
	}
	if d.text.Norm != "" {
		parts = append(parts, l.T("index.norm."+string(d.p.Norm)))
	}
	if d.text.Mean != "" {
		parts = append(parts, l.T("index.mean."+string(d.p.Mean)))
	}
	s := l.T("index.changed.is", strings.Join(parts, ", "))
	if d.x.Draws < observatory.IndexDraws {
		s += " " + l.T("index.changed.draws", d.x.Draws, observatory.IndexDraws)
	}
	return s
}

// indexOwnView is what the index says of the reader's territory.
type indexOwnView struct {
	Title   string
	Text    []string
	Bars    web.Bars
	Factors []web.Fact
	Links   web.Links
}

// own fills the part about the reader's territory, and returns its identifier.
func (d indexTeller) own(v *indexView, q url.Values) string {
	l := d.l
	typed := strings.TrimSpace(q.Get(indexOwnParam))
	v.Find.Value = clipped(typed)
	for _, h := range [][2]string{{indexLevelParam, d.text.Level}, {indexPartsParam, d.text.Components}, {indexAxesParam, d.text.Weights}, {indexNormParam, d.text.Norm}, {indexMeanParam, d.text.Mean}} {
		if h[1] != "" {
			v.Find.Hidden = append(v.Find.Hidden, web.Hidden{Name: h[0], Value: h[1]})
		}
	}
	if typed == "" {
		return ""
	}
	id, found := findOwn(d.s, d.p.Level, typed)
	one, _ := territory.ParseID(id)
	t, ok := d.f.Territory(one)
	switch {
	case len(found) > 0:
		v.Find.Text = l.T("index.find.several", len(found), clipped(typed))
		for _, t := range found {
			v.Find.Found = append(v.Find.Found, web.Anchor{Text: d.short(t), Href: "/fragilite" + indexQuery(d.text, indexOwn(t.ID.String())) + "#ici"})
		}
		return ""
	case !ok:
		v.Find.Text = l.T("index.find.none", clipped(typed), d.level(d.p.Level, 2))
		return ""
	case t.Level != d.p.Level:
		v.Find.Text = l.T("index.find.level", d.heading(t), d.level(d.p.Level, 2))
		return ""
	}
	v.Find.Value = t.Name
	v.Own = d.standing(d.o.StandingIn(d.x, t))
	return id
}

// standing says the rank of one territory, its range and what moves it.
func (d indexTeller) standing(s *observatory.IndexStanding) *indexOwnView {
	l, x, t := d.l, d.x, s.Territory
	o := &indexOwnView{Title: d.heading(t)}
	o.Links = web.Links{Label: l.T("index.links"), Items: []web.Anchor{{Text: l.T("index.own.diagnosis"), Href: t.Path() + "/diagnostic"}}}
	var missing []string
	for _, m := range s.Missing {
		missing = append(missing, d.name(m))
	}
	if !s.Ranked() {
		o.Text = append(o.Text, l.T("index.own.unranked", len(missing), len(x.Components), l.List(missing)))
		if t.Level == territory.Commune {
			n, _ := d.f.CommuneNumber(t.Code)
			if b := d.f.One(n, territory.BassinDeVie); b != nil {
				up := d.text
				up.Level = ""
				o.Text = append(o.Text, l.T("index.own.see_basin"))
				o.Links.Items = append([]web.Anchor{{Text: d.heading(b), Href: "/fragilite" + indexQuery(up, indexOwn(b.ID.String())) + "#ici"}}, o.Links.Items...)
			}
		}
		return o
	}
	names := d.level(t.Level, 2)
	low, high := ranks(s.Low, s.High)
	o.Text = append(o.Text, l.T("index.own.rank", s.Rank, s.Of, names), l.T("index.own.range", low, high, x.Draws))
	if len(missing) > 0 {
		o.Text = append(o.Text, l.T("index.own.missing", len(missing), l.List(missing)))
	}
	if s.Factor != "" {
		o.Text = append(o.Text, l.T("index.own.factor", l.T("index.factor."+s.Factor), l.Percent(s.FactorShare, 0)))
	} else {
		o.Text = append(o.Text, l.T("index.own.still"))
	}
	rest := 1.0
	for _, f := range x.Factors {
		rest -= f.Share[s.At]
		o.Factors = append(o.Factors, web.Fact{Term: i18n.Upper(l.T("index.factor." + f.Name)), Text: l.Percent(f.Share[s.At], 0)})
	}
	if s.Factor != "" && rest > 0.005 {
		o.Factors = append(o.Factors, web.Fact{Term: l.T("index.factor.together"), Text: l.Percent(rest, 0)})
	}
	o.Bars = web.Bars{ID: "composantes-ici", Caption: l.T("index.bars.caption", names), Head: [2]string{l.T("index.bars.what"), l.T("index.bars.worse")}, Max: 100}
	for i := range x.Components {
		c := &x.Components[i]
		if worse := c.Worse(s.At); !math.IsNaN(worse) {
			o.Bars.Items = append(o.Bars.Items, web.Bar{
				Label: d.name(c.Definition), Value: 100 * worse, Text: l.Percent(worse, 0), Note: l.T("index.bars.note", amount(l, c.Definition, c.Values[s.At]), d.axis(c.Axis)),
			})
		}
	}
	return o
}

// indexMethodView is the whole method, with what this index makes of it.
type indexMethodView struct {
	Components *web.Table
	Steps      []web.Fact
	Close      []string
	Limits     []string
}

// method tells each step in order, as it was taken for this index.
func (d indexTeller) method() indexMethodView {
	l, x := d.l, d.x
	var v indexMethodView
	t := &web.Table{ID: "t-composantes", Quiet: true, Caption: l.T("index.parts.caption"), Columns: []web.Column{
		{Title: l.T("index.bars.what")}, {Title: l.T("index.parts.axis")}, {Title: l.T("index.parts.share"), Numeric: true}, {Title: l.T("index.parts.direction")}, {Title: l.T("index.parts.why")}, {Title: l.T("index.parts.period")},
	}}
	for i := range x.Components {
		c := &x.Components[i]
		direction := l.T("index.parts.more")
		if c.Definition.Polarity == indicator.Better {
			direction = l.T("index.parts.less")
		}
		why := l.T("index.why.added")
		if key := "index.why." + c.Definition.Key; l.Has(key) {
			why = l.T(key)
		}
		kind := ""
		switch {
		case c.Definition.Estimate:
			kind = l.T("index.parts.estimate")
		case c.Definition.Proxy:
			kind = l.T("index.parts.proxy")
		}
		t.Rows = append(t.Rows, []web.Cell{
			{Text: d.name(c.Definition), Href: "/indicateurs/" + c.Definition.Key, Note: kind}, {Text: d.axis(c.Axis)}, {Text: l.Percent(c.Share, 1)}, {Text: direction}, {Text: why},
			{Text: vintage(l, c.Definition.Vintages[c.Definition.Latest()])},
		})
	}
	v.Components = t
	step := func(name string, text ...string) {
		v.Steps = append(v.Steps, web.Fact{Term: l.T("index.step." + name), Text: strings.Join(text, " ")})
	}
	step("missing", l.T("index.step.missing.text", l.Percent(observatory.IndexKnown, 0), indicator.Least))
	var logged []string
	for _, c := range x.Components {
		if c.Logged {
			logged = append(logged, d.name(c.Definition))
		}
	}
	outliers := l.T("index.step.outliers.none")
	if len(logged) > 0 {
		outliers = l.T("index.step.outliers.some", l.List(logged))
	}
	step("outliers", l.T("index.step.outliers.text"), outliers)
	step("norm", l.T("index.norm."+string(d.p.Norm)+".text"))
	step("weights", l.T("index.step.weights.text"))
	step("mean", l.T("index.mean."+string(d.p.Mean)+".text"))
	var norms, means []string
	for _, n := range x.Norms {
		norms = append(norms, l.T("index.norm."+string(n)))
	}
	for _, m := range x.Means {
		means = append(means, l.T("index.mean."+string(m)))
	}
	step("variants", l.T("index.step.variants.text", x.Draws, l.List(norms), l.List(means), l.Percent(observatory.IndexNoise, 0), i18n.Plain(int(x.Seed&math.MaxInt))))
	if mean, ok := d.moves(); ok {
		step("sensitivity", mean)
	}
	for _, p := range x.Pairs()[:min(1, len(x.Pairs()))] {
		v.Close = append(v.Close, l.T("index.close.most", d.name(x.Components[p.A].Definition), d.name(x.Components[p.B].Definition), signed(l, p.Rho, 2)))
	}
	for _, p := range x.Pairs() {
		if math.Abs(p.Rho) >= observatory.TooClose {
			v.Close = append(v.Close, l.T("index.close.warning", d.name(x.Components[p.A].Definition), d.name(x.Components[p.B].Definition), signed(l, p.Rho, 2)))
		}
	}
	if doubled := d.o.DoubledWithEstimate(d.p); len(doubled) > 0 {
		var names []string
		for _, m := range doubled {
			names = append(names, d.name(m))
		}
		v.Close = append(v.Close, l.T("index.close.doubled", l.List(names)))
	}
	v.Limits = []string{l.T("index.limits.proxies"), l.T("index.limits.range"), l.T("index.limits.listed"), l.T("index.limits.compare"), l.T("index.limits.people")}
	return v
}

// moves says how far each choice moves ranks, over all the territories.
func (d indexTeller) moves() (string, bool) {
	var parts []string
	for _, f := range d.x.Factors {
		sum := 0.0
		for _, s := range f.Share {
			sum += s
		}
		parts = append(parts, d.l.T("index.step.sensitivity.one", d.l.T("index.factor."+f.Name), d.l.Percent(sum/float64(len(f.Share)), 0)))
	}
	if len(parts) == 0 {
		return "", false
	}
	return d.l.T("index.step.sensitivity.text", d.l.List(parts)), true
}
