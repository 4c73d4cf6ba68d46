package observatoryweb

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// explorerLevels are the levels that can be mapped, the default first.
var explorerLevels = []territory.Level{
	territory.BassinDeVie, territory.EPCI, territory.Commune, territory.Departement, territory.Region, territory.ZoneEmploi,
}

// Ways to choose the limits of classes, as addresses write them.
const (
	byQuantiles = "quantiles"
	byJenks     = "jenks"
	byLimits    = "limites"
)

// Parameters of the explorer, as addresses write them.
const (
	levelParam   = "niveau"
	keyParam     = "indicateur"
	periodParam  = "periode"
	methodParam  = "classes"
	classesParam = "nombre"
	limitsParam  = "limites"
	zoneParam    = "zone"
	placesParam  = "lieux"
	withParam    = "avec"
	logParam     = "echelle"
	ownParam     = "ici"
)

// francePlaces is the value of the places parameter: the only complete list.
const francePlaces = "france-services"

const defaultClasses = 5

// exploration is what the explorer is asked for.
type exploration struct {
	level      territory.Level
	d          *indicator.Definition
	vintage    int
	method     string
	classes    int
	limits     []float64            // of method byLimits
	zone       *territory.Territory // a région or département, nil for France
	places     bool
	with       *indicator.Definition // second indicator, nil for none
	logX, logY bool
	own        *territory.Territory // named on the charts, nil for none
	stale      string               // period asked for that the indicator does not have
	wrong      []web.FieldError
}

// firstKeys are indicators to begin with, the first that this edition of the data has.
var firstKeys = []string{"illectronisme", "age_75", "density"}

func firstDefinition(p *indicator.Panel) *indicator.Definition {
	for _, key := range firstKeys {
		if d, ok := p.Definition(key); ok && d.Ranked() {
			return d
		}
	}
	ds := p.Definitions()
	if i := slices.IndexFunc(ds, (*indicator.Definition).Ranked); i >= 0 {
		return ds[i]
	}
	return ds[0]
}

// readExploration reads an address. What is wrong is told field by field, and the
// default stands in its place.
func readExploration(s *snapshot.Snapshot, l *i18n.Localizer, q url.Values) exploration {
	e := exploration{level: explorerLevels[0], d: firstDefinition(s.Panel), method: byQuantiles, classes: defaultClasses}
	refuse := func(field, text string) { e.wrong = append(e.wrong, web.FieldError{Field: field, Text: text}) }
	if v := q.Get(levelParam); v != "" {
		if slices.Contains(explorerLevels, territory.Level(v)) {
			e.level = territory.Level(v)
		} else {
			refuse(levelParam, l.T("explorer.wrong.level", clipped(v)))
		}
	}
	if v := q.Get(keyParam); v != "" {
		if d, ok := s.Panel.Definition(v); ok {
			e.d = d
		} else {
			refuse(keyParam, l.T("explorer.wrong.indicator", clipped(v)))
		}
	}
	e.vintage = e.d.Latest()
	if v := q.Get(periodParam); v != "" {
		// Choosing another indicator leaves the period of the last one behind: no error.
		if i, ok := e.d.Vintage(v); ok {
			e.vintage = i
		} else {
			e.stale = clipped(v)
		}
	}
	e.readClasses(l, q, refuse)
	if v := q.Get(zoneParam); v != "" {
		id, _ := territory.ParseID(v)
		z, ok := s.France.Territory(id)
		if ok && (id.Level == territory.Region || id.Level == territory.Departement) && z.Zone != "com" {
			e.zone = z
		} else {
			refuse(zoneParam, l.T("explorer.wrong.zone", clipped(v)))
		}
	}
	switch v := q.Get(placesParam); v {
	case "":
	case francePlaces:
		e.places = true
	default:
		refuse(placesParam, l.T("explorer.wrong.places", clipped(v)))
	}
	if v := q.Get(withParam); v != "" {
		d, ok := s.Panel.Definition(v)
		switch {
		case !ok:
			refuse(withParam, l.T("explorer.wrong.indicator", clipped(v)))
		case d == e.d:
			refuse(withParam, l.T("explorer.wrong.same"))
		default:
			e.with = d
		}
	}
	for _, v := range q[logParam] {
		switch v {
		case "x":
			e.logX = true
		case "y":
			e.logY = true
		default:
			refuse(logParam, l.T("explorer.wrong.scale", clipped(v)))
		}
	}
	if v := q.Get(ownParam); v != "" {
		id, _ := territory.ParseID(v)
		if t, ok := s.France.Territory(id); ok && t.Level == e.level {
			e.own = t
		}
	}
	return e
}

