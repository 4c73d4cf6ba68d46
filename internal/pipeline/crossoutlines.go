package pipeline

import (
	"fmt"
	"math"
	"slices"

	"bassin/internal/territory/shape"
)

// areaTolerance is how far the area of a published outline made of whole
// communes may be from the sum of theirs: both are simplified, to 120 m and 60 m.
const areaTolerance = 0.02

// smallest is the area in km² from which the tolerance applies: below, the
// simplification of the coast alone exceeds it.
const smallest = 20

// maps runs the comparisons that need outlines.
func (x *cross) maps() {
	x.faces("outlines-overseas", "communes", "code", "zone", "com", "every commune of the overseas collectivities has an outline")
	x.faces("outlines-arrondissements", "parts", "code", "type", "arrondissement-municipal", "every municipal arrondissement has an outline")
	x.faces("outlines-bassins", "bassins", "bv2022", "", "", "every living basin has an outline")
	x.faces("outlines-epci", "epci", "siren", "", "", "every EPCI has an outline")
	x.faces("outlines-zones-emploi", "zones-emploi", "code", "", "", "every employment zone has an outline")
	x.faces("qpv-outlines", "qpv-communes", "qpv", "", "", "every QPV has an outline")
	x.qpv()

	o := x.in.outlines["outlines-communes"]
	areas := make(map[string]float64, o.Len())
	for f := range int32(o.Len()) {
		areas[o.Code(f)] = o.FaceRegion(f).Area() / 1e6
	}
	x.official(areas)
	communes, zonages := x.in.tables["communes"], x.in.tables["zonages"]
	for _, d := range []struct {
		key, what    string
		members      *table
		code, column string
	}{
		{"outlines-bassins", "living basin", zonages, "commune", "bv2022"},
		{"outlines-epci", "EPCI", communes, "code", "epci"},
		{"outlines-departements", "département", communes, "code", "departement"},
		{"outlines-regions", "région", communes, "code", "region"},
		{"outlines-zones-emploi", "employment zone", zonages, "commune", "ze2020"},
	} {
		sums := map[string]float64{}
		for i := range d.members.rows {
			if code := d.members.get(i, d.column); code != "" {
				sums[code] += areas[d.members.get(i, d.code)]
			}
		}
		x.dissolved(d.key, d.what, x.in.outlines[d.key], sums)
	}
}

// faces checks that an outline file has exactly the territories of a list.
func (x *cross) faces(key, listKey, column, where, is, what string) {
	t := x.in.tables[listKey]
	want := map[string]bool{}
	for i := range t.rows {
		if where == "" || t.get(i, where) == is {
			want[t.get(i, column)] = true
		}
	}
	x.verdict(key, differences(want, x.in.tables[key].by("code")), "%s, and no other has (%d)", what, len(want))
}

// qpv checks that the list and the outlines put each QPV in the same communes.
func (x *cross) qpv() {
	t, o := x.in.tables["qpv-communes"], x.in.tables["qpv-outlines"]
	in := map[string][]string{}
	for i := range t.rows {
		in[t.get(i, "qpv")] = append(in[t.get(i, "qpv")], t.get(i, "commune"))
	}
	var differ []string
	for i := range o.rows {
		a, b := in[o.get(i, "code")], o.values(i, "communes")
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			differ = append(differ, o.get(i, "code"))
		}
	}
	x.verdict("qpv-outlines", differ, "the list and the outlines put each QPV in the same communes")
}

// official compares the outlines with the official areas.
func (x *cross) official(areas map[string]float64) {
	t := x.in.tables["population-series"]
	var off []float64
	var far []string
	for i := range t.rows {
		want, ok := t.decimal(i, "area_km2")
		if !ok {
			continue
		}
		d := math.Abs(areas[t.get(i, "commune")]/want - 1)
		off = append(off, d)
		if d > 0.2 && want > 1 {
			far = append(far, t.get(i, "commune"))
		}
	}
	slices.Sort(off)
	x.passed("outlines and official areas of %d communes differ by %.2f %% (median), %.2f %% (95 in 100)",
		len(off), 100*off[len(off)/2], 100*off[len(off)*95/100])
	x.note(Finding{Kind: Noted, Column: "area_km2", Count: len(far), Why: "communes over 1 km² whose outline is a fifth larger or smaller than the official area: estuaries, lakes, adjusted limits", Values: far})
}

func (x *cross) dissolved(key, what string, o *shape.Topology, sums map[string]float64) {
	var wrong []string
	var off []float64
	for f := range int32(o.Len()) {
		code := o.Code(f)
		area := o.FaceRegion(f).Area() / 1e6
		d := math.Abs(area/sums[code] - 1)
		off = append(off, d)
		if !(d <= areaTolerance) && max(area, sums[code]) > smallest {
			wrong = append(wrong, fmt.Sprintf("%s: %.1f km², its communes %.1f km²", code, area, sums[code]))
		}
	}
	slices.Sort(off)
	x.verdict(key, wrong, "the outline of each %s has the area of its communes, within %.0f %% (median %.3f %%)", what, 100*areaTolerance, 100*off[len(off)/2])
}
