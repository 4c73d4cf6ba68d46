package observatory

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// Diagnosis is what the observatory says first of a territory.
type Diagnosis struct {
	Territory    *territory.Territory
	Unit         territory.Level      // level of its parts on maps and in tables
	EPCI         []territory.Relation // crossed, the largest share first
	Departements []territory.Relation
	Oldest       string // periods of the figures told
	Newest       string
	Parts        []Part     // of the unit, in code order; one commune has none
	Concerned    *Concerned // nil where it is not estimated
	Help         Help
	Visits       []Part // parts to visit first, see [Observatory.visits]
	Figures      []Figure
	Missing      []string // keys of the twelve that have no figure here
	Networks     []Figure
	Marks        Marks
	Twins        []Twin // at most [MostTwins]; none where it cannot be told
}

// Twelve are the figures of the diagnosis, in its order. A territory for which
// one has no figure does without it.
var Twelve = []string{
	illectronisme, "age_75", "below_bac", "single_households",
	"rsa_share", "jobseekers_share", "median_income", "ftth",
	franceServicesKm, "apl_gp", "jobs_growth", "commute_km",
}

// Mobile is the indicator of mobile networks, which an installation adds: no open
// data used here has one.
const Mobile = "mobile_4g"

// Networks are the figures of the part about networks, in its order.
var Networks = []string{"ftth", "ftth_missing", "dsl", "fixed_4g", "wired_none", "under_8", Mobile}

// Keys of the indicators that rules rest on.
const (
	illectronisme     = "illectronisme"
	illectronismeLow  = "illectronisme_low"
	illectronismeHigh = "illectronisme_high"
	franceServicesKm  = "france_services_km"
)

// Concerned is how many people are estimated to be in situation of illectronisme,
// as a range under stated variants.
type Concerned struct {
	Low, People, High       float64
	LowRate, Rate, HighRate float64 // percent of residents aged 15 or over
	Coverage                float64 // share of inhabitants that the estimate speaks of
	Most, Highest           *Part   // where most of them live, where their share is highest; nil without parts
}

// Part is a part of a territory under the figures that tell where to go.
type Part struct {
	Territory *territory.Territory
	Partial   bool    // part of its communes lie outside: figures are of those inside
	People    float64 // estimated to be concerned, NaN where it is not estimated
	Rate      float64 // percent of residents aged 15 or over
	Km        float64 // mean distance from the communes' centres to the nearest fixed France services, as the crow flies; NaN where not known
	Sites     int     // fixed France services in it
	Listed    int     // other places of help listed in it
}

// Essentials makes the beginning of the diagnosis: how many people, where, with
// what help.
func (o *Observatory) Essentials(t *territory.Territory) *Diagnosis {
	x := &Diagnosis{Territory: t, Unit: o.unit(o.France, t)}
	x.Parts = o.parts(t, x.Unit)
	x.Help = o.help(t)
	x.Concerned = o.concerned(t, x.Parts)
	return x
}

// Diagnose makes the diagnosis of a territory.
func (o *Observatory) Diagnose(t *territory.Territory) *Diagnosis {
	x := o.Essentials(t)
	x.EPCI, x.Departements = o.France.Relations(t, territory.EPCI), o.France.Relations(t, territory.Departement)
	x.Visits = visits(x.Parts)
	var missing []string
	if x.Figures, missing = o.figures(t, Twelve); len(missing) > 0 {
		x.Missing = missing
	}
	x.Networks, _ = o.figures(t, Networks)
	x.Marks = o.marks(t)
	x.Twins, _ = o.Twins(t, MostTwins, TwinOptions{})
	for _, told := range [][]Figure{x.Figures, x.Networks} {
		for i := range told {
			p := told[i].Vintage().Period
			if x.Oldest == "" || p < x.Oldest {
				x.Oldest = p
			}
			x.Newest = max(x.Newest, p)
		}
	}
	return x
}

// figures tells the indicators of these keys, and which have nothing to show.
func (o *Observatory) figures(t *territory.Territory, keys []string) (told []Figure, missing []string) {
	for _, key := range keys {
		if d, ok := o.Panel.Definition(key); ok {
			if f, ok := o.Figure(t, d); ok {
				told = append(told, f)
				continue
			}
		}
		missing = append(missing, key)
	}
	return told, missing
}

// parts are the communes, basins or EPCI of a territory, each for what of it lies
// inside.
func (o *Observatory) parts(t *territory.Territory, unit territory.Level) []Part {
	if !t.Level.Whole() || t.Level == territory.Commune {
		return nil
	}
	var out []Part
	add := func(u, inside *territory.Territory) {
		v, km := o.Latest(inside, illectronisme), o.Latest(inside, franceServicesKm)
		p := Part{Territory: u, Partial: u != inside, People: math.NaN(), Rate: math.NaN(), Km: math.NaN()}
		if v.Shown() {
			p.People, p.Rate = v.Numerator, v.Value
		}
		if km.Shown() {
			p.Km = km.Value
		}
		p.Sites, p.Listed = o.sites(inside), o.listed(inside)
		out = append(out, p)
	}
	if unit == territory.Commune {
		communes := o.France.Level(territory.Commune)
		for _, n := range t.Communes() {
			add(communes[n], communes[n])
		}
		return out
	}
	for _, r := range o.France.Relations(t, unit) {
		inside := r.Other
		if r.Communes < len(r.Other.Communes()) {
			inside = o.France.Set(common(r.Other.Communes(), t.Communes()))
		}
		add(r.Other, inside)
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Compare(a.Territory.Code, b.Territory.Code) })
	return out
}

// common is what two increasing lists of communes share.
func common(a, b []int32) []int32 {
	var out []int32
	for _, n := range a {
		if _, ok := slices.BinarySearch(b, n); ok {
			out = append(out, n)
		}
	}
	return out
}

// concerned sums the estimate up. It is nil where a part of the inhabitants that
// matters has none.
func (o *Observatory) concerned(t *territory.Territory, parts []Part) *Concerned {
	low, mid, high := o.Latest(t, illectronismeLow), o.Latest(t, illectronisme), o.Latest(t, illectronismeHigh)
	if !low.Shown() || !mid.Shown() || !high.Shown() {
		return nil
	}
	c := &Concerned{
		Low: low.Numerator, People: mid.Numerator, High: high.Numerator,
		LowRate: low.Value, Rate: mid.Value, HighRate: high.Value, Coverage: mid.Coverage,
	}
	for i := range parts {
		p := &parts[i]
		if math.IsNaN(p.People) {
			continue
		}
		if c.Most == nil || p.People > c.Most.People {
			c.Most = p
		}
		if p.People >= indicator.Least && (c.Highest == nil || p.Rate > c.Highest.Rate) {
			c.Highest = p
		}
	}
	return c
}

// The rule of visits.
const (
	Far        = 5.0 // km from which a part is far from help
	MostVisits = 8
)

// visits are the parts to visit first: communes without a fixed France services
// and over [Far] km from one, or larger parts that are so on average over their
// inhabitants, the most people estimated to be concerned first.
func visits(parts []Part) []Part {
	var out []Part
	for _, p := range parts {
		if p.Km > Far && p.People > 0 && (p.Sites == 0 || p.Territory.Level != territory.Commune) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Part) int { return cmp.Compare(b.People, a.People) })
	return out[:min(len(out), MostVisits)]
}
