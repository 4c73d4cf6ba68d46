package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// cross compares sources with one another.
type cross struct {
	in     *inputs
	dir    string
	report *Report
	all    Problems
}

func (x *cross) passed(format string, args ...any) {
	x.report.Checks = append(x.report.Checks, fmt.Sprintf(format, args...))
}

func (x *cross) note(f Finding) {
	if f.Count > 0 {
		x.report.Notes = append(x.report.Notes, f.bounded())
	}
}

// verdict tells a check over a whole source: passed if nothing is wrong, else a
// problem for each of the first wrong ones.
func (x *cross) verdict(key string, wrong []string, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if len(wrong) == 0 {
		x.passed("%s", what)
		return
	}
	ps := &sourceProblems{file: filepath.Join(x.dir, filepath.FromSlash(x.in.tables[key].source.Path))}
	for _, w := range wrong {
		ps.whole("", "%s: not so for %s", what, w)
	}
	x.all = append(x.all, ps.all()...)
}

// tables runs the comparisons between tables.
func (x *cross) tables() {
	x.perimeters()
	x.bassins()
	x.counts("zonages", "ze2020", "zones-emploi", "code", "employment zone")
	x.counts("zonages", "aav2020", "aires-attraction", "code", "attraction area")
	x.counts("zonages", "uu2020", "unites-urbaines", "code", "urban unit")
	x.counts("bassins-communes", "bv2022", "bassins", "bv2022", "living basin")
	x.epci()
	x.ept()
	x.upper()
	x.history()
	x.programmes()
	x.thirdPlaces()
}

// perimeters checks which communes each source speaks of.
func (x *cross) perimeters() {
	communes := x.in.tables["communes"]
	france := map[string]bool{}
	for i := range communes.rows {
		if communes.get(i, "zone") != "com" {
			france[communes.get(i, "code")] = true
		}
	}
	for _, key := range []string{"bassins-communes", "zonages", "typologies", "frr", "population-series", "outlines-communes", "outlines-communes-light"} {
		t := x.in.tables[key]
		column := t.source.Columns[0].Name
		x.verdict(key, differences(france, t.by(column)), "%s: every commune of the 101 départements exactly once, and no other", t.source.Path)
	}
	var ruined, uninhabited, islands []string
	for i := range communes.rows {
		code := communes.get(i, "code")
		switch communes.get(i, "population_municipale") {
		case "0":
			ruined = append(ruined, code)
		case "":
			uninhabited = append(uninhabited, code)
		}
		if communes.get(i, "epci") == "" && france[code] {
			islands = append(islands, code)
		}
	}
	x.note(Finding{Kind: Noted, Column: "population_municipale", Count: len(ruined), Why: "communes stated to have no inhabitant: the villages of the Meuse ruined in 1916", Values: ruined})
	x.note(Finding{Kind: Noted, Column: "population_municipale", Count: len(uninhabited), Why: "overseas lands without a published population", Values: uninhabited})
	x.note(Finding{Kind: Noted, Column: "epci", Count: len(islands), Why: "island communes that belong to no EPCI", Values: islands})
}

// differences lists what is in one set and not in the other.
func differences(want map[string]bool, found map[string]int) []string {
	var out []string
	for _, code := range sortedKeys(want) {
		if _, ok := found[code]; !ok {
			out = append(out, code+" (missing)")
		}
	}
	for _, code := range sortedKeys(found) {
		if !want[code] {
			out = append(out, code+" (unexpected)")
		}
	}
	return out
}