func (e *exploration) readClasses(l *i18n.Localizer, q url.Values, refuse func(field, text string)) {
	switch v := q.Get(methodParam); v {
	case "":
	case byQuantiles, byJenks, byLimits:
		e.method = v
	default:
		refuse(methodParam, l.T("explorer.wrong.method", clipped(v)))
	}
	if v := q.Get(classesParam); v != "" {
		if n, err := strconv.Atoi(v); err == nil && n >= 2 && n <= indicator.MaxClasses {
			e.classes = n
		} else {
			refuse(classesParam, l.T("explorer.wrong.classes", clipped(v), 2, indicator.MaxClasses))
		}
	}
	if e.method != byLimits {
		return
	}
	limits, bad, ok := readLimits(q.Get(limitsParam))
	switch {
	case bad != "":
		refuse(limitsParam, l.T("explorer.wrong.number", clipped(bad)))
	case len(limits) == 0:
		refuse(limitsParam, l.T("explorer.wrong.no_limits"))
	case len(limits) > indicator.MaxClasses-1:
		refuse(limitsParam, l.T("explorer.wrong.many_limits", len(limits), indicator.MaxClasses-1))
	case !ok:
		refuse(limitsParam, l.T("explorer.wrong.order"))
	default:
		e.limits = limits
		return
	}
	e.method = byQuantiles
}

// readLimits reads numbers parted by spaces or semicolons, their decimals after a
// comma or a point. Bad is the first that is no number; ok says that they increase.
func readLimits(text string) (limits []float64, bad string, ok bool) {
	if len(text) > 400 {
		text = text[:400]
	}
	parts := strings.FieldsFunc(text, func(r rune) bool {
		return r == ';' || r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\t' || r == '\n' || r == '\r'
	})
	ok = true
	for _, part := range parts {
		clean := strings.ReplaceAll(strings.ReplaceAll(strings.TrimRight(part, "%€,"), "−", "-"), ",", ".")
		x, err := strconv.ParseFloat(clean, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, part, false
		}
		ok = ok && (len(limits) == 0 || x > limits[len(limits)-1])
		limits = append(limits, x)
	}
	return limits, "", ok
}

// clipped keeps what was typed short enough for a message.
func clipped(s string) string {
	r := []rune(strings.ToValidUTF8(s, "�"))
	if len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return string(r)
}

// values writes the exploration as an address does; what is as by default is left out.
func (e *exploration) values() url.Values {
	v := url.Values{levelParam: {string(e.level)}, keyParam: {e.d.Key}}
	if e.vintage != e.d.Latest() {
		v.Set(periodParam, e.d.Vintages[e.vintage].Period)
	}
	switch {
	case e.method == byLimits:
		v.Set(methodParam, byLimits)
		texts := make([]string, len(e.limits))
		for i, x := range e.limits {
			texts[i] = strconv.FormatFloat(x, 'f', -1, 64)
		}
		v.Set(limitsParam, strings.Join(texts, " "))
	case e.method != byQuantiles:
		v.Set(methodParam, e.method)
		fallthrough
	default:
		if e.classes != defaultClasses {
			v.Set(classesParam, strconv.Itoa(e.classes))
		}
	}
	if e.zone != nil {
		v.Set(zoneParam, e.zone.ID.String())
	}
	if e.places {
		v.Set(placesParam, francePlaces)
	}
	if e.with != nil {
		v.Set(withParam, e.with.Key)
		if e.logX {
			v.Add(logParam, "x")
		}
		if e.logY {
			v.Add(logParam, "y")
		}
	}
	if e.own != nil {
		v.Set(ownParam, e.own.ID.String())
	}
	return v
}

// image is the part of the address that the map depends on.
func (e *exploration) image() url.Values {
	v := e.values()
	for _, name := range []string{withParam, logParam, ownParam} {
		v.Del(name)
	}
	return v
}
