package indicator_test

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

var update = flag.Bool("update", false, "write the golden files and the tables of the docs anew")

// rows reads a CSV file, compressed or not, one map a row.
func rows(t testing.TB, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		r = csv.NewReader(z)
	}
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]map[string]string, len(all)-1)
	for i, cells := range all[1:] {
		out[i] = make(map[string]string, len(cells))
		for k, name := range all[0] {
			out[i][name] = cells[k]
		}
	}
	return out
}

// decimal reads a cell, NaN where it is empty.
func decimal(cell string) float64 {
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// compared is a column of the reference beside an indicator of ours.
type compared struct {
	column    string
	indicator string // "" for the population of the list of communes
	relative  bool   // differences in percent of the reference, not in points
	other     string // why the two do not measure the same thing
}

var comparisons = []compared{
	{"pop_2022", "population", true, ""},
	{"pop_2023", "", true, ""},
	{"pct_75p", "age_75", false, ""},
	{"pct_80p_alone", "alone_80", false, ""},
	{"pct_below_bac", "below_bac", false, ""},
	{"pct_managers", "managers", false, ""},
	{"pct_retired", "retired", false, ""},
	{"pct_hh_lone_parent", "lone_parents", false, ""},
	{"employment_rate_15_64", "employment_rate", false, ""},
	{"unemployment_rate_15_64", "unemployment_2022", false, ""},
	{"median_income_2021", "median_income", true, "a mean of medians"},
	{"poverty_rate_2021", "poverty", false, "commune rates in whole percents, those of small communes hidden"},
	{"pct_income_benefits_2021", "income_benefits", false, "weighted by people, not by incomes"},
	{"jobs_per_100_employed_residents", "jobs_per_employed", false, "salaried jobs only"},
	{"jobs_growth_pct_year_2016_2022", "jobs_growth", false, "salaried jobs, from 2017"},
}

// referenceLevels are the levels of the file, in its order.
var referenceLevels = []struct {
	name, title string
	level       territory.Level
}{
	{"france", "metropolitan France", territory.Pays}, {"region", "régions", territory.Region}, {"departement", "départements", territory.Departement},
	{"ze2020", "employment zones", territory.ZoneEmploi}, {"epci", "EPCI and EPT", territory.EPCI}, {"aav2020", "attraction areas", territory.AireAttraction},
	{"bv2022", "living basins", territory.BassinDeVie},
}

// counterpart is our territory for a row of the reference, nil where there is none today.
func counterpart(f *territory.France, level territory.Level, code string) *territory.Territory {
	set := func(in func(*territory.CommuneRow) bool) *territory.Territory {
		var members []int32
		for n := range int32(f.Len()) {
			if c := f.Commune(n); c.Zone == "metro" && in(c) {
				members = append(members, n)
			}
		}
		return f.Set(members)
	}
	switch {
	case level == territory.Pays:
		return set(func(*territory.CommuneRow) bool { return true })
	case level == territory.AireAttraction && code == "000": // outside any area
		return set(func(c *territory.CommuneRow) bool { return c.AireAttraction == "" })
	}
	// In the métropole du Grand Paris the reference has its EPT, and Paris, as EPCI.
	for _, l := range []territory.Level{level, territory.EPT, territory.Commune} {
		if t, ok := f.Territory(territory.ID{Level: l, Code: code}); ok {
			return t
		}
	}
	return nil
}

// difference is one value of the reference beside ours.
type difference struct {
	level   int // of referenceLevels
	name    string
	by      float64 // points, or percent of the reference; NaN where we show nothing
	why     []string
	lost    bool
	small   bool
	partial bool
}

// few is the number of people under which the two series of the census, which
// source and reference mix differently, may be apart by a tenth of a point.
const few = 20_000

// checker compares territories and knows what may set them apart.
type checker struct {
	s    *snapshot.Snapshot
	lost map[string]bool // communes whose inhabitants the source lost, in whole or in part
}

// arms is how many more communes the reference counts: arrondissements for their city.
var arms = map[string]int{"75056": 19, "69123": 8, "13055": 15}

// communes counts those of a territory as the reference does.
func communes(f *territory.France, t *territory.Territory) int {
	n := 0
	for _, m := range t.Communes() {
		n += 1 + arms[f.Commune(m).Code]
	}
	return n
}

func (c checker) compare(row map[string]string, level int, t *territory.Territory, x compared) difference {
	f := c.s.France
	ours, coverage := math.NaN(), 1.0
	if n, ok := t.Population(); ok && x.indicator == "" {
		ours = float64(n)
	}
	d := difference{level: level, name: cmp.Or(row["name"], t.Name)}
	if x.indicator != "" {
		def, _ := c.s.Panel.Definition(x.indicator)
		v := c.s.Panel.At(t, def, def.Latest())
		ours, coverage = v.Value, v.Coverage
		d.partial = v.Known < v.Of && coverage < 0.999
	}
	if d.name == "" {
		d.name = "outside any attraction area"
	}
	reference := decimal(row[x.column])
	if d.by = ours - reference; x.relative {
		d.by *= 100 / reference
	}
	people, lost := 0.0, 0.0
	for _, n := range t.Communes() {
		row := f.Commune(n)
		if row.Population != nil {
			people += float64(*row.Population)
			if c.lost[row.Code] {
				lost += float64(*row.Population)
			}
		}
	}
	if lost > 0.001*people {
		d.lost = true
		d.why = append(d.why, fmt.Sprintf("%.1f %% of its people live in communes that the source by IRIS lost in whole or part", 100*lost/people))
	}
	if d.partial {
		d.why = append(d.why, fmt.Sprintf("figures for %.1f %% of its people", 100*coverage))
	}
	if people < few {
		d.small = true
		d.why = append(d.why, fmt.Sprintf("%s people", thousands(int(people))))
	}
	if x.other != "" {
		d.why = append(d.why, x.other)
	}
	return d
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// summary is one line of a table.
func summary(all []difference) string {
	var shown []float64
	near, far := 0, 0
	for _, d := range all {
		if by := math.Abs(d.by); !math.IsNaN(by) {
			shown = append(shown, by)
			// The reference is rounded to two digits: half of the last is no difference.
			if by <= 0.1+0.005 {
				near++
			}
			if by <= 1+0.005 {
				far++
			}
		}
	}
	if len(shown) == 0 {
		return fmt.Sprintf("%s | 0 | | | |", thousands(len(all)))
	}
	slices.Sort(shown)
	return fmt.Sprintf("%s | %s | %s | %s | %.3f | %.2f |", thousands(len(all)), thousands(len(shown)), thousands(near), thousands(far), shown[len(shown)/2], shown[len(shown)-1])
}

// Every comparable figure of the 4,004 territories of the reference, beside ours:
// the docs say how many agree, and what sets the others apart.
func TestAgainstReferenceTerritories(t *testing.T) {
	s := realdata.Snapshot(t)
	c := checker{s: s, lost: lostCommunes(t, s)}
	reference := rows(t, filepath.Join("testdata", "reference-territories-2022.csv.gz"))
	found := make([][]difference, len(comparisons))
	gone := make([]int, len(referenceLevels))
	counts := make([]int, len(referenceLevels))
	other := make([]int, len(referenceLevels)) // with another number of communes
	for _, row := range reference {
		level := slices.IndexFunc(referenceLevels, func(l struct {
			name, title string
			level       territory.Level
		}) bool {
			return l.name == row["level"]
		})
		counts[level]++
		u := counterpart(s.France, referenceLevels[level].level, row["code"])
		if u == nil {
			gone[level]++
			continue
		}
		if n, _ := strconv.Atoi(row["n_communes"]); n != communes(s.France, u) {
			other[level]++
		}
		for i, x := range comparisons {
			if row[x.column] != "" {
				found[i] = append(found[i], c.compare(row, level, u, x))
			}
		}
	}
	if len(reference) != 4004 || slices.Max(gone) > 0 || slices.Max(other) > 0 {
		t.Errorf("%d territories, %v not in today's lists, %v with another number of communes", len(reference), gone, other)
	}

	var b strings.Builder
	b.WriteString("| Level | Territories of the reference | not in today's lists | with another number of communes there and here |\n|---|---:|---:|---:|\n")
	for i, l := range referenceLevels {
		fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", l.title, thousands(counts[i]), gone[i], other[i])
	}
	docsTable(t, "territories", b.String())

	var all, levels, worst, outside strings.Builder
	head := "reference values | shown here | within 0.1 | within 1 | median | largest |\n"
	all.WriteString("| Figure | Difference in | " + head + "|---|---|---:|---:|---:|---:|---:|---:|\n")
	levels.WriteString("| Figure | Level | " + head + "|---|---|---:|---:|---:|---:|---:|---:|\n")
	worst.WriteString("| Figure | Territory | Difference | What sets it apart |\n|---|---|---:|---|\n")
	outside.WriteString("| Figure | Beyond 0.1 | lost communes | partial | under 20,000 people | none of these |\n|---|---:|---:|---:|---:|---:|\n")
	for i, x := range comparisons {
		unit := "points"
		if x.relative {
			unit = "percent"
		}
		name := cmp.Or(x.indicator, "population of the list")
		fmt.Fprintf(&all, "| %s | %s | %s\n", name, unit, summary(found[i]))
		for k, l := range referenceLevels {
			var part []difference
			for _, d := range found[i] {
				if d.level == k {
					part = append(part, d)
				}
			}
			if len(part) > 0 {
				fmt.Fprintf(&levels, "| %s | %s | %s\n", name, l.title, summary(part))
			}
		}
		slices.SortStableFunc(found[i], func(a, b difference) int { return cmp.Compare(size(b), size(a)) })
		for _, d := range found[i][:3] {
			if size(d) <= 0.005 {
				continue // equal but for rounding
			}
			fmt.Fprintf(&worst, "| %s | %s, %s | %+.2f | %s |\n", name, d.name, referenceLevels[d.level].title, d.by, cmp.Or(strings.Join(d.why, "; "), "not known"))
		}
		if x.other == "" {
			outside.WriteString(reasons(name, found[i]))
		}
	}
	docsTable(t, "indicators", all.String())
	docsTable(t, "levels", levels.String())
	docsTable(t, "outside", outside.String())
	docsTable(t, "worst", worst.String())
}

func size(d difference) float64 {
	if math.IsNaN(d.by) {
		return -1
	}
	return math.Abs(d.by)
}

// reasons counts what sets the differing territories apart, each under the first that holds.
func reasons(name string, all []difference) string {
	var n [4]int
	total := 0
	for _, d := range all {
		if size(d) <= 0.1+0.005 {
			continue
		}
		total++
		switch {
		case d.lost:
			n[0]++
		case d.partial:
			n[1]++
		case d.small:
			n[2]++
		default:
			n[3]++
		}
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d |\n", name, total, n[0], n[1], n[2], n[3])
}

// lostCommunes are those that the file by IRIS does not have, or has for under
// 95 % of their inhabitants.
func lostCommunes(t *testing.T, s *snapshot.Snapshot) map[string]bool {
	t.Helper()
	out, there := map[string]bool{}, map[string]bool{}
	low := 0
	for _, row := range rows(t, filepath.Join(realdata.Data(), "indicators", "insee-communes-2022.csv.gz")) {
		there[row["commune"]] = true
		if decimal(row["coverage"]) < 0.95 {
			out[row["commune"]] = true
			low++
		}
	}
	absent := 0
	for n := range int32(s.France.Len()) {
		if c := s.France.Commune(n); c.Zone == "metro" && !there[c.Code] {
			out[c.Code] = true
			absent++
		}
	}
	if low != 45 || absent != 8 {
		t.Errorf("%d communes are known in part and %d are absent, want 45 and 8", low, absent)
	}
	return out
}

// The means of metropolitan France are those found by others from the census files.
func TestNationalMeans(t *testing.T) {
	s := realdata.Snapshot(t)
	metro := counterpart(s.France, territory.Pays, "FR")
	var b strings.Builder
	b.WriteString("| Figure | INSEE's file, read by others | Reference territories | Here |\n|---|---:|---:|---:|\n")
	for _, x := range []struct {
		key              string
		found, reference float64
		within           float64
	}{
		{"age_65", 21.0, math.NaN(), 0.1}, {"age_80", 6.1, math.NaN(), 0.1}, {"single_households", 38.7, math.NaN(), 0.1},
		{"lone_parents", 9.8, 9.77, 0.1}, {"below_bac", 48.2, 48.6, 0.4}, {"unemployment_2022", 11.5, 11.31, 0.25},
		{"age_75", math.NaN(), 9.92, 0.1}, {"alone_80", math.NaN(), 42.5, 0.1}, {"managers", math.NaN(), 10.79, 0.1},
		{"retired", math.NaN(), 28.02, 0.1}, {"employment_rate", math.NaN(), 66.81, 0.1},
	} {
		d, _ := s.Panel.Definition(x.key)
		v := s.Panel.Latest(metro, d)
		for _, want := range []float64{x.found, x.reference} {
			if !math.IsNaN(want) && math.Abs(v.Value-want) > x.within {
				t.Errorf("%s: %.2f, want %v within %v", x.key, v.Value, want, x.within)
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f |\n", x.key, known(x.found), known(x.reference), v.Value)
	}
	docsTable(t, "means", b.String())
}

func known(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// docsTable compares a table with the one between its marks in the docs.
func docsTable(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join(realdata.Root(), "docs", "aggregation-check.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	open, shut := "<!-- "+name+" -->\n", "<!-- end -->\n"
	before, rest, ok := strings.Cut(string(b), open)
	inside, after, ok2 := strings.Cut(rest, shut)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table %q", path, name)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+open+got+shut+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if inside != got {
		t.Errorf("the table %q of the docs is not what is computed (-update writes it)\nis   %s\nwant %s", name, inside, got)
	}
}