func (x *cross) bassins() {
	a, b := x.in.tables["bassins-communes"], x.in.tables["zonages"]
	at := b.by("commune")
	var differ, away []string
	of := make(map[string]string, len(a.rows))
	for i := range a.rows {
		commune, bv := a.get(i, "commune"), a.get(i, "bv2022")
		of[commune] = bv
		if k, ok := at[commune]; ok && b.get(k, "bv2022") != bv {
			differ = append(differ, commune)
		}
	}
	bassins := x.in.tables["bassins"]
	for i := range bassins.rows {
		if bv := bassins.get(i, "bv2022"); of[bv] != bv || bassins.get(i, "pole") != bv {
			away = append(away, bv)
		}
	}
	x.verdict("zonages", differ, "the two files of zonings put each commune in the same living basin")
	x.verdict("bassins", away, "each living basin bears the code of its pole, a commune that lies in it")
	o := x.in.tables["outlines-communes"]
	var off []string
	for i := range o.rows {
		if code := o.get(i, "code"); of[code] != o.get(i, "bv") {
			off = append(off, code)
		}
	}
	x.verdict("outlines-communes", off, "the outlines name the living basin of each commune")
}

// counts checks the number of communes and the population that a list states of
// its territories against their members.
func (x *cross) counts(membersKey, memberColumn, key, column, what string) {
	population := x.populations("communes", "code", "population_municipale")
	communes, people := map[string]int64{}, map[string]int64{}
	m := x.in.tables[membersKey]
	for i := range m.rows {
		code := m.get(i, memberColumn)
		communes[code]++
		people[code] += population[m.get(i, "commune")]
	}
	t := x.in.tables[key]
	var wrong []string
	for i := range t.rows {
		code := t.get(i, column)
		n, _ := t.number(i, "nb_communes")
		p, _ := t.number(i, "population_municipale")
		if n != communes[code] || p != people[code] {
			wrong = append(wrong, fmt.Sprintf("%s: %d communes and %d inhabitants stated, %d and %d found", code, n, p, communes[code], people[code]))
		}
	}
	x.verdict(key, wrong, "each %s has the communes and the inhabitants that its list states (%d)", what, len(t.rows))
}

func (x *cross) populations(key, code, column string) map[string]int64 {
	t := x.in.tables[key]
	out := make(map[string]int64, len(t.rows))
	for i := range t.rows {
		if n, ok := t.number(i, column); ok {
			out[t.get(i, code)] = n
		}
	}
	return out
}

// epci checks the number of communes of each EPCI. The populations of the list
// are of an earlier census: they are compared with that census.
func (x *cross) epci() {
	communes, t := x.in.tables["communes"], x.in.tables["epci"]
	members := map[string][]string{}
	for i := range communes.rows {
		members[communes.get(i, "epci")] = append(members[communes.get(i, "epci")], communes.get(i, "code"))
	}
	then := x.populations("population-series", "commune", "pop_2022")
	var wrong, other []string
	for i := range t.rows {
		siren := t.get(i, "siren")
		n, _ := t.number(i, "nb_communes")
		if int(n) != len(members[siren]) {
			wrong = append(wrong, fmt.Sprintf("%s: %d communes stated, %d found", siren, n, len(members[siren])))
		}
		var sum int64
		for _, c := range members[siren] {
			sum += then[c]
		}
		if p, _ := t.number(i, "population_municipale"); p != sum {
			other = append(other, siren)
		}
	}
	x.verdict("epci", wrong, "each EPCI has the number of communes that its list states (%d)", len(t.rows))
	x.note(Finding{Kind: Noted, Column: "population_municipale", Count: len(t.rows) - len(other), Why: "EPCI whose stated population is the sum of their communes in 2022: the list is of that census, the sum of 2023 is shown instead"})
	x.note(Finding{Kind: Noted, Column: "population_municipale", Count: len(other), Why: "EPCI where that sum differs: communes without a series, Mayotte", Values: other})
}

func (x *cross) ept() {
	communes, t := x.in.tables["communes"], x.in.tables["ept"]
	members := map[string][]string{}
	for i := range communes.rows {
		members[communes.get(i, "ept")] = append(members[communes.get(i, "ept")], communes.get(i, "code"))
	}
	var wrong []string
	for i := range t.rows {
		stated := slices.Sorted(slices.Values(t.values(i, "communes")))
		n, _ := t.number(i, "nb_communes")
		if found := members[t.get(i, "siren")]; !slices.Equal(stated, slices.Sorted(slices.Values(found))) || int(n) != len(found) {
			wrong = append(wrong, t.get(i, "siren"))
		}
	}
	x.verdict("ept", wrong, "each EPT has the communes that its list states (%d)", len(t.rows))
}

// upper checks that the upper levels fit together.
func (x *cross) upper() {
	communes, deps, arrs := x.in.tables["communes"], x.in.tables["departements"], x.in.tables["arrondissements"]
	dep, arr := deps.by("code"), arrs.by("code")
	var region, zone, arrondissement []string
	for i := range communes.rows {
		code := communes.get(i, "code")
		d := dep[communes.get(i, "departement")]
		if deps.get(d, "region") != communes.get(i, "region") {
			region = append(region, code)
		}
		if deps.get(d, "zone") != communes.get(i, "zone") {
			zone = append(zone, code)
		}
		if a := communes.get(i, "arrondissement"); a != "" && arrs.get(arr[a], "departement") != communes.get(i, "departement") {
			arrondissement = append(arrondissement, code)
		}
	}
	x.verdict("communes", region, "each commune lies in the région of its département")
	x.verdict("communes", zone, "each commune is in the zone (metro, drom, com) of its département")
	x.verdict("communes", arrondissement, "each commune lies in the département of its arrondissement")
}

// history checks the passage table against the log of changes.
func (x *cross) history() {
	now := x.in.current()
	passage, moves := x.in.tables["passage"], x.in.tables["movements"]
	led := passage.by("ancien_code")
	var wrong []string
	for i := range passage.rows {
		old, code := passage.get(i, "ancien_code"), passage.get(i, "code")
		if _, alive := now.codes[old]; alive && old != code {
			wrong = append(wrong, old)
		}
	}
	x.verdict("passage", wrong, "no commune of today is led to another one")
	lost := map[string]int{}
	for i := range moves.rows {
		for _, side := range []string{"av", "ap"} {
			code := moves.get(i, "com_"+side)
			_, alive := now.codes[code]
			_, known := led[code]
			if moves.get(i, "typecom_"+side) == "COM" && !alive && !known {
				lost[code] = i
			}
		}
	}
	codes := sortedKeys(lost)
	x.note(Finding{Kind: Noted, Column: "com_av", Count: len(codes), Why: "past codes of the log of changes that the passage table leads nowhere", Values: codes})
}

// programmes checks that a date goes with its mark.
func (x *cross) programmes() {
	t := x.in.tables["programmes"]
	var wrong []string
	for _, mark := range []string{"acv", "pvd", "ort"} {
		var undated []string
		for i := range t.rows {
			date := t.get(i, mark+"_date")
			if t.get(i, mark) == "0" && date != "" {
				wrong = append(wrong, t.get(i, "commune"))
			}
			if t.get(i, mark) == "1" && date == "" {
				undated = append(undated, t.get(i, "commune"))
			}
		}
		x.note(Finding{Kind: Noted, Column: mark + "_date", Count: len(undated), Why: strings.ToUpper(mark) + " without a published date", Values: undated})
	}
	x.verdict("programmes", wrong, "no date of signature without its programme")
}

// thirdPlaces checks that the partial list of third places says nothing that the
// list of places of mediation does not.
func (x *cross) thirdPlaces() {
	all, t := x.in.tables["mediation-places"], x.in.tables["third-places"]
	known := map[string]int{}
	at := func(t *table, row int) string {
		return strings.Join([]string{t.get(row, "source"), t.get(row, "id"), t.get(row, "name"), t.get(row, "address"), t.get(row, "commune")}, " ")
	}
	for i := range all.rows {
		if all.get(i, "third_place") == "1" {
			known[at(all, i)]++
		}
	}
	var wrong []string
	for i := range t.rows {
		k := at(t, i)
		if known[k]--; known[k] < 0 {
			wrong = append(wrong, t.get(i, "name"))
		}
	}
	x.verdict("third-places", wrong, "each third place is marked as one in the list of places of mediation (%d)", len(t.rows))
}
